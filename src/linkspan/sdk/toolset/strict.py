"""Input schemas for the strict modes of models: every property required, none beside them, what may be left out may be null.

Source: OpenAI's guide to structured outputs (supported schemas).
"""

from collections.abc import Mapping

Schema = Mapping[str, object]


def strict_schema(schema: Schema) -> dict[str, object]:
    """The schema as strict modes accept it. Objects of any shape, such as filters, can only be given as text then."""
    return _closed(schema)


def without_nulls(value: object) -> object:
    """Arguments of a strict mode without what was left out: there null says nothing else."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def _closed(schema: Schema) -> dict[str, object]:
    properties, required = schema.get("properties"), schema.get("required")
    needed = required if isinstance(required, list | tuple) else ()
    inner = properties if isinstance(properties, dict) else {}
    return {
        "type": "object",
        "properties": {name: _value(one, optional=name not in needed) for name, one in inner.items()},
        "required": list(inner),
        "additionalProperties": False,
        **_kept(schema),
    }


def _value(schema: Schema, *, optional: bool) -> dict[str, object]:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next(one for one in kind if one != "object")
    if kind == "object" and "properties" in schema:
        found = _closed(schema)
    elif kind == "object":
        found = {**_kept(schema), "type": "string"}
    else:
        found = {**schema, "type": kind or "string"}
        if isinstance(items := schema.get("items"), dict):
            found["items"] = _value(items, optional=False)
    if optional:
        found["type"] = [found["type"], "null"]
        if isinstance(choices := found.get("enum"), list):
            found["enum"] = [*choices, None]
    return found


def _kept(schema: Schema) -> dict[str, object]:
    return {"description": schema["description"]} if "description" in schema else {}
