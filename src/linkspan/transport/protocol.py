"""What every room may know of the cable: one request out, one answer in, and how much of the request may have left."""

import enum
from collections.abc import Mapping
from typing import Protocol

import msgspec


class Sent(enum.StrEnum):
    """Whether the provider may have seen a request that failed: the one fact on which repeating a write depends."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class Outbound(msgspec.Struct, frozen=True, gc=False):
    """One request to a provider.

    `timeout` in seconds for the whole exchange; `allowed` the origins (`https://host[:port]`) that this call may reach;
    an answer longer than `max_bytes` is given up. `head_first`: the status is told even of an answer whose body breaks off; without it a
    short answer costs a fifth less CPU.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout: float
    allowed: frozenset[str]
    max_bytes: int
    head_first: bool = True


class Inbound(msgspec.Struct, frozen=True, gc=False):
    """One whole answer; header names are lower-case, `duration_ms` counts from the call to the last byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    duration_ms: float


class TransportError(Exception):
    """No whole answer arrived.

    `kind`: connect, timeout, cut, too_large, refused (by our own egress guard) or tls. `status` is set when the answer's
    head arrived before it failed, `location` where it named the address of what was made. `detail` holds no secret: no query, no
    header, no body.
    """

    def __init__(
        self, kind: str, sent: Sent, detail: str, *, status: int | None = None, location: str | None = None
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.sent = sent
        self.detail = detail
        self.status = status
        self.location = location


class Transport(Protocol):
    """The only way out of the house."""

    async def send(self, request: Outbound) -> Inbound:
        """Exchange one request for its whole answer, whatever its status; redirects are not followed. Raises TransportError."""
        ...

    async def close(self) -> None:
        """Give back every connection."""
        ...
