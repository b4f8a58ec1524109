"""The provider's data contract: entities, fields, links and enums, read from a connector's contract.json."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


class FieldType(enum.StrEnum):
    """The contract's types; `decimal` is Edm.Decimal and never a float here."""

    STRING = "string"
    GUID = "guid"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    INT32 = "int32"
    INT64 = "int64"
    STREAM = "stream"
    ENUM = "enum"


@dataclass(frozen=True, slots=True)
class Field:
    """One property of an entity. `max_length` in characters; `enum` names an entry of `Contract.enums`.

    `about` is our own sentence, blank where the name says it all.
    `computed`: the provider works the value out on reading, so it cannot be filtered or sorted by.
    `nullable`: null may be written and filtered by.
    `minimum` and `maximum` bound a number at the provider; `initial` is the declared start value in the provider's notation.
    """

    name: str
    type: FieldType
    about: str = ""
    enum: str | None = None
    max_length: int | None = None
    read_only: bool = False
    upper_cased: bool = False
    options: tuple[str, ...] = ()
    not_blank: bool = False
    computed: bool = False
    nullable: bool = False
    initial: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    source_field: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation: `contained` ones are parts of the record. `target_field` on the other side equals `own_field` here.

    `also` holds further pairs that must agree, own field → target field, where one pair does not make the link.
    """

    name: str
    entity: str
    many: bool
    contained: bool
    target_field: str | None = None
    own_field: str | None = None
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of the contract; `set` is its entity set in URLs, `verbs` what the provider offers: read, create, update, delete.

    `table` is the provider's own table behind it; `parents` name the entities that a record of this one is a part of.
    """

    name: str
    set: str
    label: str
    about: str
    key: tuple[str, ...]
    verbs: frozenset[str]
    fields: Mapping[str, Field]
    links: Mapping[str, Link] = field(default_factory=dict)
    operations: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """All entities by name, and the enums: wire member name → decoded text (blank is ""), which belong to the schema `namespace`.

    `etags`: each record names its version, so that a change can be refused when somebody changed the record since.
    """

    source_version: str
    entities: Mapping[str, Entity]
    enums: Mapping[str, Mapping[str, str]]
    namespace: str | None = None
    etags: bool = True
