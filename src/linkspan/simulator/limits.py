"""The service's limits per user, and the gate that every request passes: rate, concurrency, queue, and time allowed."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from linkspan.simulator.books.write_log import TimeSource
from linkspan.simulator.faults import (
    BcFault,
    gateway_timeout,
    operation_timeout,
    service_unavailable,
    tenant_unavailable,
    too_many_requests,
)

_TICK_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class Limits:
    """The operational limits; times in seconds of simulated time.

    Per user: `requests` within a sliding `window_seconds`, `concurrent` in progress, `queued` waiting behind them,
    `connections` of both together. A request may wait `queue_seconds` (503), work `operation_seconds` (408) and take
    `gateway_seconds` in all (504). Per request: `page_records` on a page, `batch_operations`, `body_bytes` (413).
    """

    requests: int = 6_000
    window_seconds: float = 300
    concurrent: int = 5
    queued: int = 95
    connections: int = 100
    queue_seconds: float = 480
    operation_seconds: float = 480
    gateway_seconds: float = 600
    page_records: int = 20_000
    batch_operations: int = 100
    body_bytes: int = 350 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SlowWork:
    """Requests that take longer: `seconds` of simulated time, for the next `times` with this method and part of path."""

    seconds: float
    method: str = ""
    path: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Outage:
    """A planned outage: from `begins` until before `ends` one `environment` of a tenant is out of reach."""

    tenant_id: UUID
    environment: str
    begins: datetime
    ends: datetime


@dataclass(slots=True)
class _User:
    """One user's traffic: when its last requests came, how many are in progress, and who waits (first come first)."""

    moments: deque[datetime] = field(default_factory=deque)
    active: int = 0
    waiting: deque[object] = field(default_factory=deque)


class Gate:
    """Lets requests in, one user's traffic apart from another's; an application counts as a user."""

    def __init__(self, clock: TimeSource) -> None:
        """Measure time by `clock`."""
        self.clock = clock
        self.limits = Limits()
        self._users: dict[Hashable, _User] = {}
        self._slow: list[SlowWork] = []
        self._outages: list[Outage] = []

    def reset(self) -> None:
        """Return to the service's limits and forget all traffic that has ended."""
        self.limits = Limits()
        self._slow.clear()
        self._outages.clear()
        self._users = {key: user for key, user in self._users.items() if user.active or user.waiting}
        for user in self._users.values():
            user.moments.clear()

    def slow_down(self, work: SlowWork) -> None:
        """Let requests to come take longer."""
        self._slow.append(work)

    def plan(self, outage: Outage) -> None:
        """Put an environment out of reach for a time."""
        self._outages.append(outage)

    @property
    def outages(self) -> tuple[Outage, ...]:
        """All outages that have not ended."""
        now = self.clock.now()
        return tuple(one for one in self._outages if now < one.ends)

    def check_open(self, tenant_id: UUID, environment: str) -> None:
        """Raise 503 during an outage of an environment; Retry-After tells the seconds to its end."""
        now, place = self.clock.now(), (tenant_id, environment)
        present = [one for one in self._outages if (one.tenant_id, one.environment) == place and one.begins <= now]
        ends = max((one.ends for one in present), default=now)
        if ends > now:
            raise tenant_unavailable(math.ceil((ends - now).total_seconds()))

    def count(self, key: Hashable) -> None:
        """Count a request, or an operation inside a batch; raises 429 above the rate."""
        now = self.clock.now()
        start = now - timedelta(seconds=self.limits.window_seconds)
        moments = self._user(key).moments
        # The clock may have been set back: what then lies ahead of it does not count either.
        while moments and not start < moments[0] <= now:
            moments.popleft()
        if len(moments) >= self.limits.requests:
            raise too_many_requests(len(moments) + 1, self.limits.requests)
        moments.append(now)

    @asynccontextmanager
    async def admitted(self, key: Hashable) -> AsyncIterator[datetime]:
        """Hold a place among the user's concurrent requests; yields the moment of arrival.

        Raises 429 above the rate, the queue or the connections, 503 after too long in the queue.
        """
        arrived = self.clock.now()
        self.count(key)
        user = self._user(key)
        self._check_room(user)
        await self._wait_for_place(user, arrived)
        user.active += 1
        try:
            yield arrived
        finally:
            user.active -= 1

    async def work(self, method: str, path: str, arrived: datetime) -> BcFault | None:
        """Let simulated time pass for a slowed request.

        Raises 408 when the operation takes too long. Returns the gateway's 504 when that gives up first: the operation
        itself then goes on, and only its answer is lost.
        """
        seconds = self._take_slow(method, path)
        if not seconds:
            return None
        started, limits = self.clock.now(), self.limits
        done = started + timedelta(seconds=seconds)
        stopped = started + timedelta(seconds=limits.operation_seconds)
        given_up = arrived + timedelta(seconds=limits.gateway_seconds)
        end = min(done, stopped, given_up)
        while self.clock.now() < end:  # noqa: ASYNC110 - the simulated clock moves without telling anyone
            await asyncio.sleep(_TICK_SECONDS)
        if given_up < min(done, stopped):
            if stopped < done:
                raise gateway_timeout()
            return gateway_timeout()
        if stopped < done:
            raise operation_timeout()
        return None

    def _user(self, key: Hashable) -> _User:
        return self._users.setdefault(key, _User())

    def _check_room(self, user: _User) -> None:
        limits = self.limits
        connected = user.active + len(user.waiting) + 1
        if connected > limits.connections:
            raise too_many_requests(connected, limits.connections)
        if user.active >= limits.concurrent and len(user.waiting) >= limits.queued:
            raise too_many_requests(len(user.waiting) + 1, limits.queued)

    async def _wait_for_place(self, user: _User, arrived: datetime) -> None:
        if user.active < self.limits.concurrent and not user.waiting:
            return
        ticket = object()
        user.waiting.append(ticket)
        latest = arrived + timedelta(seconds=self.limits.queue_seconds)
        try:
            while user.active >= self.limits.concurrent or user.waiting[0] is not ticket:
                if self.clock.now() > latest:
                    raise service_unavailable("The request waited too long in the queue.")
                await asyncio.sleep(_TICK_SECONDS)
        finally:
            user.waiting.remove(ticket)

    def _take_slow(self, method: str, path: str) -> float:
        for place, work in enumerate(self._slow):
            if work.method.upper() in {"", method} and work.path in path:
                left = replace(work, times=work.times - 1)
                self._slow[place : place + 1] = [left] if left.times else []
                return work.seconds
        return 0
