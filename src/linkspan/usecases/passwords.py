"""Passwords of the console: their rules, and Argon2id over them, a few at a time and off the event loop."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from linkspan.errors import InvalidInputError, Mistake, ServerBusyError
from linkspan.model import Secret

SHORTEST: Final = 10
LONGEST: Final = 256
# The second recommendation of RFC 9106 (section 4): 64 MiB and three passes.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# What is checked when there is no such person, so that an answer takes as long.
_NOBODY: Final = _HASHER.hash("nobody has this password")
# Each costs a good part of a second: more than these at a time would be guesses, and people would wait behind them.
_MOST_WAITING: Final = 30
Answer = TypeVar("Answer")


class _Turns:
    """Two at once; whoever would have to wait behind very many is sent away."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(2)
        self._asked = 0

    async def take(self, work: Callable[..., Answer], *given: str) -> Answer:
        """Work in a thread. Raises ServerBusyError."""
        if self._asked >= _MOST_WAITING:
            raise ServerBusyError
        self._asked += 1
        try:
            async with self._places:
                return await asyncio.to_thread(work, *given)
        finally:
            self._asked -= 1


_TURNS: Final = _Turns()


def check_rules(password: Secret, *, field: str = "password") -> None:
    """Raise InvalidInputError unless the password is long enough to be worth something and short enough to be hashed."""
    length = len(password.reveal())
    if not SHORTEST <= length <= LONGEST:
        raise InvalidInputError(mistakes=[Mistake(field, f"must have {SHORTEST} to {LONGEST} characters")])


async def hash_password(password: Secret) -> str:
    """The Argon2id hash, with its salt and parameters inside."""
    return await _TURNS.take(_HASHER.hash, password.reveal())


async def is_password(hashed: str | None, password: Secret) -> bool:
    """Whether the password is the hashed one; it takes as long where there is no hash. Raises ServerBusyError when very many are asked."""
    if len(password.reveal()) > LONGEST:
        return False
    fits = await _TURNS.take(_verify, hashed or _NOBODY, password.reveal())
    return fits and hashed is not None


def _verify(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
