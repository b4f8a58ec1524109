"""The mode search_execute: two tools for each connector, with which an agent finds any action and runs it (wire contract 3.3)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from linkspan.connectors.action import Action, Connector
from linkspan.connectors.search import Found
from linkspan.connectors.tool_schema import ToolInput
from linkspan.doors.mcp.layout import account_label, schema_of
from linkspan.doors.mcp.message import INVALID_PARAMS, ProtocolError
from linkspan.doors.mcp.visit import ParamStyle
from linkspan.doors.porch.account import ACCOUNT_HEADER
from linkspan.engine import json_text
from linkspan.errors import InvalidInputError, Mistake
from linkspan.usecases.offer_actions import Offer

SEARCH, EXECUTE = "search_actions", "execute_action"
_DEFAULT_LIMIT = 5


@dataclass(frozen=True, slots=True)
class Search:
    """What a search asks for."""

    question: str
    limit: int


def meta_tools(offers: Sequence[Offer]) -> list[dict[str, object]]:
    """The two tools of each connector that offers anything."""
    connectors = dict.fromkeys(offer.action.connector for offer in offers)
    return [tool for key in connectors for tool in _pair(key, [one for one in offers if one.action.connector == key])]


def meta_tool_of(name: object, connectors: Mapping[str, Connector]) -> tuple[str, str]:
    """Connector and kind of a tool's name. Raises ProtocolError."""
    for key in connectors:
        for kind in (SEARCH, EXECUTE):
            if name == f"{key}_{kind}":
                return key, kind
    raise ProtocolError(INVALID_PARAMS, f"There is no tool {name!r}: search with …_{SEARCH}, run with …_{EXECUTE}.")


def read_search(arguments: Mapping[str, object]) -> Search:
    """The arguments of a search. Raises InvalidInputError."""
    question, limit = arguments.get("query"), arguments.get("top_k", _DEFAULT_LIMIT)
    mistakes = [Mistake(name, "is no argument of this tool") for name in arguments if name not in {"query", "top_k"}]
    if not isinstance(question, str):
        mistakes.append(Mistake("query", "must be a text"))
    if isinstance(limit, bool) or not isinstance(limit, int):
        mistakes.append(Mistake("top_k", "must be a whole number"))
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    return Search(str(question), limit if isinstance(limit, int) else _DEFAULT_LIMIT)


def found_text(found: Iterable[Found], input_of: Callable[[Action], ToolInput]) -> str:
    """The actions that were found, with all that is needed to run them."""
    rows = [
        {
            "action_id": one.action.id,
            "description": one.action.brief,
            "similarity": one.score,
            "read_only": one.action.annotations.read_only,
            "input": schema_of(input_of(one.action), ParamStyle.NESTED)["properties"],
        }
        for one in found
    ]
    return json_text.dump({"actions": rows}).decode()


def _pair(key: str, offers: Sequence[Offer]) -> list[dict[str, object]]:
    group = {"type": "object"}
    headers: dict[str, object] = dict(group)
    accounts = {account.id: account for offer in offers for account in offer.accounts}
    if len(accounts) > 1:
        about = "; ".join(f"{account.id}: {account_label(account)}" for account in accounts.values())
        headers["properties"] = {ACCOUNT_HEADER: {"type": "string", "enum": list(accounts), "description": about}}
        headers["required"] = [ACCOUNT_HEADER]
    execute: dict[str, object] = {
        "action_id": {"type": "string"},
        **dict.fromkeys(("path", "query", "body"), group),
        "headers": headers,
    }
    reads_only = all(offer.action.annotations.read_only for offer in offers)
    return [
        {
            "name": f"{key}_{SEARCH}",
            "description": f"Find {key} actions by what you want to do; answers their ids and inputs.",
            "inputSchema": {
                "type": "object",
                "properties": {"query": {"type": "string"}, "top_k": {"type": "integer"}},
                "required": ["query"],
            },
            "annotations": {"readOnlyHint": True},
        },
        {
            "name": f"{key}_{EXECUTE}",
            "description": f"Run a {key} action that was found, with its input.",
            "inputSchema": {
                "type": "object",
                "properties": execute,
                "required": ["action_id", *(["headers"] if len(accounts) > 1 else [])],
            },
            "annotations": {"readOnlyHint": True} if reads_only else {"readOnlyHint": False, "destructiveHint": True},
        },
    ]
