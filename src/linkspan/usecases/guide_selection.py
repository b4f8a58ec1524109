"""The choice of actions behind a guide: its short text for addresses, and the scopes that the choice needs."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from linkspan.connectors.action import Action, Connector, Scope
from linkspan.model import Verb

# One letter a verb, operations are named in full; the letters and the resource keys are all that a shared address depends on.
LETTERS: Mapping[Verb, str] = {Verb.LIST: "l", Verb.GET: "g", Verb.CREATE: "c", Verb.UPDATE: "u", Verb.DELETE: "d"}
SEPARATORS: Mapping[str, str] = {"space": " ", "comma": ",", "newline": "\n", "plus": "+"}
EVERYTHING = "all"
"""Stands in an address for every action of the connector."""

_LONGEST_NAME_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Unknown:
    """A part of a selection that names no action, and the nearest action id if one is near."""

    name: str
    nearest: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Chosen action ids in the connector's order (none chosen: the guide shows everything), and what could not be read."""

    chosen: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()


def read_selection(connector: Connector, text: str) -> Selection:
    """Read `customers.lgcud~items.lg`; whole action ids are accepted too. What names no action is reported, never an error."""
    by_part = _parts(connector)
    chosen: set[str] = set()
    unknown: list[str] = []
    for token in filter(None, re.split(r"[~,;\s]+", text)):
        found, missing = _read_token(connector, by_part, token)
        chosen |= found
        unknown += missing
    return select(connector, chosen, unknown)


def select(connector: Connector, chosen: Collection[str], unknown: Iterable[str] = ()) -> Selection:
    """The selection of these action ids; an id that the connector lacks joins the unknown ones."""
    strangers = [name for name in chosen if name not in connector.actions]
    names = dict.fromkeys([*unknown, *sorted(strangers)])
    return Selection(
        chosen=tuple(id_ for id_ in connector.actions if id_ in chosen),
        unknown=tuple(Unknown(name[:_LONGEST_NAME_SHOWN], _nearest(connector, name)) for name in names),
    )


def write_selection(connector: Connector, chosen: Collection[str]) -> str:
    """The short text of a selection; empty for none and for what a new profile allows: then the plain address says the same."""
    if not chosen or set(chosen) & connector.actions.keys() == {action.id for action in _usual(connector)}:
        return ""
    if len(set(chosen) & connector.actions.keys()) == len(connector.actions):
        return EVERYTHING
    letters: dict[str, str] = {}
    for action in connector.actions.values():
        if action.id in chosen and action.verb in LETTERS:
            letters[action.resource] = letters.get(action.resource, "") + LETTERS[action.verb]
    operations = [action.id for action in connector.actions.values() if action.id in chosen and action.operation]
    return "~".join([*(f"{resource}.{text}" for resource, text in letters.items()), *operations])


def selected_actions(connector: Connector, selection: Selection) -> tuple[Action, ...]:
    """The actions that a guide speaks of: the chosen ones, or those that a new profile allows."""
    return tuple(connector.actions[id_] for id_ in selection.chosen) or _usual(connector)


def _usual(connector: Connector) -> tuple[Action, ...]:
    return tuple(action for action in connector.actions.values() if action.default)


def smallest_scopes(connector: Connector, actions: Iterable[Action]) -> tuple[str, ...]:
    """The union of the actions' scopes without those that another scope of the union includes, in the connector's order."""
    wanted = {scope for action in actions for scope in action.required_scopes}
    ordered = [scope for scope in connector.scopes if scope in wanted]
    ordered += sorted(wanted - connector.scopes.keys())
    inside = {scope: _included(connector.scopes, scope) for scope in ordered}

    def spared(index: int, scope: str) -> bool:
        """Covered by another; of two that include each other the first stays."""
        return any(
            scope in inside[other] and (other not in inside[scope] or place < index)
            for place, other in enumerate(ordered)
            if other != scope
        )

    return tuple(scope for index, scope in enumerate(ordered) if not spared(index, scope))


def covered_scopes(connector: Connector, scopes: Iterable[str]) -> set[str]:
    """These scopes and every scope that they include."""
    given = set(scopes)
    return given.union(*(_included(connector.scopes, scope) for scope in given))


def _included(scopes: Mapping[str, Scope], name: str) -> set[str]:
    """Everything that a scope covers, however many steps away."""
    seen: set[str] = set()
    pending = list(scopes[name].includes) if name in scopes else []
    while pending:
        inner = pending.pop()
        if inner not in seen:
            seen.add(inner)
            pending += scopes[inner].includes if inner in scopes else ()
    return seen


def _parts(connector: Connector) -> dict[tuple[str, str], str]:
    letters = ((action, LETTERS.get(action.verb)) for action in connector.actions.values())
    return {(action.resource, letter): action.id for action, letter in letters if letter is not None}


def _read_token(connector: Connector, by_part: Mapping[tuple[str, str], str], token: str) -> tuple[set[str], list[str]]:
    if token == EVERYTHING:
        return set(connector.actions), []
    resource, dot, letters = token.partition(".")
    if not dot or not letters:
        return ({token}, []) if token in connector.actions else (set(), [token])
    if not any(known == resource for known, _ in by_part):
        return set(), [token]
    found = {by_part[resource, letter] for letter in letters if (resource, letter) in by_part}
    missing = [f"{resource}.{letter}" for letter in dict.fromkeys(letters) if (resource, letter) not in by_part]
    return found, missing


def _nearest(connector: Connector, name: str) -> str | None:
    plain = name if name.startswith(connector.key) else f"{connector.key}_list_{name.partition('.')[0]}"
    near = get_close_matches(plain, connector.actions, n=1, cutoff=0.75)
    return near[0] if near else None
