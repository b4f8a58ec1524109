"""Names: from the contract's camelCase to ids and labels, and the nearest known name for a misspelt one."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """`generalLedgerEntries` → `general_ledger_entries`."""
    return _BORDER.sub("_", name).lower()


def words(name: str) -> str:
    """A snake_cased or camelCased name as lower-case words: `salesQuote` → `sales quote`."""
    return snake_case(name).replace("_", " ")


def title(name: str) -> str:
    """A name as a label: `bank_accounts` → `Bank Accounts`."""
    return words(name).title()


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `name`, or None if none is near; upper and lower case do not count."""
    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
