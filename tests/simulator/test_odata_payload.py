"""What a JSON body must look like to become a record, and that amounts keep every digit both ways."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.payload import check_changes, check_new, read_body
from linkspan.simulator.odata.representation import encode

CONTRACT = load_contract()


def new(entity: str, body: str) -> dict[str, object]:
    """Return the values that a POST of `body` would create."""
    return check_new(read_body(body.encode()), CONTRACT.entities[entity], CONTRACT)


def changes(entity: str, body: str) -> dict[str, object]:
    """Return the values that a PATCH of `body` would change."""
    return check_changes(read_body(body.encode()), CONTRACT.entities[entity], CONTRACT)


def refusal(entity: str, body: str) -> tuple[int, str, str]:
    """Return status, code and message of the refusal of a POST."""
    with pytest.raises(BcFault) as caught:
        new(entity, body)
    return caught.value.status, caught.value.code, caught.value.message


def test_values_of_every_type() -> None:
    assert {
        "number": "C-7",
        "displayName": " Holm ",
        "type": "Person",
        "blocked": "_x0020_",
        "creditLimit": Decimal("1000.50"),
        "taxLiable": True,
        "currencyId": UUID("2dee6b6d-0000-4000-8000-000000000001"),
    } == new(
        "customer",
        '{"@odata.etag":"W/\\"x\\"","number":" c-7 ","displayName":" Holm ","type":"Person","blocked":"",'
        '"creditLimit":1000.50,"taxLiable":true,"currencyId":"2DEE6B6D-0000-4000-8000-000000000001"}',
    )


def test_dates_and_moments() -> None:
    assert {"postingDate": date(2026, 2, 28), "sentDate": datetime(2026, 2, 28, 9, 0, 0, 123456, tzinfo=UTC)} == new(
        "salesQuote", '{"postingDate":"2026-02-28","sentDate":"2026-02-28T10:00:00.1234567+01:00"}'
    )


def test_null_is_the_empty_value() -> None:
    assert {
        "postingDate": date(1, 1, 1),
        "sentDate": datetime(1, 1, 1, tzinfo=UTC),
        "currencyId": UUID(int=0),
        "email": "",
        "discountAmount": Decimal(0),
    } == new("salesQuote", '{"postingDate":null,"sentDate":null,"currencyId":null,"email":null,"discountAmount":null}')


def test_an_enum_is_taken_in_both_forms() -> None:
    assert {"type": "Non_x002D_Inventory"} == new("item", '{"type":"Non-Inventory"}')
    assert {"type": "Non_x002D_Inventory"} == new("item", '{"type":"Non_x002D_Inventory"}')


def test_parts_of_a_deep_insert_are_checked_too() -> None:
    assert {"customerNumber": "10", "salesQuoteLines": [{"lineType": "Item", "quantity": Decimal(2)}]} == new(
        "salesQuote", '{"customerNumber":"10","salesQuoteLines":[{"lineType":"Item","quantity":2}]}'
    )
    assert (400, "BadRequest") == refusal("salesQuote", '{"salesQuoteLines":[{"colour":"red"}]}')[:2]


def test_unknown_property() -> None:
    assert (
        400,
        "BadRequest",
        (
            "The property 'colour' does not exist on type 'Microsoft.NAV.customer'. "
            "Make sure to only use property names that are defined by the type."
        ),
    ) == refusal("customer", '{"displayName":"Holm","colour":"red"}')


def test_text_that_is_too_long() -> None:
    assert (
        400,
        "Application_StringExceededLength",
        "The length of the string is 51, but it must be less than or equal to 50 characters. Value: " + "x" * 51,
    ) == refusal("customer", f'{{"addressLine2":"{"x" * 51}"}}')


def test_value_that_is_not_an_option() -> None:
    assert (
        400,
        "Unknown",
        "'Invalid Type' is not an option. The existing options are: Inventory,Service,Non-Inventory",
    ) == refusal("item", '{"type":"Invalid Type"}')


@pytest.mark.parametrize("name", ["id", "balanceDue", "lastModifiedDateTime"])
def test_read_only_property(name: str) -> None:
    assert (400, "BadRequest_InvalidOperation", f"Control '{name}' is read-only") == refusal(
        "customer", f'{{"{name}":null}}'
    )


@pytest.mark.parametrize(
    ("entity", "body"),
    [
        ("customer", '{"displayName":5}'),
        ("customer", '{"creditLimit":"5"}'),
        ("customer", '{"creditLimit":true}'),
        ("customer", '{"creditLimit":79228162514264337593543950336}'),
        ("customer", '{"creditLimit":1e-29}'),
        ("customer", '{"creditLimit":1e999999}'),
        ("customer", '{"taxLiable":"true"}'),
        ("customer", '{"currencyId":"EUR"}'),
        ("customer", '{"currencyId":"2dee6b6d000040008000000000000001"}'),
        ("customer", '{"type":1}'),
        ("salesQuote", '{"postingDate":"2026-02-30"}'),
        ("salesQuote", '{"postingDate":"2026-02-03T00:00:00Z"}'),
        ("salesQuote", '{"sentDate":"2026-02-03T00:00:00"}'),
        ("salesQuote", '{"sentDate":"0001-01-01T00:00:00+02:00"}'),
        ("salesQuote", '{"salesQuoteLines":{}}'),
        ("salesQuote", '{"salesQuoteLines":[1]}'),
        ("salesQuoteLine", '{"sequence":1.5}'),
        ("salesQuoteLine", '{"sequence":2147483648}'),
        ("customer", "[]"),
        ("customer", "{"),
        ("customer", ""),
    ],
)
def test_wrong_types(entity: str, body: str) -> None:
    assert (400, "BadRequest") == refusal(entity, body)[:2]


@pytest.mark.parametrize("body", [b'{"displayName":"\xff"}', b'{"displayName":"\\ud800"}', b"[" * 100_000])
def test_bodies_that_are_no_json(body: bytes) -> None:
    with pytest.raises(BcFault) as caught:
        read_body(body)

    assert (400, "BadRequest") == (caught.value.status, caught.value.code)


@pytest.mark.parametrize(
    "body", ['{"salesQuoteLines":[]}', '{"customer":{}}', '{"customer@odata.bind":"customers(1)"}']
)
def test_a_navigation_cannot_be_patched(body: str) -> None:
    with pytest.raises(BcFault) as caught:
        changes("salesQuote", body)

    assert (400, "BadRequest_InvalidOperation") == (caught.value.status, caught.value.code)


def test_a_single_navigation_cannot_be_created_with_its_parent() -> None:
    assert (400, "BadRequest_InvalidOperation") == refusal("customer", '{"currency":{"code":"EUR"}}')[:2]


DIGITS = st.from_regex(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,9})?", fullmatch=True)


@given(DIGITS)
def test_a_decimal_returns_with_the_same_digits(text: str) -> None:
    value = new("customer", f'{{"creditLimit":{text}}}')["creditLimit"]
    expected = text if re.search("[1-9]", text) else text.removeprefix("-")

    assert f'{{"creditLimit":{expected}}}' == encode({"creditLimit": value}).decode()


def test_a_decimal_is_written_without_exponent() -> None:
    assert b"[1000,0.0000001,-12.50]" == encode([Decimal("1E+3"), Decimal("1E-7"), Decimal("-12.50")])


def test_dates_are_written_in_edm_form() -> None:
    moments = [datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 2, 3, 4, 5, 6, 120000, tzinfo=UTC), date(1, 1, 1)]

    assert b'["0001-01-01T00:00:00Z","2026-02-03T04:05:06.12Z","0001-01-01"]' == encode(moments)
