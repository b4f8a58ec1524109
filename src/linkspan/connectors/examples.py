"""One valid whole input per action, with invented values, for documentation, consoles and tests."""

from linkspan.connectors.action import Parent
from linkspan.connectors.contract import Entity, FieldType
from linkspan.connectors.spec import ResourceSpec
from linkspan.model import Verb

RECORD_ID = "6c1f2d34-9a05-4b7e-8d61-3f0a9be4c215"
PARENT_ID = "e27b8c90-51d4-4f3a-b6a8-7d19c0f4523e"


def action_example(verb: Verb, resource: ResourceSpec, entity: Entity, parent: Parent | None) -> dict[str, object]:
    """The groups `{path, query, body}` that the verb needs; an update changes the last plain field of the resource's example."""
    below = {parent.parameter: _key(parent.entity, PARENT_ID)} if parent else {}
    if parent and parent.choice:
        below["parent"] = next(iter(parent.choice))
    one = {"id": _key(entity, resource.example.get(entity.key[0], RECORD_ID))}
    body = dict(resource.example)
    match verb:
        case Verb.LIST:
            key = list(entity.key)
            query = {"select": [*key, *[name for name in resource.filter_by if name not in key][:2]], "top": 10}
            return {"path": below, "query": query} if below else {"query": query}
        case Verb.GET | Verb.DELETE | Verb.ACT:
            return {"path": {**below, **one}}
        case Verb.CREATE:
            return {"path": below, "body": body} if below else {"body": body}
        case Verb.UPDATE:
            plain = [name for name in body if name in entity.fields]
            return {"path": {**below, **one}, "body": {name: body[name] for name in plain[-1:]}}


def _key(entity: Entity, known: object) -> object:
    """An invented key of the right type; `known` where it fits."""
    key = entity.fields[entity.key[0]]
    if key.type is FieldType.GUID or known not in {RECORD_ID, PARENT_ID}:
        return known
    return 1 if key.type in {FieldType.INT32, FieldType.INT64} else "A1"
