"""Reads what an address or the selector's form asks of a guide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from linkspan.connectors.action import Action, Connector
from linkspan.model import Verb
from linkspan.usecases.guide_address import with_query
from linkspan.usecases.guide_selection import Selection, read_selection, select, write_selection
from linkspan.usecases.read_guide import GuideRequest

OPTIONS = ("sep", "for", "client", "tenant", "profile")


@dataclass(frozen=True, slots=True)
class Asked:
    """A guide request, and whether it came as the selector's long form, which is answered with the short address."""

    request: GuideRequest
    long_form: bool


def read_asked(connector: Connector, kind: str, method: str, query: QueryParams) -> Asked:
    """The request behind a query: `a` is the short selection; `form`, `actions` and `pick` are the selector's fields."""
    search = query.get("q", "").strip()[:100]
    long_form = "form" in query or "actions" in query
    if long_form:
        selection = _from_form(connector, query.getlist("actions"), query.get("pick", ""), search)
    else:
        selection = read_selection(connector, query.get("a", ""))
    options = {name: query[name].strip() for name in OPTIONS if query.get(name, "").strip()}
    return Asked(GuideRequest(connector, kind, method, selection, options, search), long_form)


def short_address(asked: Asked, path: str, dynamic: str) -> str:
    """Where a long form is sent: the short address on this path, with what the form cannot put there itself.

    `dynamic` is the guide's dynamic address. What names no action stays in it, so that the notice is not lost.
    """
    query = dynamic.partition("?")[2]
    address = f"{path}?{query}" if query else path
    unknown = "~".join(item.name for item in asked.request.selection.unknown)
    if unknown:
        chosen = write_selection(asked.request.connector, asked.request.selection.chosen)
        return with_query(
            path, {**asked.request.options, "a": f"{chosen}~{unknown}".strip("~"), "q": asked.request.search}
        )
    if asked.request.search:
        address = with_query(path, {"q": asked.request.search}) + (f"&{query}" if query else "")
    return address


def _from_form(connector: Connector, ticked: Sequence[str], pick: str, search: str) -> Selection:
    """The ticked actions; a button ticks or clears those that the search shows."""
    chosen = set(ticked)
    shown = {action.id for action in connector.actions.values() if _fits(action, search)}
    picks: Mapping[str, set[str]] = {
        "all": chosen | shown,
        "none": chosen - shown,
        "read": (chosen - shown) | {id_ for id_ in shown if connector.actions[id_].verb in (Verb.LIST, Verb.GET)},
    }
    return select(connector, picks.get(pick, chosen))


def _fits(action: Action, search: str) -> bool:
    text = f"{action.label} {action.id} {' '.join(action.required_scopes)}".lower()
    return all(word in text for word in search.lower().split())
