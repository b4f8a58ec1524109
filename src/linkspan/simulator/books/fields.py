"""Typed access to a record's values, empty values of each type, and the checks every written value passes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import cast
from uuid import UUID

from linkspan.simulator.books.table import Record
from linkspan.simulator.contract import Entity, Field, load_contract
from linkspan.simulator.faults import field_validation, not_evaluated

NO_ID = UUID(int=0)
NO_DAY = date(1, 1, 1)
NO_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
ZERO = Decimal(0)
CENT = Decimal("0.01")
# A caller may multiply the largest quantity by the largest price: that is no reason to fail.
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)
HUNDRED = Decimal(100)

_INTEGER_DIGITS = 15
_DECIMALS = 5


def text(record: Mapping[str, object], name: str) -> str:
    """Return a text, code or enum value."""
    return cast("str", record[name])


def number(record: Mapping[str, object], name: str) -> Decimal:
    """Return a decimal value."""
    return cast("Decimal", record[name])


def whole(record: Mapping[str, object], name: str) -> int:
    """Return an integer value."""
    return cast("int", record[name])


def guid(record: Mapping[str, object], name: str = "id") -> UUID:
    """Return an id, by default the record's own."""
    return cast("UUID", record[name])


def day(record: Mapping[str, object], name: str) -> date:
    """Return a date value."""
    return cast("date", record[name])


def moment(record: Mapping[str, object], name: str) -> datetime:
    """Return a date and time, in UTC."""
    return cast("datetime", record[name])


def round_to(value: Decimal, unit: Decimal = CENT) -> Decimal:
    """Round half up to a multiple of ``unit`` and drop trailing zeros, as computed amounts are shown."""
    return plain(_WIDE.multiply(_WIDE.quantize(_WIDE.divide(value, unit), Decimal(1)), unit))


def plain(value: Decimal) -> Decimal:
    """Return the same number without trailing zeros and without an exponent."""
    bare = value.normalize(_WIDE)
    return _WIDE.quantize(bare, Decimal(1)) if cast("int", bare.as_tuple().exponent) > 0 else bare + ZERO


def to_cents(value: Decimal) -> Decimal:
    """Round an entered amount to cents; a value that needs no rounding keeps its digits."""
    return value if cast("int", value.as_tuple().exponent) >= -2 else round_to(value)  # noqa: PLR2004  cents


def _empty(field: Field) -> object:
    if field.type == "enum":
        return field.first
    empties: dict[str, object] = {
        "string": "",
        "guid": NO_ID,
        "decimal": ZERO,
        "date": NO_DAY,
        "datetime": NO_MOMENT,
        "boolean": False,
        "int32": 0,
        "int64": 0,
    }
    return empties[field.type]


def _initial(field: Field) -> object:
    if field.initial is None:
        return _empty(field)
    if field.type == "boolean":
        return field.initial == "true"
    if field.type in {"int32", "int64"}:
        return int(field.initial)
    words = field.initial.strip("'\"")
    if field.type == "enum":
        members = load_contract().enums[field.enum or ""]
        return next(wire for wire, member in members.items() if words in {wire, member})
    return Decimal(words) if field.type == "decimal" else words


@cache
def _blank(name: str) -> Record:
    entity = load_contract().entities[name]
    return {field.name: _initial(field) for field in entity.fields.values() if field.type != "stream"}


def blank(entity: Entity) -> Record:
    """Return a new record of an entity with every field at its start value, in contract order (streams left out)."""
    if entity.name in load_contract().entities:
        return dict(_blank(entity.name))
    return {field.name: _initial(field) for field in entity.fields.values() if field.type != "stream"}


def settled(entity: Entity, payload: Mapping[str, object]) -> Record:
    """Return the scalar values of a payload as they are stored: codes trimmed and upper-cased, decimals checked."""
    found: Record = {}
    for name, value in payload.items():
        field = entity.fields.get(name)
        if field is None:
            continue
        if isinstance(value, Decimal):
            _check_decimal(field, value)
        elif isinstance(value, str) and field.upper_cased:
            value = value.strip().upper()  # noqa: PLW2901  the stored form replaces the sent one
        found[name] = _empty(field) if value is None else value
    return found


def _check_decimal(field: Field, value: Decimal) -> None:
    if not value.is_finite() or value.adjusted() >= _INTEGER_DIGITS:
        raise not_evaluated(str(value), "Decimal")
    if cast("int", value.normalize().as_tuple().exponent) < -_DECIMALS:
        raise not_evaluated(str(value), "Decimal")
    if field.minimum is not None and value < field.minimum:
        raise field_validation(f"The value must be greater than or equal to {field.minimum}. Value: {value}.")
    if field.maximum is not None and value > field.maximum:
        raise field_validation(f"The value must be less than or equal to {field.maximum}. Value: {value}.")
