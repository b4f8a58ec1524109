"""The records that pass between a use case and the engine: inputs, target, call, result, and the ports the engine needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from linkspan.connectors.action import Action, Connector
from linkspan.model import Secret, Step

COMPANY = "company_id"
"""The path input that names a company by id or by name, filled from the account where a caller leaves it out."""


class Inputs(msgspec.Struct, frozen=True, gc=False):
    """What a caller sent, untrusted, as `json_text.parse` reads it; the four groups have the same names on every door."""

    path: Mapping[str, object] = msgspec.field(default_factory=dict)
    query: Mapping[str, object] = msgspec.field(default_factory=dict)
    body: Mapping[str, object] | None = None
    headers: Mapping[str, object] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """Where an account points.

    `api_root` is the service root without a closing slash, `allowed` the origins that may be reached, `defaults` are values for path
    inputs that the caller leaves out (`company_id`). `throttle_key` names the provider's user, whose limits are shared.
    """

    account_id: str
    connector: Connector
    api_root: str
    allowed: frozenset[str]
    throttle_key: str
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a list goes on.

    `tail` is the next page's URL below the service root, of which `offset` rows were given already; `remaining` rows are left of the
    caller's `top`; `page` counts the pages so far; `path` are the inputs that the list began with.
    """

    tail: str
    path: Mapping[str, str]
    page_size: int
    page: int = 1
    offset: int = 0
    remaining: int | None = None


class Call(msgspec.Struct, frozen=True, gc=False):
    """One run of an action, validated: every value has the provider's form.

    `path` holds the inputs as texts, account defaults included (`company_id` may still be a name); `position` stands in for a
    cursor; `digest` (writes only) is the SHA-256 of the normalised intent, in hexadecimal digits.
    """

    action: Action
    target: Target
    path: Mapping[str, str]
    query: Mapping[str, object]
    body: Mapping[str, object] | None
    if_match: str | None = None
    position: Position | None = None
    digest: str = ""


class Result(msgspec.Struct, frozen=True, gc=False):
    """An action's answer.

    `next`: a sealed cursor; `rest` gives the cursor that goes on after the first so many rows of this page; `count`: all rows at the provider when asked for; `concurrency` is `last_writer_wins` when the engine used
    the current etag because the caller gave none.
    """

    data: Mapping[str, object] | list[dict[str, object]] | None
    next: str | None = None
    count: int | None = None
    concurrency: str | None = None
    rows: int = 0
    rest: Callable[[int], str] | None = None

    def cursor_after(self, rows: int) -> str | None:
        """The cursor for a caller who takes only so many of the rows, at least one."""
        return self.rest(rows) if self.rest is not None else self.next


@dataclass(slots=True)
class WriteNotes:
    """What is known of a write besides its answer: the etag that it was sent with, and the address that a broken answer named."""

    etag: str | None = None
    location: str | None = None


class TokenSource(Protocol):
    """Gives the access token of one account."""

    async def token(self, *, refused: Secret | None = None) -> Secret:
        """A token that should work; `refused` is the one that the provider has just refused, so a newer one is needed."""
        ...


class StepSink(Protocol):
    """Collects the provider requests of a run."""

    def add(self, step: Step) -> None:
        """Take one finished provider request."""
        ...


class Seal(Protocol):
    """Signs what is handed to callers and comes back."""

    def seal(self, payload: bytes) -> str:
        """Text that only this installation can have made, and that survives a restart."""
        ...

    def open(self, text: str) -> bytes:
        """The payload of a sealed text. Raises CursorInvalidError."""
        ...
