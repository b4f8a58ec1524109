"""Orders the records of a collection, cuts one page out of them and writes the link to the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus
from uuid import UUID

from linkspan.simulator.contract import Contract, Entity
from linkspan.simulator.faults import skip_token_gone
from linkspan.simulator.odata.condition import Record
from linkspan.simulator.odata.options import Query

LARGEST_PAGE: Final = 20_000
"""Records on a page, unless the request prefers fewer."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, the count of all that match (when asked), and where the next page starts.

    `following` is the id of the last row when more are to come; `top` what is then left of the request's $top.
    """

    rows: Sequence[Record]
    total: int
    following: UUID | None = None
    top: int | None = None


def page_size(preferences: dict[str, str]) -> int | None:
    """Return the page size that the Prefer header asks for, held to the largest, or None when it asks for none."""
    text = preferences.get("odata.maxpagesize", preferences.get("maxpagesize", ""))
    if not (text.isascii() and text.isdecimal()) or int(text) == 0:
        return None
    return min(int(text), LARGEST_PAGE)


def cut_page(rows: Sequence[Record], query: Query, size: int, *, entity: Entity, contract: Contract) -> Page:
    """Return the page of at most `size` of the `rows` (given in primary-key order) that `query` wants.

    The token names the last row already seen, so rows added or deleted meanwhile shift nothing; raises 400
    SkipTokenIsNoLongerValid when that row is gone.
    """
    kept = matching(rows, query)
    total = len(kept)
    start = query.skip
    if query.after is not None:
        kept, place = _behind(rows, kept, query, entity=entity, contract=contract)
        start += place
    elif query.order:
        kept = _sorted(kept, query, entity=entity, contract=contract)
    left = len(kept) - start
    wanted = left if query.top is None else min(query.top, left)
    if wanted <= size:
        return Page(kept[start : start + max(wanted, 0)], total)
    page = kept[start : start + size]
    return Page(page, total, _id_of(page[-1]), None if query.top is None else query.top - size)


def matching(rows: Sequence[Record], query: Query) -> Sequence[Record]:
    """Return the rows that the filter of `query` lets pass, in their order."""
    if query.where is None:
        return rows
    holds = query.where.holds
    return [row for row in rows if holds(row)]


def next_link(address: str, raw_query: str, page: Page) -> str:
    """Return the address of the next page: the same options, what is left of $top, and the token."""
    parts = [part for part in raw_query.split("&") if part and _name_of(part) not in _REPLACED]
    if page.top is not None:
        parts.append(f"$top={page.top}")
    return f"{address}?{'&'.join([*parts, 'aid=FIN', f'$skiptoken={page.following}'])}"


_REPLACED: Final = frozenset({"$skiptoken", "$top", "$skip", "aid"})


def _name_of(part: str) -> str:
    return unquote_plus(part.partition("=")[0]).strip()


def _id_of(record: Record) -> UUID:
    found = record["id"]
    if not isinstance(found, UUID):
        message = "A record without an id cannot be paged."
        raise TypeError(message)
    return found


def _behind(
    rows: Sequence[Record], kept: Sequence[Record], query: Query, *, entity: Entity, contract: Contract
) -> tuple[Sequence[Record], int]:
    """Return the sorted rows and the place after the token's row, which may itself no longer pass the filter."""
    token = query.after
    mark = next((row for row in rows if row["id"] == token), None)
    if mark is None:
        raise skip_token_gone()
    if query.where is not None and not query.where.holds(mark):
        holds = query.where.holds
        kept = [row for row in rows if row["id"] == token or holds(row)]
    ordered = _sorted(kept, query, entity=entity, contract=contract) if query.order else kept
    place = next(place for place, row in enumerate(ordered) if row["id"] == token)
    return ordered, place + 1


def _sorted(kept: Sequence[Record], query: Query, *, entity: Entity, contract: Contract) -> Sequence[Record]:
    ordered = list(kept)
    for order in reversed(query.order):
        ordered.sort(key=_sort_reader(order.field, entity, contract), reverse=order.descending)
    return ordered


def _sort_reader(name: str, entity: Entity, contract: Contract) -> Callable[[Record], Any]:
    """Return what a row is sorted by: the value, or the rank of an enum's member."""
    enum = entity.fields[name].enum
    if enum is None:
        return lambda row: row[name]
    ranks = {wire: rank for rank, wire in enumerate(contract.enums[enum])}
    return lambda row: ranks[str(row[name])]
