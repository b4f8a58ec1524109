"""Passwords of the console: their rules, and Argon2id over them, a few at a time and off the event loop."""

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Secret

SHORTEST: Final = 10
LONGEST: Final = 256
# The second recommendation of RFC 9106 (section 4): 64 MiB and three passes.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# What is checked when there is no such person, so that an answer takes as long.
_NOBODY: Final = _HASHER.hash("nobody has this password")
_AT_ONCE: Final = asyncio.Semaphore(2)


def check_rules(password: Secret, *, field: str = "password") -> None:
    """Raise InvalidInputError unless the password is long enough to be worth something and short enough to be hashed."""
    length = len(password.reveal())
    if not SHORTEST <= length <= LONGEST:
        raise InvalidInputError(mistakes=[Mistake(field, f"must have {SHORTEST} to {LONGEST} characters")])


async def hash_password(password: Secret) -> str:
    """The Argon2id hash, with its salt and parameters inside."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_HASHER.hash, password.reveal())


async def is_password(hashed: str | None, password: Secret) -> bool:
    """Whether the password is the hashed one; it takes as long where there is no hash."""
    if len(password.reveal()) > LONGEST:
        return False
    async with _AT_ONCE:
        fits = await asyncio.to_thread(_verify, hashed or _NOBODY, password.reveal())
    return fits and hashed is not None


def _verify(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
