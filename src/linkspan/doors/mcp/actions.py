"""The source that `/mcp` serves: the actions of linked accounts as tools."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request

from linkspan.doors.mcp.account_question import account_question, can_be_asked, chosen_account
from linkspan.doors.mcp.calls import Calls
from linkspan.doors.mcp.message import INVALID_PARAMS, Message, ProtocolError
from linkspan.doors.mcp.server import KEPT_SECONDS
from linkspan.doors.mcp.source import Asked, Handler, InputRequired, cacheable
from linkspan.doors.mcp.tools import Tools
from linkspan.doors.mcp.visit import Visit, read_visit
from linkspan.usecases.hall import Hall

INSTRUCTIONS = (
    "Each tool runs one action on a customer's business system. Lists come as columns and rows with the usual fields; "
    "select others by query.select, and go on by query.cursor. A failure says whether to fix the call, wait, ask a person or stop."
)
_CAPABILITIES: Mapping[str, object] = {"tools": {}}
_NOTHING: Mapping[str, str] = {}


class ActionSource:
    """Admits by API key."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self.tools = Tools(hall)
        self.calls = Calls(hall, self.tools)

    async def admit(self, request: Request) -> "ActionOffering":
        """The tools of the accounts that a request names. Raises the errors of `read_visit`."""
        return ActionOffering(self, await read_visit(self._hall, request))


class ActionOffering:
    """The tools of one visit."""

    __slots__ = ("_source", "_visit")
    instructions = INSTRUCTIONS

    def __init__(self, source: ActionSource, visit: Visit) -> None:
        self._source, self._visit = source, visit

    def capabilities(self, *, stateless: bool) -> Mapping[str, object]:
        """Tools, in both eras."""
        del stateless
        return _CAPABILITIES

    def handler(self, method: str, *, stateless: bool) -> Handler | None:
        """Lists and runs tools, in both eras."""
        del stateless
        if method == "tools/call":
            return self._call
        return self._list if method == "tools/list" else None

    def talks(self, message: Message) -> bool:
        """Never: every answer is one JSON object."""
        del message
        return False

    def mirrored(self, message: Message) -> Mapping[str, str]:
        """No argument is repeated in headers."""
        del message
        return _NOTHING

    async def _list(self, asked: Asked) -> bytes:
        if asked.message.params.get("cursor") is not None:
            raise ProtocolError(INVALID_PARAMS, "The list of tools has one page, so there is no cursor.")
        tools = b'{"tools":' + await self._source.tools.listed(self._visit) + b"}"
        return cacheable(tools, asked, seconds=KEPT_SECONDS)

    async def _call(self, asked: Asked) -> bytes | InputRequired:
        params, visit = asked.message.params, self._visit
        responses = params.get("inputResponses") if asked.stateless else None
        if responses is not None:
            visit = replace(visit, chosen=chosen_account(responses))
        answer = await self._source.calls.call(visit, params, asked.gone)
        if answer.choice and responses is None and can_be_asked(asked):
            return account_question(str(params.get("name")), answer.choice)
        return answer.result()
