"""What the MCP door answers to a message, by whatever way it came: over HTTP or over standard input and output."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version

from linkspan.doors.mcp.calls import Calls
from linkspan.doors.mcp.message import INVALID_PARAMS, METHOD_NOT_FOUND, Message, ProtocolError
from linkspan.doors.mcp.revisions import SERVER_INFO_KEY, STATELESS, agreed_version
from linkspan.doors.mcp.tools import Tools
from linkspan.doors.mcp.visit import Visit
from linkspan.engine import json_text
from linkspan.usecases.hall import Hall

INSTRUCTIONS = (
    "Each tool runs one action on a customer's business system. Lists come as columns and rows with the usual fields; "
    "select others by query.select, and go on by query.cursor. A failure says whether to fix the call, wait, ask a person or stop."
)
_LIST_TTL_MS = 60_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: who asks, what, in which era of the protocol; `gone` tells whether the caller has hung up."""

    visit: Visit
    message: Message
    stateless: bool
    gone: Callable[[], Awaitable[bool]]


class McpServer:
    """Answers requests of both eras; it remembers nothing of a client."""

    def __init__(self, hall: Hall) -> None:
        self._tools = Tools(hall)
        self._calls = Calls(hall, self._tools)
        self._info = {"name": "linkspan", "title": "Linkspan", "version": version("linkspan")}
        stamp = json_text.dump({SERVER_INFO_KEY: self._info})
        self._stamp = b'"resultType":"complete","_meta":' + stamp + b"}"
        shared = {"tools/list": self._list_tools, "tools/call": self._call_tool}
        self._methods: Mapping[bool, Mapping[str, Callable[[Asked], Awaitable[bytes]]]] = {
            True: {"server/discover": self._discover, **shared},
            False: {"initialize": self._initialize, "ping": self._pong, **shared},
        }

    async def result(self, asked: Asked) -> bytes:
        """The result as JSON text. Raises ProtocolError, or the LinkspanError that refuses the whole request."""
        method = self._methods[asked.stateless].get(asked.message.method)
        if method is None:
            raise ProtocolError(METHOD_NOT_FOUND, f"There is no method {asked.message.method!r} here.")
        result = await method(asked)
        if not asked.stateless:
            return result
        return result[:-1] + (b"," if len(result) > len(b"{}") else b"") + self._stamp

    async def _initialize(self, asked: Asked) -> bytes:
        return json_text.dump(
            {
                "protocolVersion": agreed_version(asked.message.params.get("protocolVersion")),
                "capabilities": {"tools": {}},
                "serverInfo": self._info,
                "instructions": INSTRUCTIONS,
            }
        )

    async def _discover(self, asked: Asked) -> bytes:
        del asked
        return json_text.dump(
            {
                "supportedVersions": [*STATELESS],
                "capabilities": {"tools": {}},
                "instructions": INSTRUCTIONS,
                "ttlMs": _LIST_TTL_MS,
                "cacheScope": "private",
            }
        )

    async def _pong(self, asked: Asked) -> bytes:
        del asked
        return b"{}"

    async def _list_tools(self, asked: Asked) -> bytes:
        if asked.message.params.get("cursor") is not None:
            raise ProtocolError(INVALID_PARAMS, "The list of tools has one page, so there is no cursor.")
        tools = b'{"tools":' + await self._tools.listed(asked.visit)
        return tools + (b',"ttlMs":%d,"cacheScope":"private"}' % _LIST_TTL_MS if asked.stateless else b"}")

    async def _call_tool(self, asked: Asked) -> bytes:
        answer = await self._calls.call(asked.visit, asked.message.params, asked.gone)
        content = [{"type": "text", "text": text} for text in answer.texts]
        return json_text.dump({"content": content, "isError": True} if answer.failed else {"content": content})
