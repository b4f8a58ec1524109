"""Checks the JSON body of a write against an entity and turns its values into Python values."""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from linkspan.simulator.contract import Contract, Entity, Field, Link
from linkspan.simulator.faults import (
    BcFault,
    bad_request,
    invalid_operation,
    not_an_option,
    read_only_control,
    too_long,
    unknown_property,
)
from linkspan.simulator.odata.literals import (
    EDM_TYPES,
    empty_value,
    enum_member,
    fits_decimal,
    read_date,
    read_datetime,
    read_guid,
)

_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_INT_BITS: Final = {"int32": 31, "int64": 63}
_SHOWN: Final = 100


def read_body(body: bytes, order: Sequence[str] = ()) -> dict[str, object]:
    """Return the JSON object in `body`, its fractions as Decimal with every digit; raises 400 for anything else.

    Properties named in `order` come first, as they stand there.
    """
    try:
        document = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("The request body is not valid JSON.") from error
    if not isinstance(document, dict):
        raise bad_request("The request body must be a JSON object with the properties of one record.")
    return {**{name: document[name] for name in order if name in document}, **document}


def check_new(document: Mapping[str, object], entity: Entity, contract: Contract) -> dict[str, object]:
    """Return the values of a record to create, in the order sent; contained parts become lists of such records.

    Raises the fault of the first property that is unknown, read-only, of a wrong type, too long or not an option.
    """
    values: dict[str, object] = {}
    for name, value in _properties(document):
        link = entity.links.get(name)
        if link is not None and link.entity in contract.entities:
            values[name] = _parts(link, value, contract)
        else:
            values[name] = _checked(_writable(name, entity, contract), value, contract)
    return values


def check_changes(document: Mapping[str, object], entity: Entity, contract: Contract) -> dict[str, object]:
    """Return the values to change, in the order sent; a navigation in the body is refused."""
    values: dict[str, object] = {}
    for name, value in _properties(document):
        if name in entity.links:
            raise invalid_operation(f"The navigation property '{name}' cannot be changed with its parent.")
        values[name] = _checked(_writable(name, entity, contract), value, contract)
    return values


def _properties(document: Mapping[str, object]) -> list[tuple[str, object]]:
    """Leave out annotations such as @odata.etag; a binding to another record is refused."""
    bound = next((name for name in document if name.endswith("@odata.bind")), None)
    if bound is not None:
        raise invalid_operation(f"The annotation '{bound}' is not supported. Give the id of the other record instead.")
    return [(name, value) for name, value in document.items() if "@odata." not in name]


def _writable(name: str, entity: Entity, contract: Contract) -> Field:
    field = entity.fields.get(name)
    if field is None:
        raise unknown_property(name, f"{contract.namespace}.{entity.name}")
    if field.read_only or field.type == "stream":
        raise read_only_control(name)
    return field


def _parts(link: Link, value: object, contract: Contract) -> list[dict[str, object]]:
    """Check the parts of a deep insert."""
    target = contract.entities[link.entity]
    if not (link.contained and link.many) or "create" not in target.verbs:
        raise invalid_operation(f"The navigation property '{link.name}' cannot be created with its parent.")
    if not isinstance(value, list):
        raise bad_request(f"The value of the navigation property '{link.name}' must be an array.")
    parts = []
    for part in value:
        if not isinstance(part, dict):
            raise bad_request(f"Each member of the navigation property '{link.name}' must be an object.")
        parts.append(check_new(part, target, contract))
    return parts


def _checked(field: Field, value: object, contract: Contract) -> object:
    if value is None:
        return empty_value(field, contract)
    if field.enum is not None:
        return _member(field, field.enum, value, contract)
    return _CHECKS[field.type](field, value)


def _member(field: Field, enum: str, value: object, contract: Contract) -> str:
    if not isinstance(value, str):
        raise _unconvertible(field, value, f"{contract.namespace}.{enum}")
    member = enum_member(enum, value, contract)
    if member is None:
        raise not_an_option(value, tuple(contract.enums[enum].values()))
    return member


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise _unconvertible(field, value)
    text = value.strip().upper() if field.upper_cased else value
    if field.max_length is not None and len(text) > field.max_length:
        raise too_long(text, field.max_length)
    if field.options and text not in field.options:
        raise not_an_option(text, field.options)
    return text


def _decimal(field: Field, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _unconvertible(field, value)
    number = Decimal(value)
    if not fits_decimal(number):
        raise _unconvertible(field, value)
    return number or abs(number)


def _integer(field: Field, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _unconvertible(field, value)
    limit = 1 << _INT_BITS[field.type]
    if not -limit <= value < limit:
        raise _unconvertible(field, value)
    return value


def _truth(field: Field, value: object) -> bool:
    if not isinstance(value, bool):
        raise _unconvertible(field, value)
    return value


def _from_text(read: Callable[[str], object]) -> Callable[[Field, object], object]:
    """Return the check of a type that JSON carries as text; `read` raises ValueError for a bad one."""

    def check(field: Field, value: object) -> object:
        if not isinstance(value, str):
            raise _unconvertible(field, value)
        try:
            return read(value)
        except ValueError as error:
            raise _unconvertible(field, value) from error

    return check


_CHECKS: Final[Mapping[str, Callable[[Field, object], object]]] = {
    "string": _text,
    "guid": _from_text(read_guid),
    "decimal": _decimal,
    "date": _from_text(read_date),
    "datetime": _from_text(read_datetime),
    "boolean": _truth,
    "int32": _integer,
    "int64": _integer,
}


def _unconvertible(field: Field, value: object, type_name: str | None = None) -> BcFault:
    shown = value if isinstance(value, str) else json.dumps(value, default=str)
    wanted = type_name or EDM_TYPES[field.type]
    return bad_request(
        f"Unable to convert the value '{shown[:_SHOWN]}' of the property '{field.name}' to the type {wanted}."
    )
