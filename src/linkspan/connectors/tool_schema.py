"""An action's input for language models: every field by name and type, words only where a name does not say enough.

The whole schema (`Action.input_schema`) describes each field in a sentence; a model pays for every word of it with each question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from linkspan.connectors.action import Action
from linkspan.connectors.contract import Contract, Field, FieldType
from linkspan.connectors.schemas import on_a_version
from linkspan.model import Verb

Group = Mapping[str, Mapping[str, object]]

FORMATS = ("table", "csv", "json", "full")
"""How rows are answered to a model; `full` keeps nulls, etags and every field."""

_TYPES: Mapping[FieldType, Mapping[str, object]] = {
    FieldType.DECIMAL: {"type": "number"},
    FieldType.BOOLEAN: {"type": "boolean"},
    FieldType.INT32: {"type": "integer"},
    FieldType.INT64: {"type": "integer"},
    FieldType.DATE: {"type": "string", "format": "date"},
    FieldType.DATETIME: {"type": "string", "format": "date-time"},
}
_TEXT: Mapping[str, object] = {"type": "string"}
_WHOLE: Mapping[str, object] = {"type": "integer"}
_FILTER: Mapping[str, object] = {
    "type": ["string", "object"],
    "description": 'OData text or {field: value}, {field: {"gt": value}}',
}


@dataclass(frozen=True, slots=True)
class ToolInput:
    """The groups `path`, `query`, `body` and `headers` that an action has: properties by name, and the names that are required."""

    properties: Mapping[str, Group]
    required: Mapping[str, tuple[str, ...]]


def tool_input(action: Action) -> ToolInput:
    """The input of an action, without what only programs use (`all`, `page_size`)."""
    groups: dict[str, Group] = {"path": _path(action), "query": _query(action), "body": _body(action)}
    if on_a_version(action.verb, action.contract):
        groups["headers"] = {"if_match": _TEXT}
    required = {
        "path": tuple(_required(action.input_schema, "path")),
        "body": tuple(_required(action.input_schema, "body")),
    }
    return ToolInput(
        MappingProxyType({name: group for name, group in groups.items() if group}),
        MappingProxyType({name: names for name, names in required.items() if names}),
    )


def _required(schema: Mapping[str, object], group: str) -> list[str]:
    properties = schema["properties"]
    inside = properties.get(group) if isinstance(properties, dict) else None
    return list(inside.get("required", ())) if isinstance(inside, dict) else []


def _path(action: Action) -> Group:
    properties = action.input_schema["properties"]
    inside = properties.get("path", {}).get("properties", {}) if isinstance(properties, dict) else {}
    return {name: {"enum": one["enum"]} if "enum" in one else _TEXT for name, one in inside.items()}


def _query(action: Action) -> Group:
    if action.verb.writes:
        return {}
    shared: dict[str, Mapping[str, object]] = {"select": _TEXT}
    if action.expand_links:
        shared["expand"] = _TEXT
    if action.verb is Verb.GET:
        return {**shared, "format": {"type": "string", "enum": list(FORMATS[2:])}}
    return {
        "filter": _FILTER,
        **shared,
        "format": {"type": "string", "enum": list(FORMATS)},
        "order_by": _TEXT,
        "top": _WHOLE,
        "skip": _WHOLE,
        "count": {"type": "boolean"},
        "cursor": _TEXT,
    }


def _body(action: Action) -> Group:
    properties = action.input_schema["properties"]
    inside = properties.get("body", {}).get("properties", {}) if isinstance(properties, dict) else {}
    found: dict[str, Mapping[str, object]] = {}
    for name in inside:
        link = action.entity.links.get(name) if name in action.nested_links else None
        if link is None:
            found[name] = _value(action.entity.fields[name], action.contract)
        else:
            fields = action.contract.entities[link.entity].fields
            rows = {each: _value(fields[each], action.contract) for each in _names(inside[name])}
            record: Mapping[str, object] = {"type": "object", "properties": rows}
            found[name] = {"type": "array", "items": record} if link.many else record
    return found


def _names(nested: Mapping[str, object]) -> list[str]:
    """The fields of a record, or of the records of a list, that are made together with another."""
    record = nested.get("items", nested)
    return list(record["properties"]) if isinstance(record, dict) else []


def _value(field: Field, contract: Contract) -> Mapping[str, object]:
    if field.type is FieldType.ENUM:
        return {"type": "string", "enum": list(dict.fromkeys(contract.enums[field.enum or ""].values()))}
    if field.options:
        return {"type": "string", "enum": list(field.options)}
    return _TYPES.get(field.type, _TEXT)
