"""The three meta tools of Microsoft's own Business Central MCP server, and a fourth that only reads where writing is allowed."""

from collections.abc import Mapping

from linkspan.doors.mcp.routed.arguments import FEWEST_FOUND, MOST_FOUND
from linkspan.doors.mcp.routed.names import KINDS
from linkspan.doors.porch.inputs import DRY_RUN, IDEMPOTENCY_KEY

SEARCH, DESCRIBE, INVOKE, READ = "bc_actions_search", "bc_actions_describe", "bc_actions_invoke", "bc_actions_read"
INSTRUCTIONS = (
    "Find actions of Business Central with bc_actions_search, read an action's parameters with bc_actions_describe, and run it by its "
    "exact name. Where there is a tool bc_actions_read, read with it: bc_actions_invoke also writes. A failure says what to do next."
)

Json = Mapping[str, object]

_TEXT: Json = {"type": "string"}
_READS = {"readOnlyHint": True, "openWorldHint": True}
_ACTION: Json = {"ActionName": _TEXT, "RequestParameters": {"type": "string", "description": "A JSON object as text"}}
_WRITE: Json = {IDEMPOTENCY_KEY: _TEXT, DRY_RUN: {"type": "boolean"}}


def tools_of(*, writes: bool) -> list[dict[str, object]]:
    """The tools; `writes`: whether any action that writes is allowed."""
    search: Json = {
        "SearchText": _TEXT,
        "SearchMode": {"type": "string", "enum": ["keyword", "semantic"]},
        "ActionType": {"type": "array", "items": {"type": "string", "enum": list(KINDS)}},
        "Top": {"type": "integer", "minimum": 1, "maximum": MOST_FOUND, "default": FEWEST_FOUND},
    }
    named: Json = {"ActionName": _TEXT}
    finds = ("Search Business Central actions", "Find actions by what you want to do; answers their names.")
    describes = ("Describe a Business Central action", "What an action does, and its parameters.")
    reads = ("Read from Business Central", "Run an action that reads.")
    tools = [_tool(SEARCH, finds, search, _READS), _tool(DESCRIBE, describes, named, _READS)]
    if not writes:
        return [*tools, _tool(INVOKE, ("Invoke a Business Central action", reads[1]), _ACTION, _READS)]
    hints = {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False, "openWorldHint": True}
    invokes = ("Invoke a Business Central action", "Run an action, also one that writes; to read, use bc_actions_read.")
    return [*tools, _tool(READ, reads, _ACTION, _READS), _tool(INVOKE, invokes, {**_ACTION, **_WRITE}, hints)]


def _tool(name: str, about: tuple[str, str], properties: Json, hints: Mapping[str, bool]) -> dict[str, object]:
    """A tool; `about`: its title and description. The first argument must be given."""
    schema = {"type": "object", "properties": properties, "required": [next(iter(properties))]}
    title, description = about
    annotations = {"title": title, **hints}
    return {"name": name, "title": title, "description": description, "inputSchema": schema, "annotations": annotations}
