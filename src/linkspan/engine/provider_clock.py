"""What time it is at a provider, by the Date of its answers: records are stamped by that clock, and ours may be wrong or jump."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MOST = 10_000
_FRESH = 1.0


class ProviderClocks:
    """The last Date of each service, and when it came by a clock of ours that never jumps. Exact to two seconds."""

    def __init__(self) -> None:
        self._dates: dict[str, tuple[str, float]] = {}

    def note(self, service: str, headers: Mapping[str, str]) -> None:
        """Take the Date of an answer, one a second; it is read only when somebody asks for the time."""
        known, now = self._dates.get(service), time.monotonic()
        if known is not None and now - known[1] < _FRESH:
            return
        date = headers.get("date")
        if date is not None:
            if len(self._dates) > _MOST:
                self._dates.clear()
            self._dates[service] = (date, now)

    def now(self, service: str) -> datetime | None:
        """The time at a service; None where no answer of it told."""
        date, came = self._dates.get(service, ("", 0.0))
        try:
            told = parsedate_to_datetime(date)
        except ValueError:
            return None
        return told.replace(tzinfo=told.tzinfo or UTC) + timedelta(seconds=time.monotonic() - came)
