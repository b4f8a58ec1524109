"""Choosing names by globs: `*_list_*` takes in, `!*_delete_*` takes out, and a glob that takes in nothing is a mistake."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TypeVar

from linkspan.sdk.errors import Failure, InvalidInputError, Mistake

T = TypeVar("T")
_SPECIAL = frozenset("*?[!")


def is_plain(pattern: str) -> bool:
    """Whether a pattern is just a name."""
    return _SPECIAL.isdisjoint(pattern)


def patterns_of(given: str | Iterable[str] | None) -> tuple[str, ...]:
    """One pattern, several, or none."""
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def chosen(where: str, patterns: Sequence[str], named: Mapping[T, Sequence[str]]) -> list[T]:
    """The things that a pattern takes in by one of their names and none takes out; without one that takes in, it is all of them.

    `where` says what the patterns are of. Raises InvalidInputError for patterns that take in nothing, and if nothing is left.
    """
    takes_in = [pattern for pattern in patterns if not pattern.startswith("!")]
    takes_out = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    every = [name for names in named.values() for name in names]
    mistakes = [
        Mistake(where, f"takes in nothing by {pattern!r}", next(iter(get_close_matches(pattern, every, 1)), None))
        for pattern in takes_in
        if not any(fnmatchcase(name, pattern) for name in every)
    ]
    found = [
        thing
        for thing, names in named.items()
        if (not takes_in or _fits(names, takes_in)) and not _fits(names, takes_out)
    ]
    if not mistakes and not found:
        mistakes.append(Mistake(where, f"takes in nothing by {', '.join(patterns) or 'any name'}"))
    if mistakes:
        told = "; ".join(f"{mistake.where} {mistake.what}" for mistake in mistakes)
        raise InvalidInputError(
            Failure("invalid_input", told, "Look at what there is, and change the globs.", "fix", mistakes=mistakes)
        )
    return found


def _fits(names: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
