"""The cable itself: provider requests over pyreqwest, one client with kept connections per event loop."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary, ref

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, PoolTimeoutError, PyreqwestError
from pyreqwest.response import Response

from linkspan.transport.client_thread import ClientThread
from linkspan.transport.egress import EgressGuard, origin_of
from linkspan.transport.protocol import Inbound, Outbound, Sent, TransportError

USER_AGENT = "linkspan"

# The only proof that nothing left: the class of the error says "connect" even for a server that read the request and stalled.
_NEVER_CONNECTED = "client error (Connect)"
_NO_TLS_TALK = ("tcp connect error", "dns error")

# All clients of a process share one.
_THREAD = ClientThread()

# So much of a body is read together with its head, in one journey between the event loop and the client's thread.
_READ_AHEAD = 256 * 1024
_REFUSED = 300


class PyreqwestTransport:
    """A Transport; times in seconds. Redirects are off, proxies from the environment are not used.

    `idle_timeout` stays below what gateways allow, so that a kept connection is seldom closed just while a write leaves on it.
    """

    def __init__(
        self, *, allow_private_addresses: bool = False, connect_timeout: float = 10.0, idle_timeout: float = 50.0
    ) -> None:
        self._guard = EgressGuard(allow_private=allow_private_addresses)
        self._connect_timeout = timedelta(seconds=connect_timeout)
        self._idle_timeout = timedelta(seconds=idle_timeout)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()
        self._latest: Client
        self._latest_loop: Callable[[], asyncio.AbstractEventLoop | None] = _no_loop

    def send(self, request: Outbound) -> Coroutine[Any, Any, Inbound]:
        """Exchange one request for its whole answer. Raises TransportError, whose `sent` tells how much may have left."""
        loop = asyncio.get_running_loop()
        client = self._latest if self._latest_loop() is loop else self._client(loop)
        if self._guard.known(request.url, request.allowed):
            return exchange(client, request)
        return self._check_and_exchange(client, request)

    async def _check_and_exchange(self, client: Client, request: Outbound) -> Inbound:
        await self._guard.check(request.url)
        return await exchange(client, request)

    async def close(self) -> None:
        """Close the client of every event loop."""
        for client in list(self._clients.values()):
            await client.close()
        self._clients.clear()
        self._latest_loop = _no_loop

    def _client(self, loop: asyncio.AbstractEventLoop) -> Client:
        client = self._clients.get(loop)
        if client is None:
            client = builder_of(self._connect_timeout).pool_idle_timeout(self._idle_timeout).build()
            self._clients[loop] = client
        # The loop of a server is asked for again and again.
        self._latest, self._latest_loop = client, ref(loop)
        return client


def _no_loop() -> None:
    """In place of a reference to the loop of the client that was used last."""


def builder_of(connect_timeout: timedelta) -> ClientBuilder:
    """What every client of ours is built from: no redirects, no proxies of the environment."""
    builder = ClientBuilder().follow_redirects(enable=False).no_proxy().referer(enable=False).user_agent(USER_AGENT)
    return builder.connect_timeout(connect_timeout)


@lru_cache(maxsize=64)
def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


async def exchange(client: Client, request: Outbound) -> Inbound:
    """Send a request that the guard has let through. Raises TransportError."""
    started = time.perf_counter()
    status: int | None = None
    location: str | None = None
    _THREAD.begin()
    try:
        building = client.request(request.method, request.url).headers(request.headers)
        ahead = 0 if request.head_first else _READ_AHEAD
        building = building.timeout(_span(request.timeout)).streamed_read_buffer_limit(ahead)
        if request.body is not None:
            building = building.body_bytes(request.body)
        async with building.build_streamed() as response:
            status = response.status
            # Every header of a refusal may be wanted; of a success one or two are looked at, which is cheaper where they are.
            headers = response.headers if status < _REFUSED else dict(response.headers)
            location = headers.get("location") if request.head_first else None
            length = headers.get("content-length", "")
            if length.isdecimal() and int(length) <= request.max_bytes:
                body = bytes(await response.bytes())
            else:
                body = await _long(response, length, request.max_bytes)
    except (PyreqwestError, ValueError) as error:
        raise _explained(error, request, status, location) from None
    finally:
        _THREAD.end()
    return Inbound(status, headers, body, (time.perf_counter() - started) * 1000)


async def _long(response: Response, length: str, limit: int) -> bytes:
    """A body whose length was not told, or is too much."""
    if length.isdecimal():
        raise TransportError(
            "too_large", Sent.YES, f"the answer has {length} bytes, more than {limit}", status=response.status
        )
    reader, chunks, size = response.body_reader, [], 0
    while (chunk := await reader.read_chunk()) is not None:
        size += len(chunk)
        if size > limit:
            raise TransportError(
                "too_large", Sent.YES, f"the answer has more than {limit} bytes", status=response.status
            )
        chunks.append(bytes(chunk))
    return b"".join(chunks)


def _explained(
    error: PyreqwestError | ValueError, request: Outbound, status: int | None, location: str | None
) -> TransportError:
    """Our error for the client's: its texts name the URL with the query, so only the inner causes are passed on."""
    causes = [str(cause["message"]) for cause in _causes(error)]
    origin = origin_of(request.url)
    told = "; ".join(cause for cause in causes if request.url not in cause) or type(error).__name__
    detail = f"{request.method} {origin}: {told}"
    if status is not None:
        kind = "timeout" if isinstance(error, TimeoutError) else "cut"
        return TransportError(kind, Sent.YES, detail, status=status, location=location)
    if _NEVER_CONNECTED in causes:
        return TransportError(_connect_kind(origin, causes, timed_out=isinstance(error, TimeoutError)), Sent.NO, detail)
    if isinstance(error, BuilderError | PoolTimeoutError) or not isinstance(error, PyreqwestError):
        return TransportError("connect", Sent.NO, f"{request.method} {origin}: the request could not be built")
    return TransportError("timeout" if isinstance(error, TimeoutError) else "cut", Sent.MAYBE, detail)


def _causes(error: Exception) -> Iterable[dict[str, object]]:
    details = getattr(error, "details", None)
    return (details.get("causes") or ()) if isinstance(details, dict) else ()


def _connect_kind(origin: str, causes: list[str], *, timed_out: bool) -> str:
    reached = origin.startswith("https:") and not timed_out and not any(cause in _NO_TLS_TALK for cause in causes)
    return "tls" if reached else "connect"
