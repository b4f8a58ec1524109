"""Values that a browser brings back once and soon: sealed into its cookie, so that strangers who only look leave nothing behind."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from linkspan.errors import CursorInvalidError, SignInFailedError
from linkspan.people_records import Spent
from linkspan.providerauth.vault import CursorSeal
from linkspan.usecases.hall import Hall

SECONDS: Final = 300
LONGEST: Final = 900
# How much further ahead than that a value may end: clocks of processes differ a little.
_SKEW: Final = 60
_PASSED: Final = "This took too long, was done already, or began in another browser."
_AGAIN: Final = "Begin again."


class OneTime(msgspec.Struct, frozen=True, array_like=True):
    """What was asked of this browser: for which purpose, in which session (or none), with which values, and until when (seconds since 1970)."""

    purpose: str
    bound: str
    values: tuple[str, ...]
    until: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the browser keeps meanwhile, and until when."""

    text: str
    until: datetime


def keep(hall: Hall, purpose: str, values: tuple[str, ...], *, bound: str = "", seconds: int = SECONDS) -> Kept:
    """Seal what the browser shall bring back within so many seconds, at most `LONGEST`."""
    until = int(hall.clock().timestamp()) + seconds
    text = _seal(hall).seal(msgspec.json.encode(OneTime(purpose, bound, values, until)))
    return Kept(text, datetime.fromtimestamp(until, UTC))


def bring_back(hall: Hall, text: str, purpose: str, *, bound: str = "") -> tuple[tuple[str, ...], Spent]:
    """The values, and what makes them spent; whoever uses them stores that in the same transaction.

    Raises SignInFailedError when the text is not ours, of another purpose or session, or too old.
    """
    try:
        found = msgspec.json.decode(_seal(hall).open(text), type=OneTime)
    except (CursorInvalidError, msgspec.DecodeError, UnicodeError):
        raise passed() from None
    # From the future: the clock was set back meanwhile.
    late = not 0 < found.until - hall.clock().timestamp() <= LONGEST + _SKEW
    if late or (found.purpose, found.bound) != (purpose, bound):
        raise passed()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return found.values, Spent(digest, datetime.fromtimestamp(found.until + _SKEW, UTC))


def passed() -> SignInFailedError:
    """The refusal of a value that is over."""
    return SignInFailedError(_PASSED, next_step=_AGAIN)


def _seal(hall: Hall) -> CursorSeal:
    return CursorSeal(hall.vault.derive("one-time"))
