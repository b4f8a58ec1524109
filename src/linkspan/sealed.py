"""Secrets as the rooms hand them on: in clear, for as short as can be, and sealed by the vault."""

from dataclasses import dataclass


class Secret:
    """A text that must not be seen: `reveal()` gives it, every other way of looking shows stars."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends or stores it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class SealedCredentials:
    """What proves a profile's application, sealed by the vault for `profile:{id}`: its secret, the one before, a certificate's key."""

    secret: bytes | None = None
    old_secret: bytes | None = None
    certificate_key: bytes | None = None
