"""Compares a service's own description with the contract that a connector was written for: what changed, and which actions that breaks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from linkspan.connectors.action import Action, Connector
from linkspan.connectors.contract import Contract, Entity, Field
from linkspan.connectors.vocabulary import VERBS_OFFERED
from linkspan.model import Verb


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference: `what` is missing, added or changed at the service; `breaks` are the ids of the actions that suffer."""

    kind: str
    what: str
    breaks: tuple[str, ...] = ()


def drift(connector: Connector, live: Contract) -> list[Drift]:
    """Every difference between the connector's contract and `live`, in the contract's order, new things last."""
    own = connector.contract
    actions: dict[str, list[Action]] = {}
    for action in connector.actions.values():
        actions.setdefault(action.entity.name, []).append(action)
    found: list[Drift] = []
    for name, entity in own.entities.items():
        there = live.entities.get(name)
        if there is None or there.set != entity.set:
            found.append(Drift("missing", f"entity set {entity.set}", _ids(actions.get(name, ()))))
            continue
        found += _entity_drift(entity, there, actions.get(name, ()), connector)
    found += _enum_drift(own, live, connector)
    found += [
        Drift("added", f"entity set {one.set}") for name, one in live.entities.items() if name not in own.entities
    ]
    return found


def _entity_drift(own: Entity, live: Entity, actions: Iterable[Action], connector: Connector) -> Iterator[Drift]:
    actions = list(actions)
    for verb in sorted(own.verbs - live.verbs):
        broken = [action for action in actions if VERBS_OFFERED.get(action.verb) == verb]
        yield Drift("missing", f"{verb} of {own.set}", _ids(broken))
    for name in own.operations:
        if name not in live.operations:
            yield Drift(
                "missing", f"operation {name} of {own.set}", _ids(one for one in actions if one.operation == name)
            )
    for name, field in own.fields.items():
        yield from _field_drift(own, field, live.fields.get(name), actions)
    for name, link in own.links.items():
        if name not in live.links and link.entity in connector.contract.entities:
            below = [
                one for one in connector.actions.values() if one.parent and one.parent.link == name and _above(one, own)
            ]
            using = [one for one in actions if name in {*one.expand_links, *one.nested_links}]
            yield Drift("missing", f"link {name} of {own.name}", _ids([*using, *below]))
    new = [("field", name) for name in live.fields if name not in own.fields]
    # A company has a link to every entity set, which says no more than the set itself.
    new += [("link", name) for name, link in live.links.items() if name not in own.links and link.own_field]
    new += [("operation", name) for name in live.operations if name not in own.operations]
    yield from (Drift("added", f"{kind} {name} of {own.name}") for kind, name in new)


def _above(action: Action, entity: Entity) -> bool:
    parent = action.parent
    return parent is not None and (parent.entity.name == entity.name or entity.set in parent.choice)


def _field_drift(entity: Entity, own: Field, live: Field | None, actions: Iterable[Action]) -> Iterator[Drift]:
    what = f"field {own.name} of {entity.name}"
    if live is None:
        yield Drift("missing", what, _ids(action for action in actions if _names(action, own)))
    elif (live.type, live.enum) != (own.type, own.enum):
        told = f"{what}: {own.enum or own.type} here, {live.enum or live.type} there"
        yield Drift("changed", told, _ids(one for one in actions if one.verb not in {Verb.DELETE, Verb.ACT}))
    elif live.read_only and not own.read_only:
        yield Drift("changed", f"{what}: read-only there", _ids(one for one in actions if _writes(one, own)))
    elif live.max_length is not None and own.max_length != live.max_length:
        shorter = own.max_length is None or live.max_length < own.max_length
        broken = _ids(one for one in actions if _writes(one, own)) if shorter else ()
        yield Drift("changed", f"{what}: length {own.max_length} here, {live.max_length} there", broken)


def _writes(action: Action, field: Field) -> bool:
    return action.verb in {Verb.CREATE, Verb.UPDATE} and not field.read_only


def _names(action: Action, field: Field) -> bool:
    """Whether a request of the action may name the field without being told to by its caller's own text."""
    return _writes(action, field) or field.name in {*action.filter_fields, *action.columns, *action.entity.key}


def _enum_drift(own: Contract, live: Contract, connector: Connector) -> Iterator[Drift]:
    for name, members in own.enums.items():
        there: Mapping[str, str] | None = live.enums.get(name)
        gone = [wire for wire in members if there is not None and wire not in there]
        using = [
            action
            for action in connector.actions.values()
            if any(field.enum == name and _writes(action, field) for field in action.entity.fields.values())
        ]
        yield from (Drift("missing", f"member {wire} of enum {name}", _ids(using)) for wire in gone)


def _ids(actions: Iterable[Action]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(action.id for action in actions))
