"""The cable to addresses that strangers chose (webhooks): looked up here, judged, and then reached at that very address."""

import asyncio
import re
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from pyreqwest.client import Client

from linkspan.transport.egress import addresses_of, is_private, origin_of
from linkspan.transport.protocol import Inbound, Outbound, Sent, TransportError
from linkspan.transport.pyreqwest_client import builder_of, exchange

_MOST_CLIENTS = 64
# One spelling of a host only: what another URL parser would read differently (0x7f.1, 2130706433, a trailing dot) is no host here.
_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_IPV4 = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}", re.ASCII)


class PinnedTransport:
    """A Transport for any public address. Between the look-up that is judged and the connection the name cannot change its mind.

    Redirects are not followed; times in seconds. `allowed` of a request is not asked: the address is the integrator's own choice.
    """

    def __init__(self, *, allow_private_addresses: bool = False, connect_timeout: float = 5.0) -> None:
        self._allow_private = allow_private_addresses
        self._connect_timeout = timedelta(seconds=connect_timeout)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, str], Client]] = WeakKeyDictionary()

    async def send(self, request: Outbound) -> Inbound:
        """Exchange one request for its answer. Raises TransportError: refused for a private or unreadable address."""
        host = host_of(request.url)
        if host is None:
            raise TransportError("refused", Sent.NO, "this is not an http address with a plain host name")
        parts = urlsplit(request.url)
        found = await addresses_of(host, parts.port or (443 if parts.scheme == "https" else 80))
        if not self._allow_private and any(is_private(address) for address in found):
            raise TransportError("refused", Sent.NO, f"{origin_of(request.url)} is a private address")
        return await exchange(await self._client(host, found[0]), request)

    async def close(self) -> None:
        """Close every client."""
        for clients in list(self._clients.values()):
            for client in clients.values():
                await client.close()
        self._clients.clear()

    async def _client(self, host: str, address: IPv4Address | IPv6Address) -> Client:
        clients = self._clients.setdefault(asyncio.get_running_loop(), {})
        key = (host, str(address))
        client = clients.pop(key, None)
        if client is None:
            builder = builder_of(self._connect_timeout).pool_idle_timeout(timedelta(seconds=30))
            client = builder.resolve(host, str(address), 0).build()
        clients[key] = client
        if len(clients) > _MOST_CLIENTS:
            # The one that was not used for longest; a request on it that is still under way ends with an error and is repeated.
            await clients.pop(next(iter(clients))).close()
        return client


def host_of(url: str) -> str | None:
    """The host of an http or https URL, if it is written in the one way that every reader understands alike."""
    if not origin_of(url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or ""), parts.port
    except ValueError:
        return None
    if parts.username is not None or parts.password is not None:
        return None
    if ":" in host:
        return host if re.fullmatch(r"[0-9a-f:.]+", host) else None
    return host if _NAME.fullmatch(host) or _IPV4.fullmatch(host) else None
