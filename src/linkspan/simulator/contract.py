"""Reads the Business Central contract file: which entities exist, their fields, links, verbs and message texts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

FieldType = Literal["string", "guid", "decimal", "date", "datetime", "boolean", "int32", "int64", "stream", "enum"]

_CONTRACT_FILE = Path(__file__).resolve().parent.parent / "connectors" / "dynamics365bc" / "contract.json"


@dataclass(frozen=True, slots=True)
class Field:
    """One property of an entity, as the API declares it.

    ``initial`` is the declared start value in the provider's own notation (``'2:2'`` with quotes, ``true``, ``0.01``);
    ``first`` is the member that an enum field has from the start; ``minimum`` and ``maximum`` bound a decimal; ``errors`` holds the labels of texts raised when it is validated.
    """

    name: str
    type: FieldType
    enum: str | None = None
    max_length: int | None = None
    read_only: bool = False
    upper_cased: bool = False
    not_blank: bool = False
    options: tuple[str, ...] = ()
    computed: bool = False
    initial: str | None = None
    source_field: str | None = None
    errors: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    first: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation from one entity to another: ``own_field`` of this row equals ``target_field`` of the other.

    ``also`` holds further pairs that must agree, own field to target field.
    """

    name: str
    entity: str
    many: bool
    contained: bool
    target_field: str
    own_field: str
    also: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity type with its set name, provider table, verbs and the message texts it may raise."""

    name: str
    set: str
    label: str
    table: str
    key: tuple[str, ...]
    verbs: frozenset[str]
    parents: tuple[str, ...]
    operations: tuple[str, ...]
    errors: Mapping[str, str]
    links: Mapping[str, Link]
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Contract:
    """The whole contract; ``enums`` maps enum name to wire member name to decoded member name, in declared order."""

    entities: Mapping[str, Entity]
    by_set: Mapping[str, Entity]
    enums: Mapping[str, Mapping[str, str]]
    namespace: str
    source_version: str


def _read_field(raw: dict[str, Any], enums: Mapping[str, Mapping[str, str]]) -> Field:
    return Field(
        name=raw["name"],
        type=cast("FieldType", raw["type"]),
        enum=raw.get("enum"),
        max_length=raw.get("max_length"),
        read_only=raw.get("read_only", False),
        upper_cased=raw.get("upper_cased", False),
        not_blank=raw.get("not_blank", False),
        options=tuple(raw.get("options", ())),
        computed=raw.get("computed", False),
        initial=raw.get("initial"),
        source_field=raw.get("source_field"),
        errors=tuple(raw.get("errors", ())),
        minimum=Decimal(raw["min"]) if "min" in raw else None,
        maximum=Decimal(raw["max"]) if "max" in raw else None,
        first=next(iter(enums[raw["enum"]])) if raw.get("enum") is not None else "",
    )


def _read_entity(name: str, raw: dict[str, Any], enums: Mapping[str, Mapping[str, str]]) -> Entity:
    links = {link["name"]: Link(**link) for link in raw.get("links", ())}
    fields = {one["name"]: _read_field(one, enums) for one in raw["fields"]}
    return Entity(
        name=name,
        set=raw["set"],
        label=raw["label"],
        table=raw["table"],
        key=tuple(raw["key"]),
        verbs=frozenset(raw["verbs"]),
        parents=tuple(raw.get("parents", ())),
        operations=tuple(raw.get("operations", ())),
        errors=MappingProxyType(raw.get("errors", {})),
        links=MappingProxyType(links),
        fields=MappingProxyType(fields),
    )


@lru_cache(maxsize=1)
def load_contract() -> Contract:
    """Return the contract, read once per process."""
    return read_contract(json.loads(_CONTRACT_FILE.read_text(encoding="utf-8")))


def read_contract(raw: Mapping[str, Any]) -> Contract:
    """Return a contract from its JSON form; raises KeyError, TypeError or ValueError for another form."""
    enums = raw["enums"]
    entities = {name: _read_entity(name, body, enums) for name, body in raw["entities"].items()}
    return Contract(
        entities=MappingProxyType(entities),
        by_set=MappingProxyType({entity.set: entity for entity in entities.values()}),
        enums=MappingProxyType({name: MappingProxyType(members) for name, members in enums.items()}),
        namespace=raw["namespace"],
        source_version=raw["source_version"],
    )
