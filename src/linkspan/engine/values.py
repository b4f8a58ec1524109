"""One reader per contract type: checks an untrusted value strictly and gives it the provider's form."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from linkspan.connectors.contract import Contract, Field, FieldType
from linkspan.connectors.names import nearest
from linkspan.engine.json_text import plain
from linkspan.errors import Mistake

# Checks a value found at a place (`body.displayName`), notes what is wrong, and gives the value to send.
Reader = Callable[[object, str, list[Mistake]], object]
# Writes a value that a Reader gave as an OData literal.
Literal = Callable[[object], str]

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:\d{2})")
_DIGITS = re.compile(r"-?\d{1,29}(?:\.\d{1,28})?")
# Edm.Decimal of the provider is a .NET decimal: 96 bits of digits.
_DECIMAL_BOUND = Decimal(2**96)
_MOST_DIGITS = 29
_INTEGER_BOUNDS = {FieldType.INT32: 2**31, FieldType.INT64: 2**63}
_KINDS = {
    bool: "a boolean",
    int: "a number",
    Decimal: "a number",
    float: "a number",
    str: "text",
    dict: "an object",
    list: "a list",
}


def kind_of(value: object) -> str:
    """What a JSON value is, in words for a mistake."""
    return "null" if value is None else _KINDS.get(type(value), type(value).__name__)


def reader_of(field: Field, contract: Contract) -> Reader:
    """The reader of one contract field, made once per action. Null passes where the contract says that it may."""
    reader = _reader_of(field, contract)
    if not field.nullable:
        return reader
    return lambda value, where, mistakes: None if value is None else reader(value, where, mistakes)


def _reader_of(field: Field, contract: Contract) -> Reader:
    if field.type is FieldType.ENUM:
        return choice_reader(encoding(contract.enums[field.enum or ""]))
    if field.type is FieldType.STRING:
        return (
            choice_reader({option: option for option in field.options})
            if field.options
            else text_reader(field.max_length)
        )
    return _READERS[field.type]


def literal_of(field: Field, contract: Contract, enum_literals: str) -> Literal:
    """How values of a contract field are written in a URL; `enum_literals` names how a connector's provider compares enums."""
    if field.type is FieldType.ENUM and enum_literals == "qualified":
        return _qualified(f"{contract.namespace}.{field.enum}")
    return _quoted if field.type in (FieldType.STRING, FieldType.ENUM) else _bare


def encoding(members: Mapping[str, str]) -> dict[str, str]:
    """Both forms of an enum's members, decoded and wire, to the wire form."""
    return {decoded: wire for wire, decoded in members.items()} | {wire: wire for wire in members}


def text_reader(max_length: int | None, *, min_length: int = 0) -> Reader:
    """Reads text of at most `max_length` characters."""
    limit = max_length or 1_000_000

    def read(value: object, where: str, mistakes: list[Mistake]) -> object:
        if type(value) is not str:
            mistakes.append(Mistake(where, f"must be text, not {kind_of(value)}"))
        elif len(value) > limit:
            mistakes.append(Mistake(where, f"has {len(value)} characters, more than {limit}"))
        elif len(value) < min_length:
            mistakes.append(Mistake(where, "must not be empty"))
        return value

    return read


def choice_reader(accepted: Mapping[str, str]) -> Reader:
    """Reads one of the accepted texts and gives the form to send."""

    def read(value: object, where: str, mistakes: list[Mistake]) -> object:
        found = accepted.get(value) if type(value) is str else None
        if found is None:
            told = f"{value!r:.60}" if type(value) is str else kind_of(value)
            names = ", ".join(repr(name) for name in _decoded(accepted)[:12])
            near = nearest(value[:100], _decoded(accepted)) if type(value) is str else None
            mistakes.append(Mistake(where, f"must be one of {names}, not {told}", near))
        return found

    return read


def integer_reader(least: int, most: int) -> Reader:
    """Reads a whole number within bounds, both included."""

    def read(value: object, where: str, mistakes: list[Mistake]) -> object:
        if type(value) is not int:
            mistakes.append(Mistake(where, f"must be a whole number, not {kind_of(value)}"))
        elif not least <= value <= most:
            mistakes.append(Mistake(where, f"must be between {least} and {most}"))
        return value

    return read


def read_boolean(value: object, where: str, mistakes: list[Mistake]) -> object:
    """Reads true or false, and nothing that only looks like it."""
    if type(value) is not bool:
        mistakes.append(Mistake(where, f"must be true or false, not {kind_of(value)}"))
    return value


def read_guid(value: object, where: str, mistakes: list[Mistake]) -> object:
    """Reads a GUID and gives it in lower case."""
    if type(value) is not str or not GUID.fullmatch(value):
        told = f"{value!r:.60}" if type(value) is str else kind_of(value)
        mistakes.append(Mistake(where, f"must be a GUID such as 5d115c9c-44e3-ea11-bb43-000d3a2feca1, not {told}"))
        return value
    return value.lower()


def read_decimal(value: object, where: str, mistakes: list[Mistake]) -> object:
    """Reads an exact amount: a JSON number, or text of digits; every digit is kept."""
    number: int | Decimal
    if type(value) is str and _DIGITS.fullmatch(value):
        number = Decimal(value)
    elif isinstance(value, int | Decimal) and type(value) is not bool:
        number = value
    elif isinstance(value, float):
        mistakes.append(Mistake(where, "is a binary float, which has lost its digits; give the amount as text"))
        return None
    else:
        told = f"{value!r:.60}" if type(value) is str else kind_of(value)
        mistakes.append(Mistake(where, f"must be a number, or text of digits such as '12.50', not {told}"))
        return None
    if not -_DECIMAL_BOUND < number < _DECIMAL_BOUND or (
        isinstance(number, Decimal) and len(number.as_tuple().digits) > _MOST_DIGITS
    ):
        mistakes.append(Mistake(where, "has more digits than the provider keeps (28)"))
    return number


def _decoded(accepted: Mapping[str, str]) -> list[str]:
    """The names worth showing: of each member the decoded form, which comes first."""
    shown: dict[str, str] = {}
    for name, wire in accepted.items():
        shown.setdefault(wire, name)
    return list(shown.values())


def _read_date(value: object, where: str, mistakes: list[Mistake]) -> object:
    if type(value) is not str or not _DATE.fullmatch(value) or not _parses(date, value):
        told = f"{value!r:.60}" if type(value) is str else kind_of(value)
        mistakes.append(Mistake(where, f"must be a date such as 2026-01-31 (0001-01-01 means none), not {told}"))
    return value


def _read_datetime(value: object, where: str, mistakes: list[Mistake]) -> object:
    if type(value) is not str or not _DATETIME.fullmatch(value) or not _parses(datetime, value):
        told = f"{value!r:.60}" if type(value) is str else kind_of(value)
        mistakes.append(Mistake(where, f"must be a time with zone such as 2026-01-31T08:00:00Z, not {told}"))
    return value


def _parses(kind: type[date], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def _refuse_stream(value: object, where: str, mistakes: list[Mistake]) -> object:
    mistakes.append(Mistake(where, "holds binary content, which is not sent as part of a record"))
    return value


def _quoted(value: object) -> str:
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def _qualified(type_name: str) -> Literal:
    """OData 4.0: `Harbour.Model.VesselKind'Ferry'`."""

    def literal(value: object) -> str:
        return "null" if value is None else type_name + _quoted(value)

    return literal


def _bare(value: object) -> str:
    if value is None or type(value) is bool:
        return {None: "null", True: "true", False: "false"}[value]
    return plain(value) if isinstance(value, Decimal) else str(value)


_READERS: Mapping[FieldType, Reader] = {
    FieldType.GUID: read_guid,
    FieldType.DECIMAL: read_decimal,
    FieldType.DATE: _read_date,
    FieldType.DATETIME: _read_datetime,
    FieldType.BOOLEAN: read_boolean,
    FieldType.STREAM: _refuse_stream,
    **{kind: integer_reader(-bound, bound - 1) for kind, bound in _INTEGER_BOUNDS.items()},
}
