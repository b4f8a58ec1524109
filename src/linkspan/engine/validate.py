"""From untrusted inputs to a call: one plan per action, compiled once; at run time only look-ups and closures."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal

import msgspec

from linkspan.connectors.action import Action, Connector
from linkspan.connectors.names import nearest
from linkspan.connectors.schemas import on_a_version
from linkspan.engine.call import COMPANY, Call, Inputs, Position, Target
from linkspan.engine.options import option_readers
from linkspan.engine.records import BodyReader, body_reader
from linkspan.engine.values import Literal, Reader, choice_reader, kind_of, literal_of, reader_of, text_reader
from linkspan.errors import CursorInvalidError, InvalidInputError, Mistake
from linkspan.model import Verb

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LONGEST_ETAG = 1000

# Taken out before validation: what clients add for the door, not for the action.
_DOOR_QUERY = frozenset({"debug", "idempotency_key"})
_DOOR_HEADERS = frozenset({"x_account_id", "authorization", "x_connector_profile_id", "idempotency_key"})


@dataclass(frozen=True, slots=True)
class PathInput:
    """One path input: how it is read, and how it is written into the URL (before percent-encoding)."""

    read: Reader
    literal: Literal
    required: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an action's inputs are checked against. `below` is the parent's input where it may be left out, with the body field that does instead."""

    action: Action
    path: Mapping[str, PathInput]
    options: Mapping[str, Reader]
    body: BodyReader | None
    takes_etag: bool
    below: tuple[str, str | None] | None

    def check(self, target: Target, inputs: Inputs, position: Position | None) -> Call:
        """The validated call. Raises InvalidInputError with every mistake, CursorInvalidError for a cursor of another list."""
        mistakes: list[Mistake] = []
        path = self._path(inputs.path, target, mistakes, position)
        query = self._query(inputs.query, mistakes) if inputs.query else {}
        body = self._body(inputs, mistakes)
        if_match = self._headers(inputs.headers, mistakes) if inputs.headers else None
        self._find_parent(path, body, mistakes)
        if mistakes:
            raise InvalidInputError(
                f"{len(mistakes)} mistake{'s' * (len(mistakes) > 1)} in the input of {self.action.id}.",
                mistakes=mistakes,
            )
        digest = _digest(self.action, path, body, if_match) if self.action.verb.writes else ""
        return Call(self.action, target, path, query, body, if_match, position, digest)

    def _path(
        self, given: Mapping[str, object], target: Target, mistakes: list[Mistake], position: Position | None
    ) -> dict[str, str]:
        path: dict[str, str] = {}
        for name, value in given.items():
            known = self.path.get(name)
            if known is None:
                mistakes.append(
                    Mistake(f"path.{name[:100]}", "is not an input of this action", nearest(name[:100], self.path))
                )
            elif value is not None:
                path[name] = str(known.literal(known.read(value, f"path.{name}", mistakes)))
        if position is not None:
            if any(position.path.get(name) != value for name, value in path.items()):
                raise CursorInvalidError
            return dict(position.path)
        for name, known in self.path.items():
            if name not in path and name in target.defaults:
                path[name] = target.defaults[name]
            if name not in path and known.required:
                mistakes.append(Mistake(f"path.{name}", "is missing"))
        return path

    def _query(self, given: Mapping[str, object], mistakes: list[Mistake]) -> dict[str, object]:
        query: dict[str, object] = {}
        for name, value in given.items():
            reader = self.options.get(name)
            if reader is not None:
                if value is not None:
                    query[name] = reader(value, f"query.{name}", mistakes)
            elif name not in _DOOR_QUERY:
                near = nearest(name.removeprefix("$")[:100], self.options)
                mistakes.append(Mistake(f"query.{name[:100]}", "is not an option of this action", near))
        if "cursor" in query:
            others = [name for name in query if name not in ("cursor", "page_size")]
            mistakes.extend(
                Mistake(f"query.{name}", "cannot be given with a cursor, which holds it already") for name in others
            )
        return query

    def _body(self, inputs: Inputs, mistakes: list[Mistake]) -> dict[str, object] | None:
        if self.body is not None:
            return self.body(inputs.body, mistakes)
        if inputs.body:
            mistakes.extend(
                Mistake(f"body.{name[:100]}", "is not an input: this action has no body") for name in inputs.body
            )
        return None

    def _headers(self, given: Mapping[str, object], mistakes: list[Mistake]) -> str | None:
        etag: str | None = None
        for name, value in given.items():
            plain_name = name.lower().replace("-", "_")
            if plain_name in _DOOR_HEADERS or value is None:
                continue
            if plain_name == "if_match" and self.takes_etag:
                etag = _read_etag(value, mistakes)
            else:
                near = "if_match" if self.takes_etag and nearest(plain_name[:100], ("if_match",)) else None
                mistakes.append(Mistake(f"headers.{name[:100]}", "is not a header of this action", near))
        return etag

    def _find_parent(self, path: Mapping[str, str], body: Mapping[str, object] | None, mistakes: list[Mistake]) -> None:
        if self.below is None or self.below[0] in path:
            return
        parameter, field = self.below
        if field is None or field not in (body or {}):
            instead = f" (or give body.{field})" if field else ""
            mistakes.append(Mistake(f"path.{parameter}", f"is missing{instead}"))


def plan_of(action: Action, connector: Connector) -> Plan:
    """Compile what an action's inputs are checked against."""
    parent = action.parent
    creates = parent is not None and action.verb is Verb.CREATE and not parent.choice
    below = (parent.parameter, parent.body_field) if parent is not None and creates else None
    path = {
        name: _path_input(action, name, connector.enum_literals, required=below is None or name != below[0])
        for name in _PLACEHOLDER.findall(action.path)
    }
    takes_etag = on_a_version(action.verb, action.contract)
    return Plan(action, path, option_readers(action, connector), body_reader(action), takes_etag, below)


def _path_input(action: Action, name: str, enum_literals: str, *, required: bool) -> PathInput:
    if name == COMPANY:
        return PathInput(text_reader(250, min_length=1), str, required)
    parent = action.parent
    if parent is not None and parent.choice and name == "parent":
        return PathInput(choice_reader({each: each for each in parent.choice}), str, required)
    entity = parent.entity if parent is not None and name == parent.parameter else action.entity
    key = entity.fields[entity.key[0]]
    return PathInput(reader_of(key, action.contract), literal_of(key, action.contract, enum_literals), required)


def _read_etag(value: object, mistakes: list[Mistake]) -> str | None:
    """An etag is put into a header as it is, so nothing but visible ASCII may be in it."""
    if type(value) is not str:
        mistakes.append(Mistake("headers.if_match", f"must be text, not {kind_of(value)}"))
        return None
    if not 0 < len(value) <= _LONGEST_ETAG or not value.isascii() or not value.isprintable():
        mistakes.append(Mistake("headers.if_match", "must be an etag as @odata.etag gives it, or *"))
    return value


_CONTEXT = Context(prec=80)


def _digest(action: Action, path: Mapping[str, str], body: Mapping[str, object] | None, if_match: str | None) -> str:
    """Equal for equal intents: names of companies and GUIDs are compared without regard to capitals, numbers by value."""
    place = {name: value.lower() for name, value in path.items()}
    intent = msgspec.json.encode([action.id, place, _canonical(body), if_match], order="deterministic")
    return hashlib.sha256(intent).hexdigest()


def _canonical(value: object) -> object:
    """Numbers that are equal become the same text, so that 12.5, "12.50" and 12.50 are one intent."""
    if isinstance(value, dict):
        return {name: _canonical(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if type(value) is int or isinstance(value, Decimal):
        return {"number": format(_CONTEXT.normalize(Decimal(value)), "f")}
    return value
