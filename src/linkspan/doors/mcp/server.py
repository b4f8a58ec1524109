"""What the MCP door answers to a message, by whatever way it came: over HTTP or over standard input and output."""

from importlib.metadata import version

from linkspan.doors.mcp.message import METHOD_NOT_FOUND, ProtocolError
from linkspan.doors.mcp.revisions import SERVER_INFO_KEY, STATELESS, agreed_version
from linkspan.doors.mcp.source import Asked, InputRequired, Offering, cacheable
from linkspan.engine import json_text

KEPT_SECONDS = 60
"""How long a client may keep a list, and what it has discovered."""


class McpServer:
    """Answers requests of both eras; it remembers nothing of a client."""

    def __init__(self) -> None:
        self._info = {"name": "linkspan", "title": "Linkspan", "version": version("linkspan")}
        stamp = b'"_meta":' + json_text.dump({SERVER_INFO_KEY: self._info}) + b"}"
        self._complete = b'"resultType":"complete",' + stamp
        self._unfinished = b'"resultType":"input_required",' + stamp

    async def result(self, offering: Offering, asked: Asked) -> bytes:
        """The result as JSON text. Raises ProtocolError, or the LinkspanError that refuses the whole request."""
        result = await self._result(offering, asked)
        if not asked.stateless:
            # Handlers ask by `Talk` in this era.
            return result.fields if isinstance(result, InputRequired) else result
        text, stamp = (
            (result.fields, self._unfinished) if isinstance(result, InputRequired) else (result, self._complete)
        )
        return text[:-1] + (b"," if len(text) > len(b"{}") else b"") + stamp

    async def _result(self, offering: Offering, asked: Asked) -> bytes | InputRequired:
        method, stateless = asked.message.method, asked.stateless
        handler = offering.handler(method, stateless=stateless)
        if handler is not None:
            return await handler(asked)
        if stateless and method == "server/discover":
            return self._discovered(offering, asked)
        if not stateless and method == "initialize":
            return self._initialized(offering, asked)
        if not stateless and method == "ping":
            return b"{}"
        raise ProtocolError(METHOD_NOT_FOUND, f"There is no method {method!r} here.")

    def _initialized(self, offering: Offering, asked: Asked) -> bytes:
        return json_text.dump(
            {
                "protocolVersion": agreed_version(asked.message.params.get("protocolVersion")),
                "capabilities": offering.capabilities(stateless=False),
                "serverInfo": self._info,
                "instructions": offering.instructions,
            }
        )

    def _discovered(self, offering: Offering, asked: Asked) -> bytes:
        told = {
            "supportedVersions": [*STATELESS],
            "capabilities": offering.capabilities(stateless=True),
            "instructions": offering.instructions,
        }
        return cacheable(json_text.dump(told), asked, seconds=KEPT_SECONDS)
