"""The record of requests that reached the simulator, without secrets: what a test asks to know what really happened."""

import time
from collections import deque
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linkspan.simulator.clock import Clock
from linkspan.simulator.failures import LOST, OUTSIDE

_MOST_KEPT: Final = 10_000
ROTATED: Final = "linkspan.rotated"
"""Scope key: the SHA-256 (hexadecimal) of the refresh token that a request has renewed."""
# Only what can hold no secret is kept: OData options of the API, and these headers.
_WITH_OPTIONS: Final = ("/v2.0/", "/environments/", "/admin/", "/v1.0/")
_OTHER_OPTIONS: Final = frozenset({"company", "aid", "tenant"})
_HEADERS: Final = frozenset(
    {
        "accept", "accept-language", "client-request-id", "content-type", "data-access-intent", "if-match", "prefer",
        "user-agent",
    }
)  # fmt: skip


@dataclass(slots=True)
class SeenRequest:
    """One request: `at` is the simulated moment (ISO 8601) of its arrival, `in_flight` counts it and those beside it.

    `status` is None until, or if never, an answer was sent; `failure` names the failure that was put in, if any.
    `rotated` is the SHA-256 of the refresh token that it renewed; `outcome` is `answer lost` when nobody took the whole answer.
    """

    number: int
    at: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    in_flight: int
    status: int | None = None
    milliseconds: float = 0
    failure: str | None = None
    outcome: str = "in progress"
    rotated: str | None = None


class RequestLog:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._seen: deque[SeenRequest] = deque(maxlen=_MOST_KEPT)
        self._count = 0
        self.in_flight = 0

    def open(self, seen: SeenRequest) -> SeenRequest:
        """Keep a request that has just arrived."""
        self._count += 1
        seen.number = self._count
        self._seen.append(seen)
        return seen

    def clear(self) -> None:
        """Forget all requests and count from one again."""
        self._seen.clear()
        self._count = 0

    def find(self, *, method: str = "", path: str = "", status: int | None = None) -> list[SeenRequest]:
        """Return the requests with this method, this text in their path, and this status; empty means any."""
        return [
            seen
            for seen in self._seen
            if method.upper() in {"", seen.method} and path in seen.path and status in {None, seen.status}
        ]


class RequestRecording:
    """ASGI middleware that writes every request but those of the control endpoints into a log."""

    def __init__(self, app: ASGIApp, log: RequestLog, clock: Clock) -> None:
        """Stand before `app` and write into `log`."""
        self.app = app
        self.log = log
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and note what became of it."""
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith(OUTSIDE):
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        self.log.in_flight += 1
        seen = self.log.open(self._describe(scope))

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            self.log.in_flight -= 1
            seen.milliseconds = (time.perf_counter() - started) * 1000
            seen.failure = scope.get("linkspan.failure")
            seen.rotated = scope.get(ROTATED)
            seen.outcome = "answered" if seen.status is not None else "no answer"
            if scope.get(LOST):
                seen.outcome = "answer lost"

    def _describe(self, scope: Scope) -> SeenRequest:
        path = scope["path"]
        sent = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        return SeenRequest(
            number=0,
            at=self.clock.now().isoformat(timespec="milliseconds"),
            method=scope["method"],
            path=path,
            query=_odata_options(scope["query_string"]) if path.startswith(_WITH_OPTIONS) else "",
            headers={name: value for name, value in sent if name in _HEADERS},
            in_flight=self.log.in_flight,
        )


def _odata_options(query: bytes) -> str:
    options = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in options if name.startswith("$") or name in _OTHER_OPTIONS]
    return urlencode(kept, safe="$,()'")
