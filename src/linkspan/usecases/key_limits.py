"""The own limit of each API key, kept in this process's memory: one number a key, two comparisons a request."""

import time
from collections.abc import Callable

from linkspan.errors import KeyLimitError

_MINUTE = 60.0


class KeyLimits:
    """The generic cell rate algorithm: a minute's requests may come at once, then each comes free again after its share of a minute.

    Time is the process's own monotonic clock, so that a jump of the wall clock neither locks out nor lets through.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def take(self, key_id: str, per_minute: int) -> None:
        """Count one request. Raises KeyLimitError, with the seconds to wait, when there is none left; a refusal counts nothing."""
        now, share = self._clock(), _MINUTE / per_minute
        after = max(now, self._free_at.get(key_id, now)) + share
        # A hair's breadth for what adding shares loses.
        ahead = after - now - _MINUTE
        if ahead > share * 1e-3:
            message = f"This API key may send {per_minute} requests a minute, and has sent them; nothing was done."
            raise KeyLimitError(message, retry_after=ahead)
        self._free_at[key_id] = after
