"""The tools that an installation offers for some accounts, and calling them: JSON-RPC on `/mcp`, which answers models in few words."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from linkspan.sdk.errors import (
    Failure,
    LinkspanError,
    Mistake,
    ProviderAnswer,
    UnreachableError,
    WaitError,
    WriteOutcomeUnknownError,
    error_of,
)
from linkspan.sdk.line import Ask, Line

ResultT = TypeVar("ResultT")
_TRIES = 3
_LONGEST_WAIT = 30.0


class Hints(msgspec.Struct, frozen=True, rename="camel"):
    """What an action does; a server that does not say it reads is taken to write."""

    read_only_hint: bool = False
    destructive_hint: bool = True


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """One tool as the server tells it. A name that is none is refused: it goes into models' requests and logs."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
    input_schema: dict[str, object]
    description: str = ""
    annotations: Hints = Hints()


class _Listed(msgspec.Struct, frozen=True):
    tools: list[Shape]


class _Content(msgspec.Struct, frozen=True):
    text: str = ""


class _Called(msgspec.Struct, frozen=True, rename="camel"):
    content: list[_Content]
    is_error: bool = False


class _Refused(msgspec.Struct, frozen=True):
    message: str
    data: dict[str, object] | None = None


class _Reply(msgspec.Struct, Generic[ResultT], frozen=True):
    result: ResultT | None = None
    error: _Refused | None = None


class _Told(msgspec.Struct, frozen=True):
    """A failure as models are told it."""

    code: str
    message: str
    next_step: str = ""
    advice: str = "stop"
    run_id: str | None = None
    first_run_id: str | None = None
    retry_after: float | None = None
    who: str | None = None
    link: str | None = None
    mistakes: Sequence[str] = ()
    provider_says: ProviderAnswer | None = None


class _Failed(msgspec.Struct, frozen=True):
    error: _Told


class Catalogue:
    """The tools of some accounts."""

    def __init__(self, line: Line, account_ids: Sequence[str]) -> None:
        self._line = line
        self._accounts = ",".join(account_ids)

    async def tools(self) -> list[Shape]:
        """Every tool. Raises LinkspanError, also for an answer that holds no such list."""
        reply = await self._line.ask(self._ask("tools/list", {}, repeatable=True), _Reply[_Listed])
        shapes = _result(reply).tools
        if len({shape.name for shape in shapes}) < len(shapes):
            raise _nonsense("names two tools the same")
        if any(shape.input_schema.get("type") != "object" for shape in shapes):
            raise _nonsense("describes a tool whose input is no object")
        return shapes

    async def call(self, name: str, arguments: Mapping[str, object], *, repeatable: bool) -> str:
        """The text of a tool's answer. A failure of the tool is raised as the LinkspanError that it is.

        What is `repeatable` (it reads, or has an idempotency key) is asked for again when it gets no answer or is told to wait.
        """
        ask = self._ask("tools/call", {"name": name, "arguments": arguments}, repeatable=repeatable)
        tried = 0
        while True:
            tried += 1
            called = _result(await self._line.ask(ask, _Reply[_Called]))
            text = "\n".join(part.text for part in called.content)
            if not called.is_error:
                return text
            error = _failure(text)
            wait = error.retry_after if isinstance(error, WaitError) and repeatable else None
            if wait is None or wait > _LONGEST_WAIT or tried >= _TRIES:
                raise error
            await asyncio.sleep(wait)

    def _ask(self, method: str, params: Mapping[str, object], *, repeatable: bool) -> Ask:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        headers = {"x-account-id": self._accounts, "Accept": "application/json"}
        return Ask("POST", "/mcp", {"param-style": "flat_smart"}, body, headers, reads=repeatable)


def write_in_doubt(error: UnreachableError, key: str) -> WriteOutcomeUnknownError:
    """What an unanswered write is: nobody here knows whether it happened, but its key can find out."""
    step = f"Call again with idempotency_key={key!r}: a write with this key is done once, and its answer is kept."
    return WriteOutcomeUnknownError(Failure("write_outcome_unknown", error.message, step, "stop"))


def _result(reply: _Reply[ResultT]) -> ResultT:
    if reply.error is not None:
        data = {name: value for name, value in (reply.error.data or {}).items() if isinstance(value, str)}
        step, advice = data.get("next_step", ""), data.get("advice", "fix")
        raise error_of(Failure(data.get("code", "invalid_input"), reply.error.message, step, advice))
    if reply.result is None:
        raise _nonsense("holds neither a result nor an error")
    return reply.result


def _failure(text: str) -> LinkspanError:
    try:
        told = msgspec.json.decode(text, type=_Failed).error
    except (msgspec.DecodeError, ValueError):
        return _nonsense("tells of a failure, but not which")
    cut = [mistake.partition(": ") for mistake in told.mistakes]
    failure = Failure(
        told.code, told.message, told.next_step, told.advice, told.run_id,
        mistakes=[Mistake(where, what) if what else Mistake("", where) for where, _, what in cut],
        provider=told.provider_says,
        first_run_id=told.first_run_id, who=told.who, link=told.link,
    )  # fmt: skip
    return error_of(failure, retry_after=told.retry_after)


def _nonsense(what: str) -> LinkspanError:
    step = "Check the base URL, and that Linkspan is no newer or older than this client."
    return LinkspanError(Failure("answer_unreadable", f"The answer is not Linkspan's: it {what}.", step))
