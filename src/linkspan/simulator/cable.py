"""The network cable between the simulator and its clients, and the ways to pull it out."""

from asyncio import Transport
from typing import Final, cast

from starlette.types import Receive, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_EXTENSION: Final = "linkspan.simulator.cable"


class CuttableProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol that also tells the application which connection a request came by."""

    def on_message_begin(self) -> None:
        """Start a request; its scope carries the transport as an ASGI extension."""
        super().on_message_begin()
        extensions: dict[str, dict[object, object]] = {_EXTENSION: {"transport": self.transport}}
        self.scope["extensions"] = extensions


async def cut(scope: Scope, receive: Receive) -> None:
    """Close the connection at once; what was not yet sent is lost.

    In-process clients have no connection: for them this raises ConnectionResetError.
    """
    transport = _transport(scope)
    transport.abort()
    await _until_gone(receive)


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection after what was sent so far; raises ConnectionResetError for in-process clients."""
    transport = _transport(scope)
    transport.close()
    await _until_gone(receive)


def gone(scope: Scope) -> bool:
    """Tell whether the client has closed its connection; in-process clients never have."""
    transport = scope.get("extensions", {}).get(_EXTENSION, {}).get("transport")
    return transport is not None and cast("Transport", transport).is_closing()


def _transport(scope: Scope) -> Transport:
    transport = scope.get("extensions", {}).get(_EXTENSION, {}).get("transport")
    if transport is None:
        raise ConnectionResetError("The simulator cut the connection.")
    # Not checked with isinstance: uvloop's transports do not derive from asyncio's.
    return cast("Transport", transport)


async def _until_gone(receive: Receive) -> None:
    # The server counts a request as answered or lost only once it has noticed that the connection is gone.
    while (await receive())["type"] != "http.disconnect":
        pass
