"""How run ids order runs by their start: what makes them and what reads a stretch of time by them share it."""

from datetime import datetime, timedelta
from functools import lru_cache

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PREFIX = "run_"
# A float rounds the milliseconds of an id by one at most.
_ROUNDING = timedelta(milliseconds=1)


@lru_cache(maxsize=8)
def moment36(milliseconds: int) -> str:
    """Nine digits 0-9 and a-z, filled up with zeros. Many runs begin in the same millisecond."""
    digits = ""
    for _ in range(9):
        milliseconds, digit = divmod(milliseconds, 36)
        digits = _DIGITS[digit] + digits
    return digits


def least_run_id(since: datetime) -> str:
    """A text that no run which started at or after a moment has an id below of."""
    return PREFIX + moment36(int((since - _ROUNDING).timestamp() * 1000))
