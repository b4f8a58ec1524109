"""The provider's limits, kept before the provider complains: per linked user, first come first served, people before bulk."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from linkspan.errors import RateLimitedError, ServerBusyError

_MOST_LANES = 10_000


@dataclass(frozen=True, slots=True)
class Pace:
    """What one user may do at a provider: requests at once, and requests in any window of `window` seconds."""

    concurrent: int
    requests: int
    window: float

    @property
    def burst(self) -> int:
        """Requests that may leave without a pause after a quiet time."""
        return max(1, self.requests // 4)

    @property
    def interval(self) -> float:
        """Seconds between requests once the burst is used up: burst + window / interval is never more than `requests`."""
        return self.window / max(1, self.requests - self.burst)


@dataclass(slots=True)
class _Lane:
    """One user's queue: `full_at` is GCRA's theoretical arrival time, which may lie `room` seconds ahead."""

    pace: Pace
    interval: float
    room: float
    running: int = 0
    full_at: float = 0.0
    not_before: float = 0.0
    people: deque[asyncio.Future[None]] = field(default_factory=deque)
    bulk: deque[asyncio.Future[None]] = field(default_factory=deque)
    timer: asyncio.TimerHandle | None = None

    def delay(self, now: float, ahead: int = 0) -> float:
        """Seconds until the rate allows one more request behind `ahead` others."""
        return max(self.full_at - now - self.room + ahead * self.interval, self.not_before - now, 0.0)

    def take(self, now: float) -> None:
        self.running += 1
        self.full_at = max(self.full_at, now) + self.interval

    def first(self) -> asyncio.Future[None] | None:
        """The next who waits, people before bulk; those who gave up are passed over."""
        for queue in (self.people, self.bulk):
            while queue:
                waiting = queue.popleft()
                if not waiting.done():
                    return waiting
        return None

    @property
    def waiting(self) -> int:
        return len(self.people) + len(self.bulk)


class Throttle:
    """Holds provider requests back, in the memory of this process. Every `enter` is followed by one `leave`.

    `longest_wait` in seconds: who would wait longer is told so by RateLimitedError instead. `longest_queue` per user.
    """

    def __init__(
        self, *, longest_wait: float = 30.0, longest_queue: int = 2000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._longest_wait = longest_wait
        self._longest_queue = longest_queue
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}

    def enter_now(self, key: str, pace: Pace, *, bulk: bool = False) -> bool:
        """Take a turn if there is one without waiting: whether there was."""
        lane = self._lanes.get(key)
        if lane is None or lane.pace is not pace:
            lane = self._lane(key, pace)
        now = self._clock()
        if lane.running >= pace.concurrent or lane.people or (bulk and lane.bulk) or lane.delay(now):
            return False
        lane.take(now)
        return True

    async def enter(self, key: str, pace: Pace, *, bulk: bool = False) -> None:
        """Wait for a turn. Raises RateLimitedError (with `retry_after`) or ServerBusyError; nothing has left then."""
        if self.enter_now(key, pace, bulk=bulk):
            return
        lane, now = self._lanes[key], self._clock()
        if lane.waiting >= self._longest_queue:
            message = "Too many requests wait for this account."
            raise ServerBusyError(message, retry_after=lane.waiting * pace.interval)
        # Who is ahead uses up the rate too; the wait for a free place cannot be foretold and is bounded in _wait.
        foreseen = lane.delay(now, len(lane.people))
        if not bulk and foreseen > self._longest_wait:
            raise self._too_long(foreseen)
        await self._wait(lane, bulk=bulk)

    def leave(self, key: str) -> None:
        """Give the place to the next."""
        lane = self._lanes[key]
        lane.running -= 1
        if lane.people or lane.bulk:
            self._admit(lane)

    def pause(self, key: str, seconds: float) -> None:
        """Let nobody through for a while: the provider said that it is too much."""
        lane = self._lanes.get(key)
        if lane is not None:
            lane.not_before = max(lane.not_before, self._clock() + seconds)

    async def _wait(self, lane: _Lane, *, bulk: bool) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (lane.bulk if bulk else lane.people).append(turn)
        self._admit(lane)
        try:
            async with asyncio.timeout(None if bulk else self._longest_wait):
                await turn
        except TimeoutError:
            if turn.cancelled():
                raise self._too_long(max(1.0, lane.delay(self._clock()))) from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                lane.running -= 1
                self._admit(lane)
            raise

    def _admit(self, lane: _Lane) -> None:
        while lane.running < lane.pace.concurrent and lane.waiting:
            now = self._clock()
            delay = lane.delay(now)
            if delay:
                self._admit_later(lane, delay)
                return
            turn = lane.first()
            if turn is not None:
                lane.take(now)
                turn.set_result(None)

    def _admit_later(self, lane: _Lane, delay: float) -> None:
        def ring() -> None:
            lane.timer = None
            self._admit(lane)

        if lane.timer is not None:
            lane.timer.cancel()
        lane.timer = asyncio.get_running_loop().call_later(delay, ring)

    def _lane(self, key: str, pace: Pace) -> _Lane:
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) > _MOST_LANES:
                self._forget_idle()
            lane = self._lanes[key] = _Lane(pace, 0.0, 0.0)
        lane.pace, lane.interval, lane.room = pace, pace.interval, (pace.burst - 1) * pace.interval
        return lane

    def _forget_idle(self) -> None:
        now = self._clock()
        for key, lane in list(self._lanes.items()):
            if not lane.running and not lane.waiting and max(lane.full_at, lane.not_before) <= now:
                del self._lanes[key]

    @staticmethod
    def _too_long(seconds: float) -> RateLimitedError:
        message = f"The provider's limit for this user is reached; the next request may leave in about {seconds:.0f} s."
        return RateLimitedError(message, retry_after=seconds)
