"""The guard at the way out: only named origins are reached, and private addresses only when a setting allows it."""

import asyncio
import re
import socket
import time
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from linkspan.transport.protocol import Sent, TransportError

# Scheme and authority. A backslash ends an authority for some URL parsers and not for others, so it makes no origin at all.
_ORIGIN = re.compile(r"https?://[^/?#\\\s]+(?=[/?#]|\Z)", re.IGNORECASE)


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of a URL in lower case, "" if it has none. User names and passwords make it match nothing."""
    found = _ORIGIN.match(url)
    return found.group().lower() if found else ""


@dataclass(slots=True)
class EgressGuard:
    """Says whether a URL may be asked. A host's addresses are looked up once per `keep_seconds`.

    Only origins that a connector or profile names pass, so a name that changes its address between our look-up and the
    client's own is the choice of whoever configured that name.
    """

    allow_private: bool
    keep_seconds: float = 60.0
    _checked: dict[str, float] = field(default_factory=dict)

    def known(self, url: str, allowed: frozenset[str]) -> bool:
        """Whether `url` is allowed and was checked a moment ago: the warm path, without waiting. Raises TransportError (refused)."""
        origin = ""
        for named in allowed:
            if url.startswith(named) and url[len(named) : len(named) + 1] == "/":
                origin = named
                break
        if not origin and (origin := origin_of(url)) not in allowed:
            raise TransportError(
                "refused", Sent.NO, f"{origin or 'this address'} is not a host that the connector or profile names"
            )
        return self.allow_private or self._checked.get(origin, 0.0) > time.monotonic()

    async def check(self, url: str) -> None:
        """Look the host up and refuse it if any of its addresses is private. Raises TransportError (refused, or connect without an address)."""
        origin = origin_of(url)
        parts = urlsplit(origin)
        addresses = await addresses_of(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        if any(is_private(address) for address in addresses):
            raise TransportError("refused", Sent.NO, f"{origin} is a private address")
        self._checked[origin] = time.monotonic() + self.keep_seconds


def is_private(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is not of the public Internet: loopback, private, link-local, multicast, shared or reserved, also when written as IPv6."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_private(inner)
    return not address.is_global or address.is_multicast


async def addresses_of(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """The addresses that a host name has now (an address has itself). Raises TransportError (connect) if it has none."""
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TransportError(
            "connect", Sent.NO, f"{host} has no address ({error.strerror or 'look-up failed'})"
        ) from None
    return [ip_address(str(item[4][0]).partition("%")[0]) for item in found]
