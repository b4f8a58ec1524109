"""Every digit of a number survives reading and writing."""

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkspan.engine.json_text import dump, parse, plain

numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,27})(\.[0-9]{1,28})?", fullmatch=True).filter(lambda text: text != "-0")


@given(numbers)
def test_digits_survive(digits: str) -> None:
    text = f'{{"amount":{digits},"deep":[{digits}]}}'.encode()

    assert text == dump(parse(text))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_everything_else_survives(value: object) -> None:
    assert value == parse(json.dumps(value).encode())
    assert value == json.loads(dump(value))


def test_whole_numbers_are_ints_and_others_decimals() -> None:
    assert [1, Decimal("1.0"), 12345678901234567890123] == parse(b"[1, 1.0, 12345678901234567890123]")
    assert [int, Decimal] == [type(number) for number in parse(b"[1, 1.0]")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0.00000010", "0.00000010"),
        ("0.0000000", "0.0000000"),
        ("1e5", "100000"),
        ("-1.5E3", "-1500"),
        ("2.50e-8", "0.0000000250"),
    ],
)
def test_no_exponent_is_introduced_or_passed_on(written: str, expected: str) -> None:
    assert f'{{"a":{expected},"E-":"1E+2"}}'.encode() == dump(parse(f'{{"a":{written},"E-":"1E+2"}}'.encode()))
    assert expected == plain(parse(written.encode()))


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b'{"a":nan}', b"1e400000000", b"1e-400000000", b"[" * 100_000, b"1." + b"1" * 500, b"\xff", b"[1]x"],
)
def test_what_is_no_sensible_json_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_records_are_written_too() -> None:
    class Row(msgspec.Struct):
        amount: Decimal

    assert b'[{"amount":0.00000001}]' == dump([Row(Decimal("0.00000001"))])
