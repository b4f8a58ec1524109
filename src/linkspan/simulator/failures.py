"""Failures put in on purpose: a queue of them, and the middleware that lets the next matching request suffer."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from uuid import uuid4

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linkspan.simulator.cable import cut, gone, hang_up
from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.exchange import JSON_TYPE
from linkspan.simulator.odata.failure import render_fault
from linkspan.simulator.refusals import REFUSALS

FailureKind = Literal[
    "status", "refusal", "throttle", "html", "drop_before", "drop_after", "half_body", "delay", "delay_after"
]
OUTSIDE: Final = "/_sim"
LOST: Final = "linkspan.answer_lost"
"""Scope key: the request was carried out, but its answer did not arrive whole."""
_HTML: Final = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure in waiting.

    `method` (any if empty) and `path` (a part of the path, any if empty) choose the requests; `times` is how many more
    of them suffer. Kinds: `status` answers `status` with `body` (JSON value, text, or None for Business Central's
    error shape); `refusal` answers as Business Central does with the error `code`; `throttle` answers 429; `html` a 502 page, as gateways do; `drop_before` closes the connection before
    anything is done, `drop_after` when all is done and nothing answered; `half_body` does all, sends half of the answer
    and closes; `delay` waits `delay_seconds` first, `delay_after` between doing and answering.
    A `delay_seconds` with any other kind is waited first. `retry_after_seconds` becomes the Retry-After header.
    """

    kind: FailureKind
    method: str = ""
    path: str = ""
    times: int = 1
    status: int = 503
    code: str = ""
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0
    retry_after_seconds: int | None = None

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a request is one that suffers."""
        return self.method.upper() in {"", method} and self.path in path


class FailureQueue:
    """Failures in the order they were put in; the first that matches a request is taken."""

    def __init__(self) -> None:
        self._waiting: list[Failure] = []

    @property
    def waiting(self) -> tuple[Failure, ...]:
        """All failures that have not happened yet."""
        return tuple(self._waiting)

    def put(self, failure: Failure) -> None:
        """Add a failure at the end."""
        self._waiting.append(failure)

    def clear(self) -> None:
        """Let everything work again."""
        self._waiting.clear()

    def take(self, method: str, path: str) -> Failure | None:
        """Return the first failure that matches, using up one of its times, or None."""
        for place, failure in enumerate(self._waiting):
            if failure.matches(method, path):
                self._waiting[place : place + 1] = [replace(failure, times=failure.times - 1)]
                self._waiting = [left for left in self._waiting if left.times > 0]
                return failure
        return None


class FailureInjection:
    """ASGI middleware that makes requests fail; the control endpoints never do."""

    def __init__(self, app: ASGIApp, failures: FailureQueue) -> None:
        """Stand before `app` and take from `failures`."""
        self.app = app
        self.failures = failures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or fail it."""
        failure = None
        if scope["type"] == "http" and not scope["path"].startswith(OUTSIDE):
            failure = self.failures.take(scope["method"], scope["path"])
        if failure is None:
            await self.app(scope, receive, send)
            return
        scope["linkspan.failure"] = failure.kind
        if failure.delay_seconds and failure.kind != "delay_after":
            await asyncio.sleep(failure.delay_seconds)
        await self._suffer(failure, scope, receive, send)

    async def _suffer(self, failure: Failure, scope: Scope, receive: Receive, send: Send) -> None:
        if failure.kind == "delay":
            await self.app(scope, receive, send)
        elif failure.kind == "drop_before":
            await cut(scope, receive)
        elif failure.kind in {"drop_after", "half_body", "delay_after"}:
            await self._after(failure, scope, receive, send)
        else:
            await _answer(failure)(scope, receive, send)

    async def _after(self, failure: Failure, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await self.app(scope, receive, hold)
        if failure.kind == "delay_after":
            await asyncio.sleep(failure.delay_seconds)
            scope[LOST] = gone(scope)
            for message in held:
                await send(message)
            return
        scope[LOST] = True
        if failure.kind == "half_body":
            await _send_half(held, send)
            await hang_up(scope, receive)
        else:
            await cut(scope, receive)


async def _send_half(held: list[Message], send: Send) -> None:
    body = b"".join(message.get("body", b"") for message in held if message["type"] == "http.response.body")
    if not body:
        return
    start = held[0]
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


def _answer(failure: Failure) -> Response:
    headers = dict(failure.headers)
    if failure.retry_after_seconds is not None:
        headers["retry-after"] = str(failure.retry_after_seconds)
    if failure.kind == "refusal":
        return _refusal(REFUSALS[failure.code], headers)
    if failure.kind == "html":
        return HTMLResponse(_HTML, 502, headers)
    if failure.kind == "throttle":
        return _refusal(REFUSALS["Application_TooManyRequests"], headers)
    if isinstance(failure.body, str):
        return Response(failure.body, failure.status, headers, media_type="text/plain")
    body = _error("Unknown", "The simulator was asked to fail.") if failure.body is None else failure.body
    return JSONResponse(body, failure.status, headers)


def _refusal(fault: BcFault, headers: dict[str, str]) -> Response:
    correlation = uuid4()
    answer = render_fault(fault, correlation)
    sent = {
        "request-id": str(correlation),
        "content-type": answer.content_type or JSON_TYPE,
        **answer.headers,
        **headers,
    }
    return Response(answer.body, answer.status, sent)


def _error(code: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message}}
