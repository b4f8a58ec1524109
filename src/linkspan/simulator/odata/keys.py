"""Keys in addresses: one GUID, a quoted text, or several named parts; and the id that a next link names a row by."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5

from linkspan.simulator.contract import Entity, Field
from linkspan.simulator.faults import query_syntax
from linkspan.simulator.odata.literals import read_guid

Key = UUID | str
"""The value of one part of a key."""

_PART: Final = re.compile(r"\s*(\w+)\s*=\s*('(?:[^']|'')*'|[^',\s]+)\s*(,|$)", re.ASCII)
_TEXT: Final = re.compile(r"'((?:[^']|'')*)'", re.DOTALL)
_ROWS: Final = UUID("8f6d3f0e-54cb-4a83-9a40-0f2ab1c57d19")


def read_key(text: str, entity: Entity) -> tuple[tuple[str, Key], ...]:
    """Return the parts of the key in `text` by field, the entity's first key field leading.

    A key of one part may stand without its name; further fields may be named beside a whole key. Raises the 404 of a
    malformed key.
    """
    found = dict(_named(text, entity)) if _PART.match(text) else _alone(text, entity)
    if not found.keys() >= {*entity.key}:
        raise query_syntax()
    return tuple((name, found.pop(name)) for name in entity.key) + tuple(found.items())


def write_key(entity: Entity, record: Mapping[str, object]) -> str:
    """Return the key of a record as it stands in an address, without parentheses."""
    if len(entity.key) == 1:
        return _literal(record[entity.key[0]])
    return ",".join(f"{name}={_literal(record[name])}" for name in entity.key)


def row_id(entity: Entity, record: Mapping[str, object]) -> UUID:
    """Return the id of a record in next links: its key where that is an id, else one made of the key."""
    first = record[entity.key[0]]
    if isinstance(first, UUID):
        return first
    return uuid5(_ROWS, "\n".join(str(record[name]) for name in entity.key))


def _alone(text: str, entity: Entity) -> dict[str, Key]:
    if len(entity.key) != 1:
        raise query_syntax()
    return {entity.key[0]: _value(text.strip(), entity.fields[entity.key[0]])}


def _named(text: str, entity: Entity) -> dict[str, Key]:
    parts: dict[str, Key] = {}
    place = 0
    while place < len(text):
        found = _PART.match(text, place)
        field = entity.fields.get(found[1]) if found is not None else None
        if found is None or field is None or field.name in parts:
            raise query_syntax()
        parts[field.name] = _value(found[2], field)
        place = found.end()
    return parts


def _value(text: str, field: Field) -> Key:
    if field.type == "guid":
        try:
            return read_guid(text)
        except ValueError as error:
            raise query_syntax() from error
    quoted = _TEXT.fullmatch(text)
    if field.type != "string" or quoted is None:
        raise query_syntax()
    value = quoted[1].replace("''", "'")
    return value.strip().upper() if field.upper_cased else value


def _literal(value: object) -> str:
    return str(value) if isinstance(value, UUID) else "'" + str(value).replace("'", "''") + "'"
