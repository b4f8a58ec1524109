"""Answers GET: collections by the page, single records, counts and single properties."""

from linkspan.simulator.odata.address import Step
from linkspan.simulator.odata.exchange import Answer, Ask
from linkspan.simulator.odata.navigation import Navigator
from linkspan.simulator.odata.options import Query, bind_query
from linkspan.simulator.odata.paging import LARGEST_PAGE, cut_page, matching, next_link, page_size
from linkspan.simulator.odata.representation import collection, context_list, encode, single


def read(ask: Ask) -> Answer:
    """Return what the address of a GET names."""
    company = ask.company()
    navigator = Navigator(ask.environment, company, ask.contract, ask.root)
    last = ask.address.last
    query = bind_query(ask.options, last.entity, ask.contract, many=last.many)
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


def _set_path(steps: tuple[Step, ...]) -> str:
    path = ""
    for step in steps:
        contained = step.link is not None and step.link.contained
        path = f"{path}/{step.name}" if contained else step.entity.set
        if step.key is not None and step is not steps[-1]:
            path = f"{path}({step.key})"
    return path


def _count(ask: Ask, navigator: Navigator, query: Query) -> Answer:
    steps = ask.address.steps
    found = matching(navigator.rows(steps[-1], navigator.owner(steps), query), query)
    # Clients decode this text as UTF-8 with a byte order mark, because the service sends one.
    return Answer(200, f"\ufeff{len(found)}".encode(), "text/plain")


def _page(ask: Ask, navigator: Navigator, query: Query) -> Answer:
    last = ask.address.last
    preferred = page_size(ask.preferences)
    rows = navigator.rows(last, navigator.owner(ask.address.steps), query)
    page = cut_page(rows, query, preferred or LARGEST_PAGE, entity=last.entity, contract=ask.contract)
    body = collection(
        context(ask, query),
        navigator.bodies(page.rows, last.entity, query),
        total=page.total if query.count else None,
        following=next_link(ask.here, ask.raw_query, page) if page.following is not None else None,
    )
    applied = {"Preference-Applied": f"odata.maxpagesize={preferred}"} if preferred is not None else {}
    return Answer(200, body, headers=applied)


def _record(ask: Ask, navigator: Navigator, query: Query) -> Answer:
    steps = ask.address.steps
    last, parent = steps[-1], navigator.owner(steps)
    if last.link is not None and not last.link.many and parent is not None:
        linked = navigator.linked(last.entity, last.link, parent)
        # A navigation that leads nowhere has no content; that is no missing record.
        if linked is None:
            return Answer(204, content_type=None)
        record = linked
    else:
        record = navigator.one(last, parent)
    field = ask.address.field
    if field is not None and field.type == "stream":
        # No picture or document is kept, and an empty stream has no content.
        return Answer(204, content_type=None)
    if field is not None:
        value = {"@odata.context": f"{context(ask, Query())}({record['id']})/{field.name}", "value": record[field.name]}
        return Answer(200, encode(value))
    body = navigator.bodies([record], last.entity, query)[0]
    return Answer(200, single(f"{context(ask, query)}/$entity", body))
