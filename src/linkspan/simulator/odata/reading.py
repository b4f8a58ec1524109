"""Answers GET: collections by the page, single records, counts, single properties and streams."""

from collections.abc import Mapping, Sequence

from linkspan.simulator.books.table import Record
from linkspan.simulator.odata.address import Step
from linkspan.simulator.odata.exchange import Answer, Ask, json_type
from linkspan.simulator.odata.fragments import Piece, Pieces
from linkspan.simulator.odata.full_metadata import bare
from linkspan.simulator.odata.keys import write_key
from linkspan.simulator.odata.navigation import Navigator
from linkspan.simulator.odata.options import Query, bind_query
from linkspan.simulator.odata.paging import Page, cut_page, matching, next_link, page_size
from linkspan.simulator.odata.representation import (
    Body,
    collection,
    collection_frame,
    context_list,
    encode,
    plain_text,
    single,
)
from linkspan.simulator.odata.streams import read_stream


def read(ask: Ask) -> Answer:
    """Return what the address of a GET names."""
    company = ask.company()
    navigator = Navigator(ask.desk, company, ask.level)
    last = ask.address.last
    signs = ask.desk.switches.al_filter_signs
    query = bind_query(ask.options, last.entity, ask.contract, many=last.many, signs=signs)
    if ask.address.count:
        return _count(ask, navigator, query)
    if last.many:
        return _page(ask, navigator, query)
    return _record(ask, navigator, query)


def context(ask: Ask, query: Query) -> str:
    """Return the context address of what the address names: contained sets by their path, others by their set."""
    steps = ask.address.steps
    company = ask.company()
    front = "" if company is None else f"companies({company.id})/"
    return f"{ask.root}/$metadata#{front}{_set_path(steps)}{context_list(query)}"


def one_answer(
    ask: Ask, query: Query, body: Body, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return the answer with one record."""
    address = f"{context(ask, query)}/$entity"
    kind = json_type(ask.level)
    if ask.level == "none":
        return Answer(status, encode(bare(body)), kind, headers or {})
    return Answer(status, single(address, body), kind, headers or {})


def _set_path(steps: tuple[Step, ...]) -> str:
    path = ""
    for step in steps:
        contained = step.link is not None and step.link.contained
        path = f"{path}/{step.name}" if contained else step.entity.set
        if step.key is not None and step is not steps[-1]:
            path = f"{path}({step.key_text})"
    return path


def _count(ask: Ask, navigator: Navigator, query: Query) -> Answer:
    steps = ask.address.steps
    found = matching(navigator.rows(steps[-1], navigator.owner(steps), query), query)
    # Clients decode this text as UTF-8 with a byte order mark, because the service sends one.
    return Answer(200, f"\ufeff{len(found)}".encode(), "text/plain")


def _page(ask: Ask, navigator: Navigator, query: Query) -> Answer:
    last, limits = ask.address.last, ask.desk.limits
    refuse = ask.desk.switches.oversized_page == "refuse"
    preferred = page_size(ask.preferences, limits.page_records, refuse=refuse)
    rows = navigator.rows(last, navigator.owner(ask.address.steps), query)
    page = cut_page(
        rows,
        query,
        preferred or limits.page_records,
        entity=last.entity,
        contract=ask.contract,
        find=navigator.finder(last, rows),
    )
    total = page.total if query.count else None
    following = next_link(ask.incoming.here, ask.incoming.raw_query, page) if page.following is not None else None
    applied = {"Preference-Applied": f"odata.maxpagesize={preferred}"} if preferred is not None else {}
    kept = _kept_pieces(ask, navigator, page, query)
    if kept:
        head, tail = collection_frame(context(ask, query), total=total, following=following)
        return Answer(200, headers=applied, pieces=Pieces(head, kept, tail))
    body = collection(
        context(ask, query), navigator.bodies(page.rows, last.entity, query), total=total, following=following
    )
    if ask.level == "none":
        return Answer(200, encode(bare(body)), json_type("none"), applied)
    return Answer(200, encode(body), json_type(ask.level), applied)


def _kept_pieces(ask: Ask, navigator: Navigator, page: Page, query: Query) -> Sequence[Piece]:
    """Return the records of a large page from the store, none where it cannot be kept."""
    if ask.level != "minimal" or query.expand:
        return ()
    return navigator.kept_pieces(page.rows, ask.address.last.entity, query)


def _record(ask: Ask, navigator: Navigator, query: Query) -> Answer:
    steps = ask.address.steps
    last, parent = steps[-1], navigator.owner(steps)
    if last.link is not None and not last.link.many and last.key is None and parent is not None:
        linked = navigator.linked(last.entity, last.link, parent)
        # A navigation that leads nowhere has no content; that is no missing record.
        if linked is None:
            return Answer(204, content_type=None)
        record = linked
    else:
        record = navigator.one(last, parent)
    if ask.address.field is not None:
        return _property(ask, navigator, record)
    return one_answer(ask, query, navigator.bodies([record], last.entity, query)[0])


def _property(ask: Ask, navigator: Navigator, record: Record) -> Answer:
    field = ask.address.field
    if field is None or field.type == "stream":
        return read_stream(ask, navigator, record)
    if ask.address.raw:
        return Answer(200, plain_text(record[field.name]).encode(), "text/plain")
    value: Body = {"value": record[field.name]}
    if ask.level != "none":
        value = {
            "@odata.context": f"{context(ask, Query())}({write_key(ask.address.last.entity, record)})/{field.name}",
            **value,
        }
    return Answer(200, encode(value), json_type(ask.level))
