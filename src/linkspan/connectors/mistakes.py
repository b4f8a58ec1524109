"""Mistakes in a connector's files: where each one is and what to write instead, reported all at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkspan.connectors.names import nearest
from linkspan.errors import ConfigurationError, Mistake


@dataclass(frozen=True, slots=True, order=True)
class ConnectorMistake:
    """One mistake: `file` and `line` (from 1), `path` inside the file (`customers.expand[2]`) and `remedy`: what to write instead."""

    file: str
    line: int
    path: str
    remedy: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.path}: {self.remedy}"
            if self.path
            else f"{self.file}:{self.line}: {self.remedy}"
        )


class ConnectorInvalidError(ConfigurationError, code="connector_invalid"):
    """A connector's files hold mistakes.

    Correct every listed line; `linkspan connector check` shows them again.
    """

    def __init__(self, found: Sequence[ConnectorMistake]) -> None:
        self.found = tuple(found)
        super().__init__(
            "\n".join(str(mistake) for mistake in self.found),
            mistakes=[
                Mistake(f"{mistake.file}:{mistake.line}: {mistake.path}", mistake.remedy) for mistake in self.found
            ],
        )


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """The remedy for an unknown `kind` of thing: the nearest known name, else all of them when they are few."""
    names = sorted(known)
    near = nearest(name, names)
    if near:
        return f"there is no {kind} {name!r}; write {near!r}"
    few = 12
    return (
        f"there is no {kind} {name!r}; known: {', '.join(names)}"
        if 0 < len(names) <= few
        else f"there is no {kind} {name!r}"
    )
