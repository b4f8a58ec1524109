"""Simulated time: the one clock that tokens, documents and webhooks of the simulator are dated by."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """The simulator's time of day: real time plus an offset that control may change."""

    def __init__(self) -> None:
        """Start with the real time."""
        self._offset = timedelta(0)
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every jump, so that what has become due can happen."""
        self._watchers.append(watcher)

    def _jumped(self) -> None:
        for watcher in self._watchers:
            watcher()

    @property
    def offset(self) -> timedelta:
        """How far simulated time is ahead of real time (negative: behind)."""
        return self._offset

    def now(self) -> datetime:
        """Return the simulated moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def timestamp(self) -> int:
        """Return the simulated moment as whole seconds since 1970, as JSON Web Tokens count."""
        return int(self.now().timestamp())

    def move(self, delta: timedelta) -> None:
        """Jump by `delta`, forward or back; time runs on from there."""
        self._offset += delta
        self._jumped()

    def set(self, moment: datetime | None) -> None:
        """Jump to an aware `moment`; None returns to the real time. Raises ValueError for a naive moment."""
        if moment is not None and moment.tzinfo is None:
            message = "The moment must carry a time zone, such as 2026-11-23T10:00:00Z."
            raise ValueError(message)
        self._offset = timedelta(0) if moment is None else moment.astimezone(UTC) - datetime.now(UTC)
        self._jumped()
