"""The port between the MCP door and what it serves: a source admits whoever asks, and answers the methods that are its own.

The door knows the protocol (envelopes, eras, headers, streams); a source knows tools. The actions of linked accounts are one source.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request

from linkspan.doors.mcp.message import INTERNAL_ERROR, Message, ProtocolError


class Talk(Protocol):
    """What a handler may say to the client while it works."""

    async def notify(self, method: str, params: Mapping[str, object]) -> None:
        """Send a notification; it is dropped where the client takes no stream."""

    async def ask(self, method: str, params: Mapping[str, object]) -> Mapping[str, object]:
        """The client's result to a question of ours (handshake era only). Raises ProtocolError if it refuses or cannot be asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what, in which era of the protocol; `gone` tells whether the caller has hung up."""

    message: Message
    stateless: bool
    gone: Callable[[], Awaitable[bool]]
    talk: Talk


@dataclass(frozen=True, slots=True)
class InputRequired:
    """A result that asks the client to come again with answers (2026-07-28, multi round-trip requests): its fields as JSON text."""

    fields: bytes


Handler = Callable[[Asked], Awaitable[bytes | InputRequired]]
"""Answers a request with the result as the JSON text of an object. Raises ProtocolError, or the LinkspanError that refuses it whole."""


class Offering(Protocol):
    """What one caller may ask for."""

    @property
    def instructions(self) -> str:
        """How the tools are meant to be used, told to the model once."""

    def capabilities(self, *, stateless: bool) -> Mapping[str, object]:
        """The server capabilities of an era."""

    def handler(self, method: str, *, stateless: bool) -> Handler | None:
        """Who answers a method in an era, if anybody."""

    def talks(self, message: Message) -> bool:
        """Whether the answer to a message may be preceded by others."""

    def mirrored(self, message: Message) -> Mapping[str, str]:
        """The arguments that headers repeat (`x-mcp-header` of the tool's schema): end of the header's name → argument."""


class Source(Protocol):
    """What one address of the MCP door serves."""

    async def admit(self, request: Request) -> Offering:
        """What the sender of a request may ask for. Raises the LinkspanError that refuses the request."""


class Silence:
    """The talk of an answer that is one JSON object."""

    async def notify(self, method: str, params: Mapping[str, object]) -> None:
        """Nobody listens."""

    async def ask(self, method: str, params: Mapping[str, object]) -> Mapping[str, object]:
        """Nobody can be asked."""
        del params
        raise ProtocolError(INTERNAL_ERROR, f"The client cannot be asked for {method}: it takes no event stream.")


def cacheable(fields: bytes, asked: Asked, *, seconds: int, scope: str = "private") -> bytes:
    """A list or a resource with the hints of the stateless era: how long it may be kept, and whether others may be given it."""
    if not asked.stateless:
        return fields
    return fields[:-1] + b',"ttlMs":%d,"cacheScope":"%s"}' % (seconds * 1000, scope.encode())
