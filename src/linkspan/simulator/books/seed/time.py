"""The clock of a demo company's past: it stands still and is put forward from event to event."""

from datetime import UTC, date, datetime, time


class SeedClock:
    """A time source that shows the hour of work on the day it was put to."""

    def __init__(self, today: date) -> None:
        """Start on ``today``."""
        self._moment = datetime.combine(today, time(9, 30), UTC)

    def now(self) -> datetime:
        """Return the moment it was put to."""
        return self._moment

    def go(self, today: date) -> None:
        """Put the clock to another day."""
        self._moment = datetime.combine(today, time(9, 30), UTC)
