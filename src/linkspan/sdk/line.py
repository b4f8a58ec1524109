"""The line to an installation: one HTTP client, the rules of repeating, and every refusal turned into its error."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

import httpx2
import msgspec

from linkspan.sdk import exact_json
from linkspan.sdk.errors import Failure, LinkspanError, UnreachableError, WaitError, WriteOutcomeUnknownError, error_of

T = TypeVar("T")
NDJSON = "application/x-ndjson"
UNREACHABLE = "unreachable"
Query = Mapping[str, object]
Said = list[tuple[str, str | int | float | bool | None]]
# What fails before a byte of the request has left.
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
# Below the five seconds after which the server closes a quiet connection, so that a write does not leave on a closing one.
_KEEP_ALIVE = 4.0


class _ErrorAnswer(msgspec.Struct, frozen=True):
    error: Failure


class _ErrorLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last line of a stream that broke: no row has just this one field of this shape."""

    error: Failure


class _RpcRefusal(msgspec.Struct, frozen=True):
    """How `/mcp` refuses a whole request."""

    message: str
    data: dict[str, str]


class _RpcAnswer(msgspec.Struct, frozen=True):
    error: _RpcRefusal


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is repeated; waits in seconds. A server that asks for a longer wait than `longest` is not waited for."""

    tries: int = 3
    first: float = 0.25
    longest: float = 30.0

    def pause(self, tried: int, asked: float | None) -> float | None:
        """The wait before the next try, None if there is none."""
        if tried >= self.tries or (asked is not None and asked > self.longest):
            return None
        return asked if asked is not None else min(self.first * 2 ** (tried - 1), self.longest) * random.uniform(0.5, 1)  # noqa: S311 - jitter


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. Only what `reads`, or is done once however often it is asked for, is repeated after it may have left."""

    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    reads: bool = False


class Line:
    """Sends requests with the API key, each with a time-out in seconds."""

    def __init__(self, base_url: str, api_key: str, *, timeout: float, patience: Patience) -> None:
        self._patience = patience
        self._http = httpx2.AsyncClient(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {api_key}", "User-Agent": "linkspan-sdk"},
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 10.0)),
            limits=httpx2.Limits(keepalive_expiry=_KEEP_ALIVE),
            follow_redirects=False,
        )

    async def ask(self, ask: Ask, kind: type[T]) -> T:
        """The answer as `kind`. Raises LinkspanError."""
        async with self._answered(ask) as answer:
            text = await answer.aread()
        try:
            return exact_json.parse(text or b"null", kind)
        except ValueError as error:
            raise _unreadable(answer) from error

    async def lines(self, ask: Ask, kind: type[T]) -> AsyncIterator[T]:
        """Each line of a streamed answer as `kind`. Raises LinkspanError, also when the stream breaks midway."""
        async with self._answered(ask) as answer:
            try:
                async for line in (line async for line in answer.aiter_lines() if line):
                    yield _row(line, kind)
            except httpx2.HTTPError as error:
                message = "The stream broke off; rows are missing."
                raise _unreachable(message, error) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    @asynccontextmanager
    async def _answered(self, ask: Ask) -> AsyncIterator[httpx2.Response]:
        """The first answer that is a success, its body still unread unless it is no stream."""
        tried = 0
        while True:
            tried += 1
            answer = await self._try(ask)
            if isinstance(answer, httpx2.Response):
                break
            repeatable = answer.code == UNREACHABLE or (ask.reads and isinstance(answer, WaitError))
            pause = self._patience.pause(tried, answer.retry_after) if repeatable else None
            if pause is None:
                raise answer
            await asyncio.sleep(pause)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def _try(self, ask: Ask) -> httpx2.Response | LinkspanError:
        content = None if ask.body is None else exact_json.dump(ask.body)
        headers = {**ask.headers, **({} if content is None else {"Content-Type": "application/json"})}
        request = self._http.build_request(
            ask.method, ask.path, params=_said(ask.query), content=content, headers=headers
        )
        try:
            answer = await self._http.send(request, stream=True)
            if answer.status_code >= HTTPStatus.MULTIPLE_CHOICES or answer.headers.get("content-type") != NDJSON:
                await answer.aread()
        except _NEVER_SENT as error:
            return _unreachable("Linkspan could not be reached; nothing was sent.", error)
        except httpx2.TimeoutException as error:
            # Not repeated: whoever has waited the whole time-out once does not want it three times.
            return (
                _unreachable("Linkspan did not answer in time.", error, code="timeout")
                if ask.reads
                else _unknown(error)
            )
        except httpx2.HTTPError as error:
            return _unreachable("Linkspan gave no answer.", error) if ask.reads else _unknown(error)
        return answer if answer.status_code < HTTPStatus.MULTIPLE_CHOICES else _refusal(answer)


def _said(query: Query) -> Said:
    """The query without what is None; a list repeats its name."""
    said: Said = []
    for name, value in query.items():
        values = value if isinstance(value, list | tuple) else [value]
        said.extend((name, _word(item)) for item in values if item is not None)
    return said


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _row(line: str, kind: type[T]) -> T:
    if line.startswith('{"error":'):
        try:
            broken = exact_json.parse(line, _ErrorLine)
        except ValueError:
            pass
        else:
            raise error_of(broken.error)
    return exact_json.parse(line, kind)


def _refusal(answer: httpx2.Response) -> LinkspanError:
    wait = answer.headers.get("retry-after", "")
    retry_after = float(wait) if wait.isdecimal() else None
    try:
        failure = _failure(answer.content)
    except ValueError:
        return _unreadable(answer)
    return error_of(failure, status=answer.status_code, retry_after=retry_after)


def _failure(content: bytes) -> Failure:
    """The failure that an answer of either shape tells. Raises ValueError."""
    try:
        return exact_json.parse(content, _ErrorAnswer).error
    except ValueError:
        told = exact_json.parse(content, _RpcAnswer).error
        step, advice = told.data.get("next_step", ""), told.data.get("advice", "stop")
        return Failure(told.data.get("code", "refused"), told.message, step, advice)


def _unreadable(answer: httpx2.Response) -> LinkspanError:
    """Not Linkspan's answer: a proxy's page, or another service at this address."""
    failure = Failure(
        "answer_unreadable",
        f"{answer.request.url.host} answered {answer.status_code} with something that is not Linkspan's.",
        "Check the base URL, and any proxy before it.",
    )
    return LinkspanError(failure, status=answer.status_code)


def _unreachable(message: str, error: Exception, *, code: str = UNREACHABLE) -> UnreachableError:
    failure = Failure(
        code, f"{message} ({type(error).__name__})", "Check the base URL and that Linkspan is running.", "wait"
    )
    return UnreachableError(failure)


def _unknown(error: Exception) -> WriteOutcomeUnknownError:
    message = f"The request left, but Linkspan's answer did not arrive. ({type(error).__name__})"
    return WriteOutcomeUnknownError(
        Failure("write_outcome_unknown", message, "Look for the record before repeating.", "stop")
    )
