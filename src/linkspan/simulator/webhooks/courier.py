"""The courier: waits in simulated time until notifications are due, sends them, and draws the consequences."""

import threading
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import orjson

from linkspan.simulator.books.changes import Change
from linkspan.simulator.books.world import World
from linkspan.simulator.clock import Clock
from linkspan.simulator.webhooks.parcels import COALESCING, RETRY_DELAYS, Parcel, body_of, is_worth_a_retry, pack
from linkspan.simulator.webhooks.receiver import deliver
from linkspan.simulator.webhooks.subscription import Subscription, SubscriptionBook

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_REMEMBERED: Final = 1_000
_SUCCESS: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt: when (simulated), whereto, how many items, which attempt, and the status (None: no answer)."""

    at: datetime
    url: str
    correlation_id: UUID
    items: int
    attempt: int
    status: int | None


class Courier:
    """Keeps subscriptions and what has to be told to them; its thread starts with the first subscription."""

    def __init__(self, world: World, clock: Clock) -> None:
        """Watch the changes of `world`; everything is due by `clock`."""
        self.subscriptions = SubscriptionBook()
        self.receivers: set[str] = set()
        self._world = world
        self._clock = clock
        self._changes: dict[str, list[Change]] = {}
        self._parcels: list[Parcel] = []
        self._deliveries: list[Delivery] = []
        self._state = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None
        self._closed = False
        clock.watch(self.wake)

    @contextmanager
    def writing(self) -> "Iterator[SubscriptionBook]":
        """Give the subscriptions for reading and writing, without those that have ended."""
        with self._state:
            self.subscriptions.expire(self._clock.now())
            yield self.subscriptions
            if self.subscriptions.all():
                self._world.log.changes.listener = self._note
                self._start()

    def wake(self) -> None:
        """Look again what is due: time has jumped."""
        with self._state:
            self._state.notify_all()

    def deliveries(self) -> list[Delivery]:
        """Return the last attempts, oldest first."""
        with self._state:
            return list(self._deliveries)

    def restore(self, past: tuple[Subscription, ...]) -> None:
        """Return to subscriptions of the past and forget everything that was to be told."""
        with self._state:
            self.subscriptions.restore(past)
            self._changes.clear()
            self._parcels.clear()
            self._deliveries.clear()

    def close(self) -> None:
        """Send nothing more."""
        with self._state:
            self._closed = True
            self._state.notify_all()

    def _note(self, changes: Sequence[Change]) -> None:
        with self._state:
            self.subscriptions.expire(self._clock.now())
            for one in self.subscriptions.all():
                seen = [change for change in changes if one.concerns(change)]
                if seen:
                    self._changes.setdefault(one.id, []).extend(seen)
            self._state.notify_all()

    def _start(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="simulator-webhooks", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._state:
                while not self._closed and not self._is_due():
                    self._state.wait(self._patience())
                if self._closed:
                    return
                ready = self._take()
            for parcel in ready:
                self._send(parcel)

    def _next(self) -> datetime | None:
        moments = [parcel.due for parcel in self._parcels]
        moments += [changes[0].at + COALESCING for changes in self._changes.values()]
        return min(moments, default=None)

    def _is_due(self) -> bool:
        following = self._next()
        return following is not None and following <= self._clock.now()

    def _patience(self) -> float | None:
        following = self._next()
        return None if following is None else max((following - self._clock.now()).total_seconds(), 0.001)

    def _take(self) -> list[Parcel]:
        """Remove and return what is due: waiting parcels, and new ones for each address whose time has come."""
        now = self._clock.now()
        self.subscriptions.expire(now)
        ready = [parcel for parcel in self._parcels if parcel.due <= now]
        self._parcels = [parcel for parcel in self._parcels if parcel.due > now]
        alive = {one.id: one for one in self.subscriptions.all()}
        self._changes = {key: changes for key, changes in self._changes.items() if key in alive}
        urls = {alive[key].notification_url for key, seen in self._changes.items() if seen[0].at + COALESCING <= now}
        for url in sorted(urls):
            keys = [key for key in self._changes if alive[key].notification_url == url]
            parcel = pack(url, [(alive[key], self._changes.pop(key)) for key in keys], now)
            if parcel is not None:
                ready.append(parcel)
        return ready

    def _send(self, parcel: Parcel) -> None:
        with self._state:
            body = body_of(parcel, self.subscriptions.all())
        items = body["value"]
        if not isinstance(items, list) or not items:
            return
        correlation_id = uuid4()
        status = deliver(parcel.url, orjson.dumps(body), str(correlation_id))
        now = self._clock.now()
        delivery = Delivery(now, parcel.url, correlation_id, len(items), parcel.failures + 1, status)
        with self._state:
            self._deliveries = [*self._deliveries[-_MOST_REMEMBERED + 1 :], delivery]
            self._settle(parcel, status, now)

    def _settle(self, parcel: Parcel, status: int | None, now: datetime) -> None:
        if status in _SUCCESS:
            return
        if is_worth_a_retry(status) and parcel.failures < len(RETRY_DELAYS):
            later = now + RETRY_DELAYS[parcel.failures]
            self._parcels.append(replace(parcel, due=later, failures=parcel.failures + 1))
            return
        for notice in parcel.notices:
            self.subscriptions.remove(notice.subscription_id)
