"""The source that `linkspan demo --conformance` serves: the tools, resources and prompts that MCP's conformance suite calls by name.

The suite cannot sign in, and tests the protocol, not what tools do: behind the door's own code stands this source in place of actions.
"""

from collections.abc import Mapping

from starlette.requests import Request

from linkspan.doors.mcp.conformance.asking_tools import asking_tools
from linkspan.doors.mcp.conformance.plain_tools import Logging, plain_tools
from linkspan.doors.mcp.conformance.resources import RESOURCES, TEMPLATES, listed_prompts, prompt, read_resource
from linkspan.doors.mcp.message import INVALID_PARAMS, Message, ProtocolError
from linkspan.doors.mcp.source import Asked, Handler, InputRequired, cacheable
from linkspan.engine import json_text

_KEPT_SECONDS = 5


class ConformanceSource:
    """Admits everybody: it holds nothing of anybody's, and only the demo serves it, on loopback."""

    def __init__(self) -> None:
        self._offering = ConformanceOffering()

    async def admit(self, request: Request) -> "ConformanceOffering":
        """The same for everybody."""
        del request
        return self._offering


class ConformanceOffering:
    """The suite's fixture."""

    instructions = "A fixture for protocol tests: its tools do nothing useful."

    def __init__(self) -> None:
        self._logging = Logging()
        self._subscribed: set[str] = set()
        self._tools = {tool.name: tool for tool in (*plain_tools(self._logging), *asking_tools())}
        shared: dict[str, Handler] = {
            "tools/list": self._list_tools,
            "tools/call": self._call,
            "resources/list": self._list_resources,
            "resources/templates/list": self._list_templates,
            "resources/read": self._read,
            "prompts/list": self._list_prompts,
            "prompts/get": self._prompt,
            "completion/complete": self._complete,
        }
        handshake: dict[str, Handler] = {
            "logging/setLevel": self._set_level,
            "resources/subscribe": self._subscribe,
            "resources/unsubscribe": self._unsubscribe,
        }
        self._handlers: Mapping[bool, Mapping[str, Handler]] = {True: shared, False: shared | handshake}

    def capabilities(self, *, stateless: bool) -> Mapping[str, object]:
        """All that the suite asks of a server; subscriptions and log levels belong to the handshake era."""
        both: dict[str, object] = {"tools": {}, "prompts": {}, "completions": {}}
        return {**both, "resources": {}} if stateless else {**both, "resources": {"subscribe": True}, "logging": {}}

    def handler(self, method: str, *, stateless: bool) -> Handler | None:
        """Who answers."""
        return self._handlers[stateless].get(method)

    def talks(self, message: Message) -> bool:
        """Tools may."""
        return message.method == "tools/call"

    def mirrored(self, message: Message) -> Mapping[str, str]:
        """As the tool's schema says."""
        tool = self._tools.get(str(message.params.get("name"))) if message.method == "tools/call" else None
        return tool.mirrored if tool else {}

    async def _list_tools(self, asked: Asked) -> bytes:
        tools = [
            tool.listed() for tool in self._tools.values() if (tool.stateless if asked.stateless else tool.handshake)
        ]
        return _list("tools", tools, asked)

    async def _call(self, asked: Asked) -> bytes | InputRequired:
        name, arguments = asked.message.params.get("name"), asked.message.params.get("arguments", {})
        tool = self._tools.get(str(name))
        if tool is None or not (tool.stateless if asked.stateless else tool.handshake):
            raise ProtocolError(INVALID_PARAMS, f"There is no tool {name!r}.")
        if not isinstance(arguments, dict):
            raise ProtocolError(INVALID_PARAMS, "params.arguments must be an object.")
        return await tool.run(asked, arguments)

    async def _list_resources(self, asked: Asked) -> bytes:
        return _list("resources", RESOURCES, asked)

    async def _list_templates(self, asked: Asked) -> bytes:
        return _list("resourceTemplates", TEMPLATES, asked)

    async def _read(self, asked: Asked) -> bytes:
        return cacheable(read_resource(asked), asked, seconds=_KEPT_SECONDS, scope="public")

    async def _list_prompts(self, asked: Asked) -> bytes:
        return _list("prompts", listed_prompts(stateless=asked.stateless), asked)

    async def _prompt(self, asked: Asked) -> bytes | InputRequired:
        return prompt(asked)

    async def _complete(self, asked: Asked) -> bytes:
        argument = asked.message.params.get("argument")
        begun = str(argument.get("value", "")) if isinstance(argument, dict) else ""
        values = [name for name in ("paris", "park", "pier", "quay") if name.startswith(begun)]
        return json_text.dump({"completion": {"values": values, "total": len(values), "hasMore": False}})

    async def _set_level(self, asked: Asked) -> bytes:
        try:
            self._logging.set(asked.message.params.get("level"))
        except ValueError:
            raise ProtocolError(INVALID_PARAMS, "params.level is no level of logging.") from None
        return b"{}"

    async def _subscribe(self, asked: Asked) -> bytes:
        self._subscribed.add(_uri(asked))
        return b"{}"

    async def _unsubscribe(self, asked: Asked) -> bytes:
        self._subscribed.discard(_uri(asked))
        return b"{}"


def _list(name: str, items: object, asked: Asked) -> bytes:
    return cacheable(json_text.dump({name: items}), asked, seconds=_KEPT_SECONDS, scope="public")


def _uri(asked: Asked) -> str:
    """The resource of a subscription. Raises ProtocolError."""
    uri = asked.message.params.get("uri")
    if uri not in [resource["uri"] for resource in RESOURCES]:
        raise ProtocolError(INVALID_PARAMS, "There is no such resource.", {"uri": uri})
    return str(uri)
