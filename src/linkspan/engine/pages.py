"""Lists page by page: server-driven paging followed safely, `top` kept over pages, and a position to go on from."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from linkspan.connectors.vocabulary import TOP_PAGES
from linkspan.engine.call import Call, Position
from linkspan.engine.exchange import Exchange
from linkspan.engine.shape import Record, Shaper
from linkspan.engine.urls import list_tail, next_tail
from linkspan.errors import ProviderAnswerError, TooManyRowsError

MOST_ROWS_AT_ONCE = 10_000
STREAMED_PAGE = 1000
# Beyond these a provider is only sending us round: 20,000 pages of 100 rows, or a long way without a single row.
_MOST_PAGES = 20_000
_MOST_EMPTY_PAGES = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, where the list goes on (None: it ends), and the count of all rows when it was asked for."""

    rows: list[Record]
    next: Position | None
    count: int | None


async def read_page(call: Call, exchange: Exchange, position: Position, shape: Shaper) -> Page:
    """One page of at most `position.page_size` rows."""
    if position.page > _MOST_PAGES:
        message = f"The list did not end after {_MOST_PAGES} pages."
        raise ProviderAnswerError(message, next_step="Use a filter, or larger pages.")
    headers = None if _by_top(call) else {"Prefer": f"odata.maxpagesize={position.page_size}"}
    answer = await exchange.read(f"{call.target.api_root}/{position.tail}", headers)
    rows = answer.get("value")
    if not isinstance(rows, list) or not all(type(row) is dict for row in rows):
        message = "The provider's answer is no list of records."
        raise ProviderAnswerError(message)
    count = answer.get("@odata.count")
    wanted = rows[position.offset :] if position.offset else rows
    if position.remaining is not None:
        wanted = wanted[: position.remaining]
    given = wanted[: position.page_size]
    following = _following(call, position, len(wanted), len(given), answer.get("@odata.nextLink"))
    return Page([shape(row) for row in given], following, count if isinstance(count, int) else None)


async def every_page(call: Call, exchange: Exchange, position: Position, shape: Shaper) -> AsyncGenerator[Page, None]:
    """All pages from a position on. Raises ProviderAnswerError when the provider sends us round in circles."""
    following: Position | None = position
    seen: set[str] = set()
    empty = 0
    while following is not None:
        if not following.offset:
            if following.tail in seen or empty > _MOST_EMPTY_PAGES:
                message = "The provider's links to the next page go round in circles."
                raise ProviderAnswerError(message)
            seen.add(following.tail)
        page = await read_page(call, exchange, following, shape)
        empty = 0 if page.rows else empty + 1
        following = page.next
        yield page


async def collect(call: Call, exchange: Exchange, position: Position, shape: Shaper) -> Page:
    """All rows in one answer. Raises TooManyRowsError above MOST_ROWS_AT_ONCE, naming the way that has no such bound."""
    rows: list[Record] = []
    count: int | None = None
    async for page in every_page(call, exchange, position, shape):
        rows += page.rows
        count = page.count if count is None else count
        if len(rows) > MOST_ROWS_AT_ONCE or (page.next is not None and len(rows) == MOST_ROWS_AT_ONCE):
            message = f"The list has more than {MOST_ROWS_AT_ONCE} rows, too many for one answer."
            step = f"Stream it: POST /v1/actions/{call.action.id} with Accept: application/x-ndjson; or use a filter or the cursor."
            raise TooManyRowsError(message, next_step=step)
    return Page(rows, None, count)


def _following(call: Call, position: Position, wanted: int, given: int, link: object) -> Position | None:
    remaining = None if position.remaining is None else position.remaining - given
    if wanted > given:
        return after_rows(position, given)
    if link is None or remaining == 0:
        return None
    return Position(
        next_tail(call.target, position, link), position.path, position.page_size, position.page + 1, 0, remaining
    )


def after_rows(position: Position, given: int) -> Position:
    """Where a list goes on when only `given` rows of a page were taken: the same page again, from further down."""
    remaining = None if position.remaining is None else position.remaining - given
    return replace(position, page=position.page + 1, offset=position.offset + given, remaining=remaining)


def first_position(call: Call, path: str, page_size: int) -> Position:
    """Where a list begins: at the caller's cursor, else at the first page of `path`. `page_size` unless the caller says otherwise."""
    size, top = call.query.get("page_size"), call.query.get("top")
    if call.position is not None:
        return replace(call.position, page_size=size) if isinstance(size, int) else call.position
    chosen = size if isinstance(size, int) else page_size
    remaining = top if isinstance(top, int) else None
    rows = max(1, chosen if remaining is None else min(chosen, remaining))
    return Position(list_tail(call, path, rows if _by_top(call) else None), call.path, rows, remaining=remaining)


def _by_top(call: Call) -> bool:
    """Whether `$top` is a page's size; the caller's own `top` is then counted here alone."""
    return call.target.connector.pagination == TOP_PAGES
