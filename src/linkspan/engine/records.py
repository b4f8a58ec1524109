"""Reads the body of a write: known fields only, each in the provider's form, nested records where the action allows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from linkspan.connectors.action import Action
from linkspan.connectors.contract import Contract, Entity
from linkspan.connectors.names import nearest
from linkspan.engine.values import Reader, kind_of, reader_of
from linkspan.errors import Mistake
from linkspan.model import Verb

BodyReader = Callable[[object, list[Mistake]], dict[str, object]]

# What callers send along when they write back a record that they have read.
_HINTS = {"@odata.etag": "is not part of a record; give the etag as headers.if_match"}


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Reads one record.

    `readers` are by field name, `fixed` the fields that only the provider sets, `nested` deeper records by link,
    `nullable` the fields that take null.
    """

    what: str
    readers: Mapping[str, Reader]
    fixed: frozenset[str]
    nested: Mapping[str, "NestedReader"]
    nullable: frozenset[str] = frozenset()

    def read(self, record: Mapping[str, object], where: str, mistakes: list[Mistake]) -> dict[str, object]:
        """The record in the provider's form; every mistake is noted."""
        read: dict[str, object] = {}
        for name, value in record.items():
            reader = self.readers.get(name)
            if reader is not None:
                read[name] = (
                    reader(value, f"{where}.{name}", mistakes)
                    if value is not None or name in self.nullable
                    else _null(f"{where}.{name}", mistakes)
                )
            elif name in self.nested:
                read[name] = self.nested[name].read(value, f"{where}.{name}", mistakes)
            else:
                mistakes.append(self._stranger(name, where))
        return read

    def _stranger(self, name: str, where: str) -> Mistake:
        at = f"{where}.{name[:100]}"
        if name in self.fixed:
            return Mistake(at, "is read-only: the provider sets it")
        if name in _HINTS:
            return Mistake(at, _HINTS[name])
        return Mistake(at, f"is not a field of {self.what}", nearest(name[:100], [*self.readers, *self.nested]))


@dataclass(frozen=True, slots=True)
class NestedReader:
    """Reads the records of a link: a list of them, or one object."""

    many: bool
    record: RecordReader

    def read(self, value: object, where: str, mistakes: list[Mistake]) -> object:
        """The nested records in the provider's form."""
        if not self.many:
            return self._one(value, where, mistakes)
        if not isinstance(value, list):
            mistakes.append(Mistake(where, f"must be a list of {self.record.what}, not {kind_of(value)}"))
            return value
        return [self._one(item, f"{where}[{index}]", mistakes) for index, item in enumerate(value)]

    def _one(self, value: object, where: str, mistakes: list[Mistake]) -> object:
        if not isinstance(value, dict):
            mistakes.append(Mistake(where, f"must be an object, not {kind_of(value)}"))
            return value
        return self.record.read(value, where, mistakes)


def record_reader(
    entity: Entity, contract: Contract, nested: tuple[str, ...] = (), *, above: str | None = None
) -> RecordReader:
    """The reader of one entity's writable fields, with the named links below it.

    `above` is the field that names the record above: nested records get it from the provider.
    """
    fixed = frozenset(name for name, field in entity.fields.items() if field.read_only or name == above)
    links = {name: entity.links[name] for name in nested}
    return RecordReader(
        what=entity.label.lower(),
        readers={name: reader_of(field, contract) for name, field in entity.fields.items() if name not in fixed},
        fixed=fixed,
        nullable=frozenset(name for name, field in entity.fields.items() if field.nullable),
        nested={
            name: NestedReader(
                link.many, record_reader(contract.entities[link.entity], contract, above=link.target_field)
            )
            for name, link in links.items()
        },
    )


def body_reader(action: Action) -> BodyReader | None:
    """The reader of an action's body; None for actions that have none."""
    if action.verb not in (Verb.CREATE, Verb.UPDATE):
        return None
    creates = action.verb is Verb.CREATE
    record = record_reader(action.entity, action.contract, action.nested_links if creates else ())

    def read(body: object, mistakes: list[Mistake]) -> dict[str, object]:
        if not isinstance(body, dict):
            mistakes.append(
                Mistake("body", "is missing" if body is None else f"must be an object, not {kind_of(body)}")
            )
            return {}
        if not body and not creates:
            mistakes.append(Mistake("body", "must name at least one field to change"))
        mistakes.extend(_missing(names) for names in action.required if not any(name in body for name in names))
        return record.read(body, "body", mistakes)

    return read


def _missing(names: tuple[str, ...]) -> Mistake:
    others = f" (or give {' or '.join(names[1:])})" if names[1:] else ""
    return Mistake(f"body.{names[0]}", f"is missing{others}")


def _null(where: str, mistakes: list[Mistake]) -> object:
    mistakes.append(
        Mistake(
            where, 'must not be null; leave it out, or give "" (text), 0001-01-01 (date) or the zero GUID to clear it'
        )
    )
    return None
