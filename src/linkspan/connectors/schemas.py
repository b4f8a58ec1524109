"""JSON Schema 2020-12 of an action's input, grouped `{path, query, body, headers}`, and of its answer `{data, next}`."""

from collections.abc import Mapping, Sequence

from linkspan.connectors.action import JsonSchema, Parent, ProviderLimits
from linkspan.connectors.contract import Contract, Entity, FieldType, Link
from linkspan.connectors.names import words
from linkspan.connectors.spec import ResourceSpec
from linkspan.connectors.value_schemas import ANY_FILTER, field_filter, field_input, key_input, record_output
from linkspan.model import Verb

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ON_A_VERSION = frozenset({Verb.UPDATE, Verb.DELETE, Verb.ACT})
_NAME = "[A-Za-z][A-Za-z0-9_]*"


def closed(
    properties: Mapping[str, object], required: Sequence[str] = (), description: str | None = None
) -> dict[str, object]:
    """An object that has these properties and no others."""
    schema: dict[str, object] = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    if description:
        schema["description"] = description
    return schema


def input_schema(groups: Mapping[str, JsonSchema]) -> JsonSchema:
    """The whole input out of its groups; empty groups are left out. A body is always required, another group if something in it is."""
    kept = {name: group for name, group in groups.items() if group.get("properties")}
    required = [name for name, group in kept.items() if name == "body" or group.get("required")]
    return {"$schema": DIALECT, **closed(kept, required)}


def path_group(
    verb: Verb, entity: Entity, parent: Parent | None, contract: Contract, *, company_scoped: bool
) -> JsonSchema:
    """`company_id` (optional), the parent's id for a list or create below it, and `id` of one record."""
    properties: dict[str, object] = {}
    required: list[str] = []
    if company_scoped:
        about = "Company: its GUID, name or display name. Left out, the account's own company is used."
        properties["company_id"] = {"type": "string", "minLength": 1, "description": about}
    if parent is not None:
        above, needed = _above(verb, entity, parent, contract)
        properties |= above
        required += needed
    if verb not in {Verb.LIST, Verb.CREATE}:
        kind, schema = key_input(entity, contract)
        properties["id"] = {**schema, "description": f"{kind} of the {words(entity.name)}."}
        required.append("id")
    return closed(properties, required)


def _above(verb: Verb, entity: Entity, parent: Parent, contract: Contract) -> tuple[dict[str, object], list[str]]:
    """The inputs that name the record above, and which of them must be there."""
    kind, schema = key_input(parent.entity, contract)
    name = "record" if parent.choice else words(parent.entity.name)
    about = f"{kind} of the {name} that holds the {words(entity.set)}."
    if verb is Verb.CREATE and parent.body_field is not None:
        about += f" Needed unless body.{parent.body_field} names it."
        return {parent.parameter: {**schema, "description": about}}, []
    inputs: dict[str, object] = {parent.parameter: {**schema, "description": about}}
    if parent.choice:
        inputs["parent"] = {"enum": list(parent.choice), "description": "Entity set of the record with parent_id."}
    return inputs, list(inputs)


def query_group(
    verb: Verb, entity: Entity, resource: ResourceSpec, contract: Contract, limits: ProviderLimits
) -> JsonSchema:
    """What may be asked of a list or of one record."""
    if verb.writes:
        return closed({})
    properties: dict[str, object] = {"select": _select(entity)}
    if resource.expand:
        properties["expand"] = _expand(resource.expand)
    if verb is Verb.GET:
        return closed(properties)
    chosen = _filter(entity, resource.filter_by, contract)
    schema = closed({"filter": chosen, **properties, **_list_options(entity, limits)})
    schema["dependentSchemas"] = {"cursor": {"propertyNames": {"enum": ["cursor", "page_size"]}}}
    return schema


def _select(entity: Entity) -> JsonSchema:
    listed = {"type": "array", "items": {"enum": list(entity.fields)}, "uniqueItems": True, "minItems": 1}
    text = {"type": "string", "pattern": rf"^\s*{_NAME}(\s*,\s*{_NAME})*\s*$"}
    return {
        "anyOf": [listed, text],
        "description": "Fields to answer, as a list or with commas. Left out, all fields come.",
    }


def _expand(links: Sequence[str]) -> JsonSchema:
    listed = {"type": "array", "items": {"enum": list(links)}, "uniqueItems": True, "minItems": 1}
    text = {"type": "string", "minLength": 1}
    return {
        "anyOf": [listed, text],
        "description": f"Linked records to answer too: {', '.join(links)}; a list, or OData $expand text.",
    }


def _filter(entity: Entity, first: Sequence[str], contract: Contract) -> JsonSchema:
    """OData text, or an object: the fields named `first` come with their types, every other field may be used too."""
    names = [field.name for field in entity.fields.values() if field.type is not FieldType.STREAM]
    by_field: JsonSchema = {
        "type": "object",
        "properties": {name: field_filter(entity.fields[name], contract) for name in first},
        "propertyNames": {"enum": names},
        "additionalProperties": ANY_FILTER,
        "minProperties": 1,
    }
    about = (
        "Which records: OData $filter text, or an object of fields that must all match. A field takes a value, a list of values of which one "
        "must match, or operators: eq, ne, gt, ge, lt, le, and for text startswith, contains, endswith."
    )
    return {"anyOf": [{"type": "string", "minLength": 1}, by_field], "description": about}


def _list_options(entity: Entity, limits: ProviderLimits) -> dict[str, object]:
    order = rf"^\s*{_NAME}(\s+(asc|desc))?(\s*,\s*{_NAME}(\s+(asc|desc))?)*\s*$"
    one = {"type": "string", "pattern": order}
    first = next(iter(entity.fields.values())).name
    return {
        "order_by": {
            "anyOf": [one, {"type": "array", "items": one, "minItems": 1}],
            "description": f"Order of the records, such as `{first} desc`; text or a list.",
        },
        "top": {"type": "integer", "minimum": 0, "description": "At most so many records over all pages."},
        "skip": {
            "type": "integer",
            "minimum": 0,
            "description": "Leave out so many records at the start; slow for large numbers.",
        },
        "count": {"type": "boolean", "description": "Also answer how many records match, as `count`."},
        "page_size": {
            "type": "integer",
            "minimum": 1,
            "maximum": limits.max_page,
            "default": limits.default_page,
            "description": "Records in one answer.",
        },
        "cursor": {
            "type": "string",
            "minLength": 1,
            "description": "`next` of the answer before; only page_size may be given with it.",
        },
        "all": {"type": "boolean", "description": "Follow the pages to the end and answer all records at once."},
    }


def body_group(verb: Verb, entity: Entity, resource: ResourceSpec, contract: Contract) -> JsonSchema:
    """The fields that a create or update may set; on create also nested lists, and which fields must be there."""
    if verb not in {Verb.CREATE, Verb.UPDATE}:
        return closed({})
    properties = writable(entity, contract)
    if verb is Verb.UPDATE:
        return {**closed(properties), "minProperties": 1}
    for name in resource.nested:
        link = entity.links[name]
        inside = contract.entities[link.entity]
        properties[name] = _nested(link, inside, closed(writable(inside, contract, leave_out=link.target_field)))
    groups = required_groups(resource)
    schema = closed(properties, [group[0] for group in groups if len(group) == 1])
    choices = [{"anyOf": [{"required": [name]} for name in group]} for group in groups if len(group) > 1]
    if choices:
        schema["allOf"] = choices
    return schema


def _nested(link: Link, inside: Entity, record: JsonSchema) -> JsonSchema:
    """What is created together with a record: a list of records, or the one part of it that the link names."""
    if not link.many:
        return {**record, "description": inside.about}
    about = f"{inside.label} records created together with it: {inside.about}"
    return {"type": "array", "items": record, "description": about}


def required_groups(resource: ResourceSpec) -> tuple[tuple[str, ...], ...]:
    """What a create needs: of each group at least one field."""
    return tuple((group,) if isinstance(group, str) else group for group in resource.required)


def writable(entity: Entity, contract: Contract, leave_out: str | None = None) -> dict[str, object]:
    """The schemas of the fields that callers may set, without `leave_out`."""
    return {
        field.name: field_input(field, contract)
        for field in entity.fields.values()
        if not field.read_only and field.type is not FieldType.STREAM and field.name != leave_out
    }


def on_a_version(verb: Verb, contract: Contract) -> bool:
    """Whether the action may be tied to a record's version by its etag."""
    return contract.etags and verb in _ON_A_VERSION


def headers_group(verb: Verb, contract: Contract) -> JsonSchema:
    """`if_match` for changes of an existing record."""
    if not on_a_version(verb, contract):
        return closed({})
    about = "`@odata.etag` of the record as you read it: the change is refused if somebody changed it since. Left out, the last writer wins."
    return closed({"if_match": {"type": "string", "minLength": 1, "description": about}})


def act_output(makes: Entity | None) -> JsonSchema:
    """The answer of an operation: which record it made, if it makes one."""
    data: JsonSchema = {"type": "null"}
    if makes is not None:
        about = f"The {words(makes.name)} that was made: its entity and id; null if the provider does not name it."
        made = {"entity": {"const": makes.name}, "id": {"type": "string"}}
        data = {**closed(made, list(made), about), "type": ["object", "null"]}
    return {"$schema": DIALECT, **closed({"data": data, "next": {"type": "null"}}, ["data", "next"])}


def output_schema(verb: Verb, entity: Entity, links: tuple[str, ...], contract: Contract) -> JsonSchema:
    """The answer `{data, next}`, with `count` for lists and `concurrency` for changes made without an etag."""
    next_about = "Cursor of the next page; null at the end."
    if verb is Verb.LIST:
        data: JsonSchema = {"type": "array", "items": record_output(entity, contract, links)}
        count = {"type": "integer", "minimum": 0, "description": "All matching records, when asked for."}
        properties = {"data": data, "next": {"type": ["string", "null"], "description": next_about}, "count": count}
        return {"$schema": DIALECT, **closed(properties, ["data", "next"])}
    data = {"type": "null"} if verb is Verb.DELETE else record_output(entity, contract, links)
    properties = {"data": data, "next": {"type": "null"}}
    if verb in {Verb.UPDATE, Verb.DELETE}:
        about = "last_writer_wins: no etag was given, so the current one was used."
        properties["concurrency"] = {"enum": ["last_writer_wins"], "description": about}
    return {"$schema": DIALECT, **closed(properties, ["data", "next"])}
