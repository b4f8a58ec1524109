"""How often strangers may register clients or have documents fetched: by address and in all, kept in this process's memory."""

import time
from collections.abc import Callable

_MINUTE = 60.0
_MOST_ADDRESSES = 10_000
_EVERYBODY = ""


class ClientLimits:
    """A minute's share may be used at once, then each comes free again (the generic cell rate algorithm); by the monotonic clock."""

    def __init__(
        self, per_address: int = 20, in_all: int = 120, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shares = {True: _MINUTE / per_address, False: _MINUTE / in_all}
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def take(self, address: str) -> float | None:
        """Count one; what is refused counts nothing and answers the seconds to wait."""
        now = self._clock()
        if len(self._free_at) > _MOST_ADDRESSES:
            self._free_at = {name: at for name, at in self._free_at.items() if at > now}
        after = {
            name: max(now, self._free_at.get(name, now)) + self._shares[bool(name)] for name in (address, _EVERYBODY)
        }
        ahead = max(after.values()) - now - _MINUTE
        if ahead > self._shares[False] * 1e-3:
            return ahead
        self._free_at.update(after)
        return None
