"""The plainest call is read in one go, to the same values as in parts; any other body is left to those."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkspan.doors.compat.plain_call import plain_call
from linkspan.doors.porch.body import object_of
from linkspan.doors.porch.inputs import inputs_of
from linkspan.engine import json_text
from linkspan.engine.call import Inputs
from linkspan.errors import InvalidInputError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.text(), st.dictionaries(st.text(), VALUES, max_size=4))
def test_a_plain_call_is_read_as_in_parts(action: str, path: dict[str, object]) -> None:
    text = json_text.dump({"action": action, "path": path})
    call, parts = plain_call(text), object_of(text)

    if call is None:
        assert not action
    else:
        assert action == call.action == parts["action"]
        assert inputs_of(parts, odata_aliases=True) == Inputs(call.path)


@given(st.dictionaries(st.sampled_from(["action", "path", "query", "body", "dry_run", "x"]), VALUES, max_size=4))
def test_whatever_else_is_said_is_read_in_parts(payload: dict[str, object]) -> None:
    call = plain_call(json_text.dump(payload))

    assert call is None or {"action": call.action, "path": call.path} == object_of(json_text.dump(payload))


def test_numbers_keep_their_digits() -> None:
    call = plain_call(b'{"path": {"amount": 12.50, "small": 1E-7}, "action": "a"}')

    assert call is not None
    assert {"amount": Decimal("12.50"), "small": Decimal("1E-7")} == call.path
    assert "12.50" == str(call.path["amount"])


@pytest.mark.parametrize(
    "text",
    [
        b"", b" ", b"{}", b"[]", b"nothing", b'{"action": "a"', b'{"action": "a"}', b'{"action": "a", "path": null}', b'{"action": "a", "path": []}',
        b'{"action": "", "path": {}}', b'{"action": 1, "path": {}}', b'{"action": "a", "path": {}, "query": {}}', b'\xff{"action": "a", "path": {}}',
        b'{"action": "a", "path": {"id": 1E-999999}}', b'{"action": "a", "path": ' + b'{"x":' * 5000 + b"1" + b"}" * 5001,
    ],
)  # fmt: skip
def test_what_is_wrong_or_says_more_is_no_plain_call(text: bytes) -> None:
    assert plain_call(text) is None


def test_the_last_of_two_wins_either_way() -> None:
    text = b'{"action": "a", "action": "b", "path": {"id": 1}, "path": {"id": 2}}'
    call = plain_call(text)

    assert call is not None
    assert object_of(text) == {"action": call.action, "path": call.path}


def test_both_ways_refuse_broken_text() -> None:
    with pytest.raises(InvalidInputError):
        object_of(b'{"action": "a", "path": {}} x')
    assert plain_call(b'{"action": "a", "path": {}} x') is None
