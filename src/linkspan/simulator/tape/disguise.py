"""Replaces what could tell whose books an answer shows: the same value always by the same invented one of its shape."""

import hashlib
import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Iterator
from decimal import Decimal
from itertools import count, cycle
from typing import Final
from uuid import UUID

_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_QUOTED: Final = re.compile(r"'((?:[^']|'')*)'|(%27)((?:(?!%27).)*)%27", re.IGNORECASE)
_FRACTION: Final = re.compile(r"(?<![\w.-])-?\d+\.\d+(?![\w.-])")
_MOST_TRIES: Final = 64


class Disguise:
    """The replacements of one recording; its key is random and kept nowhere, so nobody can undo them."""

    def __init__(self, key: bytes | None = None) -> None:
        """Start a recording; `key` is given only to make a test repeatable."""
        self._key = key or secrets.token_bytes(32)
        self._made: dict[str, str] = {}
        self._used: set[str] = set()

    def text(self, value: str) -> str:
        """Return another text of the same length and shape: letters for letters, digits for digits.

        Two different texts never get the same replacement, as long as there are enough of their shape.
        """
        if not any(map(str.isalnum, value)):
            return value
        if value not in self._made:
            tries = (self._shaped(value, attempt) for attempt in range(_MOST_TRIES))
            fresh = next((made for made in tries if made not in self._used and made != value), None)
            self._made[value] = fresh or self._longer(value)
            self._used.add(self._made[value])
        return self._made[value]

    def guid(self, value: str) -> str:
        """Return another GUID in lower case; the empty one stays."""
        known = UUID(value)
        return str(known if not known.int else UUID(bytes=self._digest(f"guid {known}")[:16], version=4))

    def guids(self, text: str) -> str:
        """Return `text` with every GUID in it replaced."""
        return _GUID.sub(lambda found: self.guid(found[0]), text)

    def etag(self, value: str) -> str:
        """Return another etag of the service's form."""
        inner = f"'20;{int.from_bytes(self._digest(f'etag {value}')[:8], 'big')};1;00;'"
        return f'W/"{b64encode(inner.encode()).decode()}"'

    def number(self, value: Decimal) -> Decimal:
        """Return another number with as many digits, the same sign and the same places; zero stays."""
        if not value:
            return value
        sign, digits, exponent = value.as_tuple()
        noise = cycle(self._digest(f"number {value}"))
        others = [next(noise) % 10 for _ in digits]
        others[0] = 1 + next(noise) % 9
        return Decimal((sign, tuple(others), int(exponent)))

    def address(self, text: str) -> str:
        """Return a path or query with GUIDs, quoted texts and fractions replaced; names and structure stay."""
        without = self.guids(text)
        quoted = _QUOTED.sub(self._requoted, without)
        return _FRACTION.sub(lambda found: str(self.number(Decimal(found[0]))), quoted)

    def is_guid(self, text: str) -> bool:
        """Tell whether a text is a GUID and nothing else."""
        return _GUID.fullmatch(text) is not None

    def _requoted(self, found: re.Match[str]) -> str:
        if found[2]:
            return f"%27{self._quoted(found[3])}%27"
        return f"'{self._quoted(found[1])}'"

    def _quoted(self, value: str) -> str:
        return value if self.is_guid(value) else self.text(value)

    def _shaped(self, value: str, attempt: int) -> str:
        noise = self._noise(f"text {attempt} {value}")
        return "".join(_like(sign, next(noise)) for sign in value)

    def _longer(self, value: str) -> str:
        return next(made for extra in count() if (made := f"{self._shaped(value, 0)}{extra}") not in self._used)

    def _noise(self, subject: str) -> Iterator[int]:
        for block in count():
            yield from self._digest(f"{block} {subject}")

    def _digest(self, subject: str) -> bytes:
        return hmac.new(self._key, subject.encode(), hashlib.sha256).digest()


def _like(sign: str, noise: int) -> str:
    if sign.isdigit():
        return str(noise % 10)
    if not sign.isalpha():
        return sign
    letter = _CAPITALS[noise % 26]
    return letter if sign.isupper() else letter.lower()
