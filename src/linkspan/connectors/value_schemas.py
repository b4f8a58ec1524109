"""JSON Schema of single values: what a field takes in, and what it answers."""

from collections.abc import Sequence

from linkspan.connectors.action import JsonSchema
from linkspan.connectors.contract import Contract, Entity, Field, FieldType
from linkspan.connectors.example_check import DATE_PATTERN, DATETIME_PATTERN, DECIMAL_PATTERN, GUID_PATTERN

GUID_SCHEMA: JsonSchema = {"type": "string", "format": "uuid", "pattern": GUID_PATTERN}

ORDERED = ("eq", "ne", "gt", "ge", "lt", "le")
TEXTUAL = ("startswith", "contains", "endswith")
_INPUTS: dict[FieldType, JsonSchema] = {
    FieldType.STRING: {"type": "string"},
    FieldType.GUID: GUID_SCHEMA,
    FieldType.DECIMAL: {"type": ["number", "string"], "pattern": DECIMAL_PATTERN},
    FieldType.DATE: {"type": "string", "format": "date", "pattern": DATE_PATTERN},
    FieldType.DATETIME: {"type": "string", "format": "date-time", "pattern": DATETIME_PATTERN},
    FieldType.BOOLEAN: {"type": "boolean"},
    FieldType.INT32: {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    FieldType.INT64: {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
}
_OUTPUTS: dict[FieldType, JsonSchema] = {
    **_INPUTS,
    FieldType.GUID: {"type": "string", "format": "uuid"},
    FieldType.DECIMAL: {"type": "number"},
    FieldType.DATE: {"type": "string", "format": "date"},
    FieldType.DATETIME: {"type": "string", "format": "date-time"},
}


def field_input(field: Field, contract: Contract, *, described: bool = True) -> JsonSchema:
    """What a caller may give for `field`: decimals as number or text, enum values decoded or as on the wire."""
    schema = dict(_INPUTS.get(field.type, {"type": "string"}))
    if field.type is FieldType.ENUM:
        schema["enum"] = enum_values(field, contract)
    if field.options:
        schema["enum"] = list(field.options)
    if field.max_length is not None and described:
        schema["maxLength"] = field.max_length
    if field.nullable:
        schema = {"anyOf": [schema, {"type": "null"}]}
    if described and field.about:
        schema["description"] = field.about
    return schema


def key_input(entity: Entity, contract: Contract) -> tuple[str, JsonSchema]:
    """What the key of `entity` is called, `GUID` or its field's name, and what a caller may give for it."""
    key = entity.fields[entity.key[0]]
    if key.type is FieldType.GUID:
        return "GUID", GUID_SCHEMA
    return key.name, {name: part for name, part in field_input(key, contract).items() if name != "description"}


def field_output(field: Field, contract: Contract) -> JsonSchema:
    """What `field` answers. Enum values are examples, not a closed list: extensions at the provider may add some."""
    schema = dict(_OUTPUTS.get(field.type, {"type": "string"}))
    if field.type is FieldType.ENUM:
        schema["examples"] = list(dict.fromkeys(contract.enums[field.enum or ""].values()))
    if field.nullable:
        schema = {"anyOf": [schema, {"type": "null"}]}
    if field.about:
        schema["description"] = field.about
    return schema


def enum_values(field: Field, contract: Contract) -> list[str]:
    """Decoded values first, then the wire forms that differ."""
    members = contract.enums[field.enum or ""]
    return list(dict.fromkeys([*members.values(), *members]))


def field_filter(field: Field, contract: Contract) -> JsonSchema:
    """A simple filter on `field`: a value it must equal, a list of values, or operators with values."""
    return _filter_on(field_input(field, contract, described=False), filter_operators(field))


def _filter_on(value: JsonSchema, operators: Sequence[str]) -> JsonSchema:
    several = {"type": "array", "items": value, "minItems": 1}
    compared = {
        "type": "object",
        "propertyNames": {"enum": list(operators)},
        "additionalProperties": value,
        "minProperties": 1,
    }
    return {"anyOf": [value, several, compared]}


def filter_operators(field: Field) -> tuple[str, ...]:
    """The operators of a simple filter that make sense for the field's type."""
    if field.type in {FieldType.BOOLEAN, FieldType.GUID, FieldType.ENUM}:
        return ORDERED[:2]
    return (*ORDERED, *TEXTUAL) if field.type is FieldType.STRING else ORDERED


def record_output(entity: Entity, contract: Contract, links: tuple[str, ...] = ()) -> JsonSchema:
    """A record of `entity` as answered, with the linked records of `links`. Which fields come depends on `select`."""
    version = {"type": "string", "description": "The record's version, for headers.if_match."}
    properties: dict[str, object] = {"@odata.etag": version} if contract.etags else {}
    for field in entity.fields.values():
        if field.type is FieldType.STREAM:
            address = {"type": "string", "description": f"{field.about} Where its bytes can be read.".strip()}
            properties[f"{field.name}@odata.mediaReadLink"] = address
        else:
            properties[field.name] = field_output(field, contract)
    for name in links:
        link = entity.links[name]
        inside = record_output(contract.entities[link.entity], contract)
        properties[name] = {"type": "array", "items": inside} if link.many else {**inside, "type": ["object", "null"]}
    return {"type": "object", "description": entity.about, "properties": properties, "additionalProperties": True}


ANY_FILTER: JsonSchema = _filter_on({"type": ["string", "number", "boolean"]}, (*ORDERED, *TEXTUAL))
"""A simple filter on a field whose type the schema does not spell out."""
