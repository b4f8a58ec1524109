"""contract.json as it is written: the typed reader that turns the file into a Contract."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Declared

from linkspan.connectors.contract import Contract, Entity, Field, FieldType, Link
from linkspan.connectors.mistakes import unknown_name
from linkspan.connectors.vocabulary import VERBS_OFFERED
from linkspan.connectors.yaml_lines import Path

Text = Annotated[str, Declared(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldEntry(_Entry):
    """One field's line in the file; the simulator reads `errors` and `places`, which mean nothing here."""

    name: Text
    type: FieldType
    about: Annotated[
        str, Declared(min_length=1, description="what the field holds, where its name does not say it")
    ] = ""
    enum: str | None = None
    max_length: int | None = Declared(default=None, ge=1)
    read_only: bool = False
    upper_cased: bool = False
    options: tuple[str, ...] = ()
    not_blank: bool = False
    computed: bool = False
    nullable: bool = False
    initial: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    places: str | None = None
    source_field: str | None = None
    errors: tuple[str, ...] = ()


class LinkEntry(_Entry):
    """One link's line in the file."""

    name: Text
    entity: Text
    many: bool
    contained: bool
    target_field: str | None = None
    own_field: str | None = None
    also: Mapping[str, str] = Declared(default={}, description="further pairs of fields that must agree: own → target")


class EntityEntry(_Entry):
    """One entity of the file."""

    label: Text
    about: Annotated[str, Declared(min_length=1, description="a sentence of our own telling what the records are")]
    set: Text
    table: str | None = None
    key: tuple[Text, ...]
    verbs: tuple[str, ...]
    parents: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    errors: Mapping[str, str] = {}
    links: tuple[LinkEntry, ...] = ()
    fields: tuple[FieldEntry, ...]


class ContractFile(_Entry):
    """The whole file."""

    about: Text
    source_version: Text
    namespace: str | None = None
    etags: bool = Declared(default=True, description="whether each record names its version by an etag")
    enums: Mapping[str, Mapping[str, str]]
    entities: Mapping[str, EntityEntry]


def contract_of(file: ContractFile) -> Contract:
    """The file's content as the records that the rest of Linkspan holds."""
    return Contract(
        source_version=file.source_version,
        entities=MappingProxyType({name: _entity(name, entry) for name, entry in file.entities.items()}),
        enums=MappingProxyType({name: MappingProxyType(dict(members)) for name, members in file.enums.items()}),
        namespace=file.namespace,
        etags=file.etags,
    )


def _entity(name: str, entry: EntityEntry) -> Entity:
    return Entity(
        name=name,
        set=entry.set,
        label=entry.label,
        about=entry.about,
        key=entry.key,
        verbs=frozenset(entry.verbs),
        fields=MappingProxyType({field.name: _field(field) for field in entry.fields}),
        links=MappingProxyType({link.name: Link(**link.model_dump()) for link in entry.links}),
        operations=entry.operations,
        parents=entry.parents,
        table=entry.table,
    )


def _field(entry: FieldEntry) -> Field:
    return Field(
        name=entry.name,
        type=entry.type,
        about=entry.about,
        enum=entry.enum,
        max_length=entry.max_length,
        read_only=entry.read_only,
        upper_cased=entry.upper_cased,
        options=entry.options,
        not_blank=entry.not_blank,
        computed=entry.computed,
        nullable=entry.nullable,
        initial=entry.initial,
        minimum=entry.min,
        maximum=entry.max,
        source_field=entry.source_field,
    )


def check_contract(contract: Contract) -> Iterator[tuple[Path, str]]:
    """The mistakes that the file's shape cannot show, each with its path: enums, verbs, keys and parents that do not exist."""
    verbs = frozenset(VERBS_OFFERED.values())
    for name, entity in contract.entities.items():
        here: Path = ("entities", name)
        for index, field in enumerate(entity.fields.values()):
            if (field.type is FieldType.ENUM) != (field.enum is not None):
                yield (*here, "fields", index), f"write type enum and the enum's name together for {field.name!r}"
            elif field.enum is not None and field.enum not in contract.enums:
                yield (*here, "fields", index, "enum"), unknown_name("enum", field.enum, contract.enums)
        for index, key in enumerate(entity.key):
            if key not in entity.fields:
                yield (*here, "key", index), unknown_name(f"field of {name}", key, entity.fields)
        for verb in sorted(entity.verbs - verbs):
            yield (*here, "verbs"), unknown_name("contract verb", verb, verbs)
        for index, parent in enumerate(entity.parents):
            if parent not in contract.entities:
                yield (*here, "parents", index), unknown_name("entity", parent, contract.entities)


def repeated_names(file: ContractFile) -> Iterator[tuple[Path, str]]:
    """Fields and links of an entity that have the name of one before, each with its path."""
    for name, entity in file.entities.items():
        seen: set[str] = set()
        names = [("fields", index, field.name) for index, field in enumerate(entity.fields)]
        names += [("links", index, link.name) for index, link in enumerate(entity.links)]
        for place, index, entry in names:
            if entry in seen:
                yield (
                    ("entities", name, place, index, "name"),
                    f"{entry!r} is taken; keep one field or link of this name",
                )
            seen.add(entry)


def has_repeated_keys(text: str) -> bool:
    """Whether an object in the JSON `text` has a key twice, of which JSON readers keep the last without a word."""
    repeated = False

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal repeated
        repeated = repeated or len({key for key, _ in pairs}) < len(pairs)

    json.loads(text, object_pairs_hook=look)
    return repeated
