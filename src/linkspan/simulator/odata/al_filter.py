"""Texts that are read as a filter of AL: alternatives, ranges, exclusions, wildcards, and a sign for any casing."""

import re
from collections.abc import Callable
from typing import Final

_SIGNS: Final = re.compile(r"[|&@*?]|\.\.|<>")
TextTest = Callable[[str], bool]


def has_signs(text: str) -> bool:
    """Say whether `text` holds one of the filter signs."""
    return _SIGNS.search(text) is not None


def al_filter(text: str) -> TextTest:
    """Return the test that `text` stands for.

    ``|`` joins alternatives and binds weaker than ``&``; ``a..b`` is a range, open where a side is missing; ``<>`` excludes;
    ``@`` ignores case; ``*`` and ``?`` are wildcards.
    """
    alternatives = [[_term(term) for term in part.split("&")] for part in text.split("|")]
    return lambda value: any(all(test(value) for test in tests) for tests in alternatives)


def _term(text: str) -> TextTest:
    if text.startswith("<>"):
        excluded = _term(text[2:])
        return lambda value: not excluded(value)
    low, dots, high = text.partition("..")
    if dots:
        return lambda value: (not low or low <= value) and (not high or value <= high)
    flags = re.IGNORECASE if text.startswith("@") else re.NOFLAG
    pattern = re.compile(wildcard_pattern(text.removeprefix("@")), re.DOTALL | flags)
    return lambda value: pattern.fullmatch(value) is not None


def wildcard_pattern(text: str) -> str:
    """Return the regular expression of a text in which ``*`` stands for any signs and ``?`` for one."""
    # Neighbouring asterisks mean one; as they are, each would multiply the time a mismatch takes.
    return re.escape(re.sub(r"\*+", "*", text)).replace(r"\*", ".*").replace(r"\?", ".")
