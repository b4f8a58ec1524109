"""The same API as an OpenAPI document, which FastMCP makes its tools from: every action of the connector, with its fields."""

from collections.abc import Mapping

from linkspan.connectors.action import Action
from linkspan.connectors.catalog import load_catalog
from linkspan.model import Verb

Json = dict[str, object]
_METHODS: Mapping[Verb, str] = {
    Verb.LIST: "get",
    Verb.GET: "get",
    Verb.CREATE: "post",
    Verb.UPDATE: "patch",
    Verb.DELETE: "delete",
    Verb.ACT: "post",
}
_LIST_OPTIONS = {
    "$filter": "OData filter expression.",
    "$select": "Fields to answer.",
    "$orderby": "Fields to sort by.",
    "$top": "At most so many records.",
    "$skip": "Leave out so many records.",
    "$expand": "Linked records to answer too.",
}


def openapi_document(api_root: str, *, default_only: bool = False) -> Json:
    """An OpenAPI 3.1 document of Business Central's API as Linkspan knows it, served at `api_root`.

    `default_only`: only the actions that a new profile enables.
    """
    connector = load_catalog().connectors["dynamics365bc"]
    paths: dict[str, Json] = {}
    for action in connector.actions.values():
        if default_only and not action.default:
            continue
        paths.setdefault(f"/{action.path}", {})[_METHODS[action.verb]] = _operation(action)
    about = {"title": connector.name, "version": connector.version}
    return {"openapi": "3.1.0", "info": about, "servers": [{"url": api_root}], "paths": paths}


def _operation(action: Action) -> Json:
    groups = action.input_schema["properties"]
    known = groups if isinstance(groups, dict) else {}
    path = known.get("path", {}).get("properties", {})
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": schema} for name, schema in path.items()
    ]
    options = _LIST_OPTIONS if action.verb is Verb.LIST else {}
    parameters += [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": about}
        for name, about in options.items()
    ]
    outcome = action.output_schema["properties"]
    answer = outcome["data"] if isinstance(outcome, dict) and "data" in outcome else {}
    if action.verb is Verb.LIST:
        # The provider's own envelope.
        answer = {"type": "object", "properties": {"value": answer}}
    operation: Json = {
        "operationId": action.id.partition("_")[2],
        "summary": action.label,
        "description": action.description,
        "parameters": parameters,
        "responses": {"200": {"description": "The answer", "content": {"application/json": {"schema": answer}}}},
    }
    if "body" in known:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": known["body"]}}}
    return operation
