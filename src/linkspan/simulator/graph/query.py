"""Query options of directory collections: $filter, $select, $orderby, $top, $count and $skiptoken, and the pages they make."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote

from linkspan.simulator.graph.condition import read_condition
from linkspan.simulator.graph.faults import unreadable, unsupported
from linkspan.simulator.graph.objects import Row

_KNOWN: Final = frozenset({"$filter", "$select", "$orderby", "$top", "$count", "$skiptoken"})
_USUAL_PAGE, _LARGEST_PAGE = 100, 999


@dataclass(frozen=True, slots=True)
class Query:
    """The options of one request; `advanced` means that ConsistencyLevel is eventual."""

    options: Mapping[str, str]
    advanced: bool

    @property
    def counted(self) -> bool:
        """Whether the number of all matching rows is asked for, which is served only as an advanced query."""
        return self.options.get("$count", "").lower() == "true" and self.advanced


def read_query(raw: str, consistency: str) -> Query:
    """The options in a query string. Raises the 400 faults for unknown and repeated ones."""
    pairs = parse_qsl(raw, keep_blank_values=True)
    options = dict(pairs)
    if len(options) < len(pairs):
        raise unreadable("A query option is given twice.")
    for name in options:
        if name in {"$skip", "$expand", "$search"}:
            raise unsupported(f"{name} is not served for this collection.")
        if name.startswith("$") and name not in _KNOWN:
            raise unreadable(f"The query option '{name}' is not known.")
    return Query(options, consistency.lower() == "eventual")


def selected(row: Row, query: Query, known: Mapping[str, object], usual: Sequence[str]) -> Row:
    """The properties of a row that were asked for, or the usual ones. Raises the 400 fault for an unknown name."""
    text = query.options.get("$select")
    names = [name.strip() for name in text.split(",")] if text else list(usual)
    for name in names:
        if name not in known:
            raise unreadable(f"$select names '{name}', which is no property of the type.")
    return {name: row[name] for name in names}


def page_of(rows: list[Row], query: Query, known: Mapping[str, object], here: str) -> tuple[list[Row], str | None, int]:
    """(rows of the page, next link or None, number of all matching rows); `here` is the collection's address."""
    options = query.options
    if options.get("$filter"):
        fits = read_condition(options["$filter"], known, advanced=query.counted)
        rows = [row for row in rows if fits(row)]
    rows = _ordered(rows, query, known)
    start, size = _start(options.get("$skiptoken")), _size(options.get("$top"))
    end = start + size
    return rows[start:end], _next(here, options, end) if end < len(rows) else None, len(rows)


def _ordered(rows: list[Row], query: Query, known: Mapping[str, object]) -> list[Row]:
    text = query.options.get("$orderby")
    if not text:
        return rows
    name, _, direction = text.strip().partition(" ")
    if name not in known or direction.strip().lower() not in {"", "asc", "desc"}:
        raise unreadable(f"$orderby '{text}' cannot be read.")
    if query.options.get("$filter") and not query.counted:
        raise unsupported("$orderby together with $filter needs $count=true and the header ConsistencyLevel: eventual.")
    return sorted(rows, key=lambda row: str(row.get(name) or "").lower(), reverse=direction.strip().lower() == "desc")


def _size(text: str | None) -> int:
    if text is None:
        return _USUAL_PAGE
    if not text.isdecimal() or not 1 <= int(text) <= _LARGEST_PAGE:
        raise unreadable(f"$top must be between 1 and {_LARGEST_PAGE}.")
    return int(text)


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token.encode()).removeprefix(b"after:"))
    except (binascii.Error, ValueError) as mistake:
        raise unreadable("The $skiptoken is not one of ours.") from mistake


def _next(here: str, options: Mapping[str, str], end: int) -> str:
    token = base64.urlsafe_b64encode(f"after:{end}".encode()).decode()
    kept = {**options, "$skiptoken": token}
    written = (f"{name}={quote(value, safe='(),:$')}" for name, value in kept.items())
    return f"{here}?{'&'.join(written)}"
