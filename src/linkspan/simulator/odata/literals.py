"""Converts the texts of Edm values to Python values and back: GUIDs, dates, moments and decimals, without a float."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from uuid import UUID

from linkspan.simulator.contract import Contract, Field

EMPTY_GUID: Final = UUID(int=0)
EMPTY_DATE: Final = date(1, 1, 1)
EMPTY_DATETIME: Final = datetime(1, 1, 1, tzinfo=UTC)

EDM_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "string": "Edm.String",
        "guid": "Edm.Guid",
        "decimal": "Edm.Decimal",
        "date": "Edm.Date",
        "datetime": "Edm.DateTimeOffset",
        "boolean": "Edm.Boolean",
        "int32": "Edm.Int32",
        "int64": "Edm.Int64",
        "stream": "Edm.Stream",
    }
)

_EMPTY: Final[Mapping[str, object]] = MappingProxyType(
    {
        "string": "",
        "guid": EMPTY_GUID,
        "decimal": Decimal(0),
        "date": EMPTY_DATE,
        "datetime": EMPTY_DATETIME,
        "boolean": False,
        "int32": 0,
        "int64": 0,
    }
)

_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2})?(?:\.(\d{1,7}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
# System.Decimal of the provider's platform: a 96-bit integer with at most 28 decimal places.
_LARGEST_COEFFICIENT: Final = 2**96 - 1
_MOST_PLACES: Final = 28


def read_guid(text: str) -> UUID:
    """Return the GUID written as 8-4-4-4-12 hexadecimal digits; raises ValueError for any other form."""
    if _GUID.fullmatch(text) is None:
        raise ValueError(text)
    return UUID(text)


def read_date(text: str) -> date:
    """Return the date written as YYYY-MM-DD; raises ValueError for any other form."""
    if _DATE.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def read_datetime(text: str) -> datetime:
    """Return the moment in UTC, of a text with Z or an offset and up to 7 decimals (the 7th is dropped).

    Raises ValueError for any other form.
    """
    found = _DATETIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, minutes, seconds, fraction, zone = found.groups()
    digits = (fraction or "0")[:6].ljust(6, "0")
    moment = datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}.{digits}{zone.upper()}")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def fits_decimal(value: Decimal) -> bool:
    """Say whether the provider's decimal type can hold every digit of `value`."""
    if not value.is_finite():
        return False
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or exponent < -_MOST_PLACES or len(digits) + max(exponent, 0) > _MOST_PLACES + 1:
        return False
    coefficient = int(abs(value).scaleb(-exponent)) if exponent < 0 else int(abs(value))
    return coefficient <= _LARGEST_COEFFICIENT


def empty_value(field: Field, contract: Contract) -> object:
    """Return what a field holds when it is blank; a null in a body or filter means this."""
    if field.enum is not None:
        members = contract.enums[field.enum]
        return next((wire for wire, decoded in members.items() if not decoded), next(iter(members)))
    return _EMPTY[field.type]


def enum_member(name: str, text: str, contract: Contract) -> str | None:
    """Return the wire name of the member of enum `name` that `text` names in wire or decoded form, or None."""
    members = contract.enums[name]
    if text in members:
        return text
    trimmed = text.strip()
    return next((wire for wire, decoded in members.items() if decoded.strip() == trimmed), None)
