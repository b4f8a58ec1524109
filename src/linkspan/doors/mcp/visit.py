"""Who asks at the MCP door, for which linked accounts, and in which form tools are wanted."""

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

from linkspan.doors.porch.account import account_of
from linkspan.doors.porch.credentials import read_key
from linkspan.doors.porch.quick import header_of
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.authenticate_permit import TOKEN_PREFIX, authenticate_permit
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import MOST_ACCOUNTS


class ParamStyle(StrEnum):
    """How a tool's arguments are laid out (wire contract, 3.1)."""

    NESTED = "nested"
    FLAT_PREFIXED = "flat_prefixed"
    FLAT_SMART = "flat_smart"


class ToolMode(StrEnum):
    """One tool for each action, or two tools with which an agent finds and runs any action."""

    INDIVIDUAL = "individual"
    SEARCH_EXECUTE = "search_execute"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's caller and wishes; `account_ids` are those that it named, which may be none.

    `profile_id`: the profile whose rules hold in place of the account's own; `chosen`: the account that a person answered when asked.
    """

    caller: Caller
    account_ids: tuple[str, ...]
    style: ParamStyle
    mode: ToolMode
    profile_id: str | None = None
    chosen: str | None = None


async def read_visit(hall: Hall, request: Request) -> Visit:
    """The visit that a request's headers and query tell. Raises the errors of a key or an access token, MissingScopeError, InvalidInputError."""
    text = read_key(header_of(request, "authorization")).reveal()
    signed_in = text.startswith(TOKEN_PREFIX)
    caller = await (authenticate_permit(hall, text, request.url.path) if signed_in else authenticate(hall, text))
    require(caller, KeyScope.ACTIONS_READ)
    named = account_of(request, {}) or ""
    ids = (
        (named,) if named.isalnum() else tuple(dict.fromkeys(part.strip() for part in named.split(",") if part.strip()))
    )
    if len(ids) <= 1 and not request.scope["query_string"]:
        return Visit(caller, ids, ParamStyle.NESTED, ToolMode.INDIVIDUAL)
    query, mistakes = request.query_params, []
    style, mode = query.get("param-style", ParamStyle.NESTED), query.get("tool-mode", ToolMode.INDIVIDUAL)
    if style not in list(ParamStyle):
        mistakes.append(Mistake("query.param-style", f"is {style!r}, but must be one of {', '.join(ParamStyle)}"))
    if mode not in list(ToolMode):
        mistakes.append(Mistake("query.tool-mode", f"is {mode!r}, but must be one of {', '.join(ToolMode)}"))
    if len(ids) > MOST_ACCOUNTS:
        mistakes.append(Mistake("headers.x-account-id", f"names more than {MOST_ACCOUNTS} accounts"))
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    return Visit(caller, ids, ParamStyle(style), ToolMode(mode))
