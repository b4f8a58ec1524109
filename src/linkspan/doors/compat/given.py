"""Reads the fields of a compatible request: null means not given, and every mistake is told at once."""

from collections.abc import Mapping
from decimal import Decimal

from linkspan.errors import InvalidInputError, Mistake


class Given:
    """The fields of one JSON body. Each reader notes what is wrong; `check` raises it all together.

    What the wire contract does not name is left alone, as newer clients send more than older servers know.
    """

    def __init__(self, body: Mapping[str, object]) -> None:
        self._body = body
        self._mistakes: list[Mistake] = []

    def text(self, name: str, *, needed: bool = False) -> str | None:
        """A text, trimmed; an empty one counts as not given unless it is needed."""
        value = self._body.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value is not None and not isinstance(value, str):
            self.wrong(name, "must be a text")
        elif needed:
            self.wrong(name, "is needed")
        return None

    def flag(self, name: str) -> bool:
        """A boolean; False when not given."""
        value = self._body.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, "must be true or false")
        return value is True

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        value = self._body.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(name, "must be a whole number")
            return default
        return value

    def number(self, name: str) -> float:
        """A number that is no amount; 0 when not given."""
        value = self._body.get(name)
        if value is None:
            return 0.0
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.wrong(name, "must be a number")
            return 0.0
        return float(value)

    def record(self, name: str) -> dict[str, object] | None:
        """An object."""
        value = self._body.get(name)
        if value is None or isinstance(value, dict):
            return value
        self.wrong(name, "must be an object")
        return None

    def kind(self) -> str | None:
        """`type`: production or test, in any case, as the clients' documentation prints both."""
        value = self.text("type")
        if value is not None and value.lower() not in {"production", "test"}:
            self.wrong("type", "is production or test")
        return value.lower() if value else None

    def wrong(self, name: str, what: str) -> None:
        """Note a mistake."""
        self._mistakes.append(Mistake(name, what))

    def check(self) -> None:
        """Raise InvalidInputError with every mistake noted so far, if there is one."""
        if self._mistakes:
            raise InvalidInputError("; ".join(str(mistake) for mistake in self._mistakes), mistakes=self._mistakes)
