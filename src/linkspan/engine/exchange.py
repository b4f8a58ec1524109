"""One run's conversation with the provider: token, throttle, send, note the step, and send again where that is safe."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from linkspan.engine import faults
from linkspan.engine.call import StepSink, Target, TokenSource, WriteNotes
from linkspan.engine.json_text import dump, parse
from linkspan.engine.provider_clock import ProviderClocks
from linkspan.engine.retry import Failure, FailureKind, Patience, pause_before_retry
from linkspan.engine.shape import ADDRESS
from linkspan.engine.urls import shown_url
from linkspan.model import Secret, Step
from linkspan.transport.protocol import Inbound, Outbound, Transport, TransportError
from linkspan.transport.throttle import Pace, Throttle

LARGEST_ANSWER = 50_000_000
# Numbers, for Python 3.11 looks a member of an enumeration up in Python code.
_OK, _MULTIPLE_CHOICES = int(HTTPStatus.OK), int(HTTPStatus.MULTIPLE_CHOICES)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every exchange of an engine shares. `settles` replaces the connectors' own seconds (see ProviderLimits)."""

    transport: Transport
    throttle: Throttle
    patience: Patience
    clock: Callable[[], datetime]
    provider_clocks: ProviderClocks = field(default_factory=ProviderClocks)
    settles: float | None = None


@dataclass(slots=True)
class Exchange:
    """The requests of one run. `bulk` waits behind people who wait; `steps` gets every request, failed ones too."""

    wiring: Wiring
    target: Target
    pace: Pace
    tokens: TokenSource
    steps: StepSink
    bulk: bool = False
    asked: int = 0
    notes: WriteNotes | None = None

    async def read(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, object]:
        """GET a JSON object. Raises the error that the failure means."""
        return await self.ask("GET", url, headers) or {}

    async def write(
        self,
        method: str,
        url: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        once: bool = False,
    ) -> dict[str, object] | None:
        """Send a write and give the record that the provider answers, if any. Raises WriteOutcomeUnknownError where it cannot know.

        `once`: whatever happens, it is not sent again, except with a new token where the provider refused the old one.
        """
        if self.notes is not None and headers is not None:
            self.notes.etag = headers.get("If-Match")
        return await self.ask(method, url, headers, None if body is None else dump(body), once=once)

    async def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        once: bool = False,
    ) -> dict[str, object] | None:
        """Send a request until it is answered with 2xx or must not be sent again; then raise the error that the last failure means."""
        patience, began, tries = self.wiring.patience, time.monotonic(), 0
        refused: Secret | None = None
        while True:
            token = await self.tokens.token() if refused is None else await self.tokens.token(refused=refused)
            # A read whose answer broke off is asked for again, and then its head must tell what was meant; of a write it always must.
            head_first = tries > 0 or method != "GET"
            outcome = await self._try(method, url, self._headers(token, headers, body), body, head_first=head_first)
            if not isinstance(outcome, Failure):
                return outcome
            if outcome.kind is FailureKind.TOKEN_REFUSED and refused is None:
                refused = token
                continue
            tries += 1
            pause = pause_before_retry(
                outcome, patience, writes=method != "GET", tries=tries, spent=time.monotonic() - began
            )
            if pause is None or once:
                raise outcome.error
            if outcome.kind is FailureKind.LIMITED:
                self.wiring.throttle.pause(self.target.throttle_key, pause)
            await asyncio.sleep(pause)

    async def _try(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, head_first: bool
    ) -> dict[str, object] | Failure | None:
        wiring, target = self.wiring, self.target
        timeout = wiring.patience.timeout
        request = Outbound(method, url, headers, body, timeout, target.allowed, LARGEST_ANSWER, head_first)
        if not wiring.throttle.enter_now(target.throttle_key, self.pace, bulk=self.bulk):
            await wiring.throttle.enter(target.throttle_key, self.pace, bulk=self.bulk)
        started_at, started = wiring.clock(), time.perf_counter()
        try:
            inbound = await wiring.transport.send(request)
        except TransportError as error:
            return self._broken(request, error, started_at, (time.perf_counter() - started) * 1000)
        finally:
            wiring.throttle.leave(target.throttle_key)
        wiring.provider_clocks.note(target.api_root, inbound.headers)
        outcome = self._outcome(inbound, request)
        if not isinstance(outcome, Failure):
            self._note(
                request,
                started_at,
                inbound.duration_ms,
                inbound.status,
                request_id=faults.request_id_of(inbound.headers),
            )
            return outcome
        told = outcome.error.provider
        self._note(
            request,
            started_at,
            inbound.duration_ms,
            inbound.status,
            request_id=told.request_id if told else None,
            error=(told.code if told else None) or outcome.error.code,
        )
        return outcome

    def _outcome(self, inbound: Inbound, request: Outbound) -> dict[str, object] | Failure | None:
        """The record of a 2xx answer (None: there is none to expect), or the failure that the answer means."""
        if not _OK <= inbound.status < _MULTIPLE_CHOICES:
            return self._refusal(inbound, request)
        if request.method == "DELETE" or (inbound.status == HTTPStatus.NO_CONTENT and request.method != "GET"):
            location = next((value for name, value in inbound.headers.items() if name.lower() == "location"), None)
            return {ADDRESS: location} if location else None
        try:
            record = parse(inbound.body)
        except ValueError:
            record = None
        if isinstance(record, dict):
            return record
        if self.notes is not None:
            self.notes.location = inbound.headers.get("location")
        return faults.unreadable(inbound, shown_url(request.url), writes=request.method != "GET")

    def _broken(self, request: Outbound, error: TransportError, started_at: datetime, duration_ms: float) -> Failure:
        self._note(request, started_at, duration_ms, error.status, error=error.kind)
        if self.notes is not None:
            self.notes.location = error.location
        if error.status is not None and HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            # The provider said no; only its explanation is missing.
            return self._refusal(Inbound(error.status, {}, b"", duration_ms), request)
        return faults.lost(error, shown_url(request.url), writes=request.method != "GET")

    def _refusal(self, inbound: Inbound, request: Outbound) -> Failure:
        connector = self.target.connector
        table = faults.table_of(connector.faults)
        url = shown_url(request.url)
        return faults.refusal(inbound, url, table, connector.refused_before_acting, writes=request.method != "GET")

    def _note(
        self, request: Outbound, started_at: datetime, duration_ms: float, status: int | None, *,
        request_id: str | None = None, error: str | None = None,
    ) -> None:  # fmt: skip
        self.steps.add(
            Step(
                self.asked,
                request.method,
                shown_url(request.url),
                status,
                round(duration_ms, 3),
                started_at,
                request_id,
                error,
            )
        )
        self.asked += 1

    def _headers(self, token: Secret, headers: Mapping[str, str] | None, body: bytes | None) -> dict[str, str]:
        sent = {
            "Accept": "application/json",
            "Authorization": f"Bearer {token.reveal()}",
            **self.target.connector.headers,
        }
        if body is not None:
            sent["Content-Type"] = "application/json"
        if headers:
            sent.update(headers)
        return sent
