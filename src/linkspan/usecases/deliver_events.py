"""The delivery worker: events on their way to webhooks, tried again over days, in order within each account."""

import asyncio
import random
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from linkspan.errors import ServerBusyError
from linkspan.event_records import Attempt, Delivery
from linkspan.model import Secret
from linkspan.storage.delivery_store import Due
from linkspan.transport.protocol import Outbound, TransportError
from linkspan.usecases.hall import Hall
from linkspan.usecases.sign_event import event_body, signed_headers

PAUSES = (5, 30, 120, 600, 1800, 3600)
"""Seconds until the next try after the first, second, … failure; the last one repeats."""

KEPT_TRYING = timedelta(days=3)
FEWEST_TRIES = 10
"""An event is given up when it is older than KEPT_TRYING and was tried FEWEST_TRIES times."""

_AT_ONCE = 8
_ANSWER_READ = 64 * 1024
_EXCERPT = 300
_JITTER = 0.1
_WELL, _ELSEWHERE = 2, 3

log = structlog.get_logger(__name__)


class Courier:
    """Delivers for one process. Several may run: each delivery is claimed by one of them, for a lease longer than a try can last.

    `timeout` in seconds: how long a receiver may take to answer.
    """

    def __init__(self, hall: Hall, *, timeout: float = 15.0) -> None:
        self._hall = hall
        self._timeout = timedelta(seconds=timeout)
        self._lease = 4 * self._timeout
        self._owner = f"courier_{secrets.token_hex(8)}"
        self._busy: dict[str, asyncio.Task[int]] = {}

    async def deliver_due(self) -> int:
        """Try everything that is due now, once, and wait for it: how many tries were made."""
        found = await self._hall.deliveries.due(self._hall.clock())
        return sum(await asyncio.gather(*(self._serve(due) for due in found)))

    async def deliver_forever(self, every: float = 1.0) -> None:
        """Look every so many seconds until cancelled. A receiver that hangs holds up nobody but itself."""
        try:
            while True:
                await asyncio.sleep(every)
                for due in await self._due():
                    self._start(due)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _due(self) -> Sequence[Due]:
        try:
            return await self._hall.deliveries.due(self._hall.clock())
        except ServerBusyError:
            # While the database is away, nothing is lost: the outbox is in it.
            return ()

    def _start(self, due: Due) -> None:
        if due.webhook_id in self._busy:
            return
        task = asyncio.create_task(self._serve(due), name=f"deliver to {due.webhook_id}")
        self._busy[due.webhook_id] = task
        task.add_done_callback(lambda done: self._done(due.webhook_id, done))

    def _done(self, webhook_id: str, task: asyncio.Task[int]) -> None:
        self._busy.pop(webhook_id, None)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            log.warning("delivery_interrupted", webhook_id=webhook_id, exc_info=error)

    async def _serve(self, due: Due) -> int:
        """Deliver to one webhook until nothing is due any more, or the receiver fails: it is then probed with one event at a time."""
        tried, at_once = 0, 1 if due.failures else _AT_ONCE
        while True:
            now = self._hall.clock()
            claimed = await self._hall.deliveries.claim(
                due, self._owner, now=now, until=now + self._lease, limit=at_once
            )
            went_well = await asyncio.gather(*(self._deliver(due, delivery, now + self._lease) for delivery in claimed))
            tried += len(claimed)
            if not claimed or not all(went_well):
                return tried
            at_once = _AT_ONCE

    async def _deliver(self, due: Due, delivery: Delivery, lease_until: datetime) -> bool:
        # After a long pause of this process another may have taken over; a second of it would break the order.
        if self._hall.clock() + self._timeout > lease_until:
            return False
        attempt = await self._try(due, delivery)
        if attempt.error is not None:
            attempt = replace(attempt, next_at=_next(delivery, attempt.at))
        await self._hall.deliveries.finish(delivery, self._owner, attempt)
        if attempt.error is not None:
            log.info("delivery_failed", webhook_id=due.webhook_id, event_id=delivery.event.id, reason=attempt.error)
        return attempt.error is None

    async def _try(self, due: Due, delivery: Delivery) -> Attempt:
        """Send the event, and how that went. Any 2xx counts as delivered."""
        keys = await self._keys(due)
        if not keys:
            return Attempt(self._hall.clock(), None, "the webhook was deleted")
        sent_at = self._hall.clock()
        body = event_body(delivery.event, sent_at)
        request = Outbound(
            "POST", due.url, signed_headers(delivery.event.id, body, sent_at, keys), body, self._timeout.total_seconds(), frozenset(), _ANSWER_READ
        )  # fmt: skip
        try:
            answer = await self._hall.post.send(request)
        except TransportError as failed:
            now = self._hall.clock()
            if failed.status is None:
                return Attempt(now, None, f"{failed.kind}: {failed.detail}"[:500])
            # The head of the answer arrived, and only that counts.
            return Attempt(now, failed.status, _complaint(failed.status))
        complaint = _complaint(answer.status)
        return Attempt(
            self._hall.clock(), answer.status, complaint, excerpt=_excerpt(answer.body) if complaint else None
        )

    async def _keys(self, due: Due) -> Sequence[Secret]:
        sealed = await self._hall.webhooks.secrets(due.project_id, due.webhook_id, self._hall.clock())
        if sealed is None:
            return ()
        owner = f"webhook:{due.webhook_id}"
        both = [each for each in (sealed.current, sealed.previous) if each is not None]
        return [await self._hall.vault.open(due.project_id, owner, "secret", each) for each in both]


def _complaint(status: int) -> str | None:
    """What is wrong with an answer; None: nothing, as with any 2xx."""
    kind = status // 100
    if kind == _WELL:
        return None
    return f"answered {status}, a redirect, which is not followed" if kind == _ELSEWHERE else f"answered {status}"


def _excerpt(body: bytes) -> str | None:
    """How an answer begins, as text that every database takes; None of an empty one."""
    text = body[: 4 * _EXCERPT].decode(errors="replace")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_EXCERPT] or None


def _next(delivery: Delivery, now: datetime) -> datetime | None:
    """When to try again after one more failure; None: not at all."""
    if now - delivery.event.at >= KEPT_TRYING and delivery.attempts + 1 >= FEWEST_TRIES:
        return None
    pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)]
    return now + timedelta(seconds=pause * (1 + _JITTER * random.random()))  # noqa: S311  spreading load is no secret
