"""Gives records their outward shape: enum members decoded, wrapping annotations dropped, everything else as the provider sent it."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from linkspan.connectors.contract import Contract, Entity, FieldType

Record = dict[str, object]
# Changes a record in place and gives it back.
Shaper = Callable[[Record], Record]

ADDRESS = "@odata.id"
"""Under this name an exchange hands on the address that an answer without a body gave."""

_ADDRESSED = re.compile(r"(\w+)\('?([^()'/]+)'?\)/?$")
_CONTEXT = "@odata.context"
_ENCODED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shaper_of(entity: Entity, contract: Contract) -> Shaper:
    """The shaper of an entity's own fields."""
    choices = [
        (field.name, contract.enums[field.enum or ""])
        for field in entity.fields.values()
        if field.type is FieldType.ENUM
    ]

    def shape(record: Record) -> Record:
        record.pop(_CONTEXT, None)
        for name, members in choices:
            wire = record.get(name)
            if isinstance(wire, str):
                record[name] = members[wire] if wire in members else decoded(wire)
        return record

    return shape


def deep_shaper_of(entity: Entity, contract: Contract, made: dict[str, Shaper] | None = None) -> Shaper:
    """The shaper of an entity's fields and of all linked records that are in the answer, at any depth.

    `made` holds the shapers by entity that exist already: links run in circles, so each is made when it is first met.
    """
    own, known = shaper_of(entity, contract), made if made is not None else {}
    links = {
        name: contract.entities[link.entity] for name, link in entity.links.items() if link.entity in contract.entities
    }

    def shape(record: Record) -> Record:
        for name, other in links.items():
            if name in record:
                record.pop(name + _CONTEXT, None)
                _shape_below(record[name], known.get(other.name) or deep_shaper_of(other, contract, known))
        return own(record)

    known[entity.name] = shape
    return shape


def made_record(entity: Entity | None, answer: Record | None) -> Record | None:
    """The record that an operation made, as `{entity, id}`: the last step of the address that the provider gave, if it names one."""
    address = (answer or {}).get(ADDRESS)
    found = _ADDRESSED.search(address) if isinstance(address, str) else None
    if entity is None or found is None or found[1] != entity.set:
        return None
    return {"entity": entity.name, "id": unquote(found[2])}


def decoded(wire: str) -> str:
    """A member that the contract does not know, by OData's rule for names (`Non_x002D_Inventory`)."""
    return _ENCODED.sub(lambda found: chr(int(found.group(1), 16)), wire).strip()


def _shape_below(value: object, shape: Shaper) -> None:
    for record in value if isinstance(value, list) else (value,):
        if isinstance(record, dict):
            shape(record)
