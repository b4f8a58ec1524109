"""Orders the records of a collection, cuts one page out of them and writes the link to the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote_plus
from uuid import UUID

from linkspan.simulator.books.rules.flows import ComputedRows
from linkspan.simulator.books.table import Record
from linkspan.simulator.contract import Contract, Entity
from linkspan.simulator.faults import body_too_large, skip_token_gone
from linkspan.simulator.odata.keys import row_id
from linkspan.simulator.odata.options import Query

LARGEST_PAGE: Final = 20_000
"""Records on a page, unless the request prefers fewer or the limit is set lower."""

Finder = Callable[[UUID], int | None]
"""Returns the place among a set's rows of the one with this id."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, the count of all that match (when asked), and where the next page starts.

    `following` is the id of the last row when more are to come; `top` what is then left of the request's $top.
    """

    rows: Sequence[Record]
    total: int
    following: UUID | None = None
    top: int | None = None


def page_size(preferences: dict[str, str], largest: int = LARGEST_PAGE, *, refuse: bool = False) -> int | None:
    """Return the page size that the Prefer header asks for, None when it asks for none.

    A larger one than `largest` is held to that, or refused with 413.
    """
    text = preferences.get("odata.maxpagesize", preferences.get("maxpagesize", ""))
    if not (text.isascii() and text.isdecimal()) or int(text) == 0:
        return None
    if refuse and int(text) > largest:
        raise body_too_large()
    return min(int(text), largest)


def cut_page(
    rows: Sequence[Record], query: Query, size: int, *, entity: Entity, contract: Contract, find: Finder | None = None
) -> Page:
    """Return the page of at most `size` of the `rows` (given in primary-key order) that `query` wants.

    The token names the last row already seen, so rows added or deleted meanwhile shift nothing; raises 400
    SkipTokenIsNoLongerValid when that row is gone.
    """
    start = query.skip
    if query.order:
        kept = matching(rows, query)
        total = len(kept)
        kept, place = _ordered(rows, kept, query, entity=entity, contract=contract)
        start += place
    else:
        total = len(matching(rows, query)) if query.count else 0
        rest = _rest(rows, query, entity, find, most=start + size + 1 if query.where is None else None)
        kept = matching(rest, query, most=start + size + 1)
    left = len(kept) - start
    wanted = left if query.top is None else min(query.top, left)
    if wanted <= size:
        return Page(kept[start : start + max(wanted, 0)], total)
    page = kept[start : start + size]
    return Page(page, total, row_id(entity, page[-1]), None if query.top is None else query.top - size)


def matching(rows: Sequence[Record], query: Query, *, most: int | None = None) -> Sequence[Record]:
    """Return the rows that the filter of `query` lets pass, in their order; at most so many where it has a filter."""
    where = query.where
    if where is None:
        return rows
    if isinstance(rows, ComputedRows) and not where.fields & rows.computed:
        return rows.wrap(list(islice(filter(where.holds, rows.stored), most)))
    return list(islice(filter(where.holds, rows), most))


def next_link(address: str, raw_query: str, page: Page) -> str:
    """Return the address of the next page: the same options, what is left of $top, and the token."""
    parts = [part for part in raw_query.split("&") if part and _name_of(part) not in _REPLACED]
    if page.top is not None:
        parts.append(f"$top={page.top}")
    return f"{address}?{'&'.join([*parts, 'aid=FIN', f'$skiptoken={page.following}'])}"


_REPLACED: Final = frozenset({"$skiptoken", "$top", "$skip", "aid"})


def _name_of(part: str) -> str:
    return unquote_plus(part.partition("=")[0]).strip()


def _rest(
    rows: Sequence[Record], query: Query, entity: Entity, find: Finder | None, *, most: int | None
) -> Sequence[Record]:
    """Return the rows behind the token's, which may itself no longer pass the filter; at most so many of them."""
    token = query.after
    if token is None:
        return rows
    place = find(token) if find is not None else _place(rows, token, entity)
    if place is None:
        raise skip_token_gone()
    return rows[place + 1 : None if most is None else place + 1 + most]


def _place(rows: Sequence[Record], token: UUID, entity: Entity) -> int | None:
    stored = rows.stored if isinstance(rows, ComputedRows) else rows
    return next((place for place, row in enumerate(stored) if row_id(entity, row) == token), None)


def _ordered(
    rows: Sequence[Record], kept: Sequence[Record], query: Query, *, entity: Entity, contract: Contract
) -> tuple[Sequence[Record], int]:
    """Return the sorted rows and the place after the token's row (0 without a token)."""
    token = query.after
    if token is None:
        return _sorted(kept, query, entity=entity, contract=contract), 0
    at = _place(rows, token, entity)
    if at is None:
        raise skip_token_gone()
    if query.where is not None and not query.where.holds(rows[at]):
        holds = query.where.holds
        kept = [row for row in rows if row_id(entity, row) == token or holds(row)]
    ordered = _sorted(kept, query, entity=entity, contract=contract)
    return ordered, (_place(ordered, token, entity) or 0) + 1


def _sorted(kept: Sequence[Record], query: Query, *, entity: Entity, contract: Contract) -> Sequence[Record]:
    if isinstance(kept, ComputedRows) and not kept.computed & {order.field for order in query.order}:
        return kept.wrap(_sorted(kept.stored, query, entity=entity, contract=contract))
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
