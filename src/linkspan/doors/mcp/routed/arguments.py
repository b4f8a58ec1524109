"""What the routed tools are given, and how the flat parameters of an action there become the groups of ours."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkspan.connectors.action import Action
from linkspan.connectors.names import nearest
from linkspan.connectors.tool_schema import ToolInput
from linkspan.doors.mcp.routed.names import KINDS
from linkspan.doors.porch.inputs import ALLOW_DUPLICATE, DRY_RUN, IDEMPOTENCY_KEY
from linkspan.engine import json_text
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Verb

Json = Mapping[str, object]

FEWEST_FOUND, MOST_FOUND = 10, 50
# The company is what the header says: a parameter must not lead a call to another one.
_SET_BY_HEADERS = "company_id"
_OF_THE_CALL = (IDEMPOTENCY_KEY, DRY_RUN, ALLOW_DUPLICATE)
_TEXT: Json = {"type": "string"}
# That server's word → ours. A list is answered as records unless another form is asked for.
_QUERY = {"filter": "filter", "orderby": "order_by", "select": "select", "expand": "expand", "top": "top", "skip": "skip",
          "count": "count", "cursor": "cursor", "resultFormat": "format"}  # fmt: skip
_FORMATS = {"text": "json", "table": "table", "csv": "csv", "full": "full"}


@dataclass(frozen=True, slots=True)
class Search:
    """What a search asks for; no verbs: of any kind."""

    text: str
    verbs: frozenset[Verb]
    most: int


def read_search(arguments: Json) -> Search:
    """The arguments of a search. Raises InvalidInputError."""
    text, kinds, top = arguments.get("SearchText", ""), arguments.get("ActionType"), arguments.get("Top", FEWEST_FOUND)
    known = {"SearchText", "SearchMode", "ActionType", "Top"}
    mistakes = [
        Mistake(name, "is no argument of this tool", nearest(name, known)) for name in arguments if name not in known
    ]
    named = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else [] if kinds is None else [None]
    if not isinstance(text, str):
        mistakes.append(Mistake("SearchText", "must be a text"))
    if any(not isinstance(kind, str) or kind not in KINDS for kind in named):
        mistakes.append(Mistake("ActionType", f"must hold some of {', '.join(KINDS)}"))
    if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= MOST_FOUND:
        mistakes.append(Mistake("Top", f"must be a whole number from 1 to {MOST_FOUND}"))
        top = FEWEST_FOUND
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    return Search(str(text).strip(), frozenset(KINDS[kind] for kind in named if isinstance(kind, str)), top)


def schema_of(action: Action, wanted: ToolInput) -> Json:
    """The parameters of an action as `bc_actions_describe` tells them."""
    groups = wanted.properties
    properties: dict[str, object] = {
        name: one for name, one in groups.get("path", {}).items() if name != _SET_BY_HEADERS
    }
    if action.verb is Verb.LIST:
        query = groups.get("query", {})
        properties |= {
            theirs: query[ours] for theirs, ours in _QUERY.items() if ours in query and theirs != "resultFormat"
        }
        properties["resultFormat"] = {"type": "string", "enum": list(_FORMATS)}
        fields = ", ".join(f"{name} [{field.type.value}]" for name, field in action.entity.fields.items())
        properties["_availableFields"] = {
            "type": "string",
            "readOnly": True,
            "description": f"Available fields: {fields}",
        }
    properties |= {name: one for name, one in groups.get("body", {}).items() if name not in properties}
    properties |= groups.get("headers", {})
    required = [name for group in ("path", "body") for name in wanted.required.get(group, ()) if name in properties]
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def groups_of(action: Action, wanted: ToolInput, arguments: Json) -> dict[str, object]:
    """The groups and the call's own words that `RequestParameters`, flat as they are, mean. Raises InvalidInputError."""
    flat = _parameters(arguments.get("RequestParameters"))
    groups: dict[str, dict[str, object]] = {"path": {}, "query": {}, "body": {}, "headers": {}}
    mistakes = []
    for name, value in flat.items():
        group, inner = _place(action, wanted, name)
        if group is None:
            known = schema_of(action, wanted)["properties"]
            near = nearest(name, known) if isinstance(known, dict) else None
            mistakes.append(Mistake(f"RequestParameters.{name}", "is no parameter of this action", near))
        else:
            groups[group][inner] = value
    if action.verb is Verb.LIST:
        form = groups["query"].get("format", "text")
        if not isinstance(form, str) or form not in _FORMATS:
            mistakes.append(Mistake("RequestParameters.resultFormat", f"must be one of {', '.join(_FORMATS)}"))
        groups["query"]["format"] = _FORMATS.get(str(form), "json")
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    said = {name: arguments[name] for name in _OF_THE_CALL if name in arguments}
    return {**{group: inside for group, inside in groups.items() if inside}, **said}


def _place(action: Action, wanted: ToolInput, name: str) -> tuple[str | None, str]:
    groups, plain = wanted.properties, name.removeprefix("$")
    if name in groups.get("path", {}) and name != _SET_BY_HEADERS:
        return "path", name
    if action.verb is Verb.LIST:
        return ("query", _QUERY[plain]) if plain in _QUERY else (None, name)
    if name in groups.get("headers", {}):
        return "headers", name
    return ("body", name) if name in groups.get("body", {}) else (None, name)


def _parameters(given: object) -> Json:
    """The object in `RequestParameters`, which is JSON text there; an object is taken as well. Raises InvalidInputError."""
    if given in (None, ""):
        return {}
    value = given
    if isinstance(given, str):
        try:
            value = json_text.parse(given.encode())
        except ValueError:
            value = None
    if not isinstance(value, dict):
        raise InvalidInputError(mistakes=[Mistake("RequestParameters", "must be the text of a JSON object")])
    return value
