"""Reads the path of an address: which company, which entity through which navigations, and what of it."""

import re
from dataclasses import dataclass
from itertools import product
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from linkspan.simulator.contract import Contract, Entity, Field, Link
from linkspan.simulator.faults import query_syntax, resource_not_found
from linkspan.simulator.odata.keys import Key, read_key, write_key
from linkspan.simulator.odata.literals import read_guid

_SEGMENT: Final = re.compile(r"([^()]+)(?:\((.*)\))?", re.DOTALL)
_QUOTED_KEY: Final = re.compile(r"\('([0-9A-Fa-f-]{36})'\)")
_API: Final = ("api", "v2.0")
_ROUTE_PARTS: Final = 3
RUNTIME_API: Final = ("api", "microsoft", "runtime", "beta")


@dataclass(frozen=True, slots=True)
class Place:
    """The front of an address: whose environment (tenant is None when the token says it) and the segments behind.

    `root` is all before the segments, `runtime` tells the platform's API from that of the books; `custom` names a custom API
    by publisher, group and version.
    """

    tenant: str | None
    environment: str
    segments: tuple[str, ...]
    root: str
    runtime: bool = False
    custom: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One entity on the way: a set (no link) or a navigation of the step before, with or without a key.

    `key` is the first part of its key; `also` holds the further parts: fields and the values that they must have.
    """

    entity: Entity
    link: Link | None
    key: Key | None
    also: tuple[tuple[str, Key], ...] = ()

    @property
    def many(self) -> bool:
        """Whether the step is a collection."""
        return self.key is None and (self.link is None or self.link.many)

    @property
    def name(self) -> str:
        """The segment as written, without its key."""
        return self.entity.set if self.link is None else self.link.name

    @property
    def key_text(self) -> str:
        """The key as an address has it, without parentheses."""
        return write_key(self.entity, {self.entity.key[0]: self.key, **dict(self.also)})


@dataclass(frozen=True, slots=True)
class Address:
    """The back of an address: steps from the company, then at most one of count, property or operation.

    `raw` asks for the property's bare value instead of JSON around it.
    """

    company: UUID | None
    steps: tuple[Step, ...]
    count: bool = False
    field: Field | None = None
    operation: str | None = None
    raw: bool = False

    @property
    def last(self) -> Step:
        """The step that the address is about."""
        return self.steps[-1]


def read_place(raw_path: str) -> Place:
    """Split the path behind ``/v2.0/`` at the API's name; raises 404 when it names another API."""
    parts = raw_path.split("/")
    for start, api in product((1, 2), (_API, RUNTIME_API)):
        end = start + len(api)
        if tuple(parts[start:end]) == api:
            tenant = unquote(parts[0]) if start > 1 else None
            segments = tuple(unquote(part) for part in parts[end:] if part)
            return Place(tenant, unquote(parts[start - 1]), segments, "/".join(parts[:end]), runtime=api is RUNTIME_API)
    for start in (1, 2):
        route = tuple(unquote(part) for part in parts[start + 1 : start + 4])
        if parts[start : start + 1] == ["api"] and len(route) == _ROUTE_PARTS and all(route):
            tenant = unquote(parts[0]) if start > 1 else None
            segments = tuple(unquote(part) for part in parts[start + 4 :] if part)
            root = "/".join(parts[: start + 4])
            return Place(tenant, unquote(parts[start - 1]), segments, root, custom=(route[0], route[1], route[2]))
    raise resource_not_found(unquote(next((part for part in parts[1:] if part), parts[0])))


def read_address(segments: tuple[str, ...], contract: Contract, *, quoted: bool = False) -> Address:
    """Return what the segments behind the API root name; `quoted` lets GUID keys stand in quotes.

    Raises 404 for an unknown segment (with its name) and for a malformed key.
    """
    if quoted:
        segments = tuple(_unquoted(segment, contract) for segment in segments)
    name, key_text = _segment(segments[0])
    if name == "companies" and len(segments) > 1 and segments[1] != "$count":
        key = _key(key_text)
        if key is None:
            raise query_syntax()
        nested = segments[1:]
        if nested[0] in contract.entities["company"].fields:
            return _walk(segments, None, contract)
        return _walk(nested, key, contract)
    return _walk(segments, None, contract)


def _unquoted(segment: str, contract: Contract) -> str:
    """Take the quotes off a GUID, unless the set's key is a text."""
    entity = contract.by_set.get(segment.partition("(")[0])
    if entity is not None and entity.fields[entity.key[0]].type == "string":
        return segment
    return _QUOTED_KEY.sub(r"(\1)", segment)


def _walk(segments: tuple[str, ...], company: UUID | None, contract: Contract) -> Address:
    steps = [_first(segments[0], contract)]
    for place, segment in enumerate(segments[1:], start=2):
        final = place == len(segments)
        last = steps[-1]
        if place == len(segments) - 1 and segments[-1] == "$value" and not last.many and segment in last.entity.fields:
            return Address(company, tuple(steps), field=last.entity.fields[segment], raw=True)
        if final and segment == "$count" and last.many:
            return Address(company, tuple(steps), count=True)
        if final and not last.many and segment in last.entity.fields:
            return Address(company, tuple(steps), field=last.entity.fields[segment])
        if final and not last.many and segment.lower().startswith(f"{contract.namespace.lower()}."):
            return Address(company, tuple(steps), operation=_operation(segment, last.entity))
        steps.append(_next(segment, last, contract))
    return Address(company, tuple(steps))


def _first(segment: str, contract: Contract) -> Step:
    name, key_text = _segment(segment)
    entity = contract.by_set.get(name)
    if entity is None or entity.name == "subscription":
        raise resource_not_found(name)
    return _step(entity, None, key_text)


def _next(segment: str, last: Step, contract: Contract) -> Step:
    name, key_text = _segment(segment)
    link = last.entity.links.get(name)
    if last.many or link is None or link.entity not in contract.entities:
        raise resource_not_found(name)
    if key_text is not None and not link.many and not link.contained:
        raise query_syntax()
    return _step(contract.entities[link.entity], link, key_text)


def _operation(segment: str, entity: Entity) -> str:
    """Return the bound action that `segment` names; its name is taken without regard to case."""
    wanted = segment.rpartition(".")[2].lower()
    found = next((name for name in entity.operations if name.lower() == wanted), None)
    if found is None:
        raise resource_not_found(segment)
    return found


def _segment(text: str) -> tuple[str, str | None]:
    """Return the name of a segment and the text in its parentheses, None without any."""
    found = _SEGMENT.fullmatch(text)
    if found is None:
        raise query_syntax()
    return found[1], found[2]


def _step(entity: Entity, link: Link | None, key_text: str | None) -> Step:
    """Return a step whose key is a value alone, ``id=…``, or several parts: ``parentId=…,id=…``."""
    if key_text is None:
        return Step(entity, link, None)
    (_, own), *others = read_key(key_text, entity)
    return Step(entity, link, own, tuple(others))


def _key(text: str | None) -> UUID | None:
    if text is None:
        return None
    try:
        return read_guid(text.strip().removeprefix("id="))
    except ValueError as error:
        raise query_syntax() from error
