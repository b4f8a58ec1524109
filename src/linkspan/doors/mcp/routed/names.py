"""The names by which Microsoft's own Business Central MCP server calls actions: what is done, the entity set, and the API page's number.

Source: Microsoft's documentation "Configure Business Central MCP Server", and the numbers in the source of the API app, which is public.
"""

import re
from collections.abc import Iterable, Mapping

from linkspan.connectors.action import Action
from linkspan.model import Verb

CONNECTOR = "dynamics365bc"
PAGES: Mapping[str, int] = {
    "accounts": 30014, "bankAccounts": 30051, "companyInformation": 30011, "currencies": 30019, "customerPaymentJournals": 30013,
    "customerPayments": 30055, "customers": 30009, "dimensions": 30021, "employees": 30017, "generalLedgerEntries": 30018,
    "itemCategories": 30025, "items": 30008, "journalLines": 30049, "journals": 30016, "purchaseInvoices": 30042,
    "purchaseOrders": 30066, "salesCreditMemos": 30038, "salesInvoices": 30012, "salesOrders": 30028, "salesQuotes": 30037,
    "taxAreas": 30036, "vendors": 30010,
}  # fmt: skip
"""Entity set → number of its API page, where it is known; the names of others end without one."""

_VERBS: Mapping[Verb, tuple[str, ...]] = {
    Verb.LIST: ("List",),
    Verb.CREATE: ("Create",),
    Verb.UPDATE: ("ListUpdate", "Modify", "Update"),
    Verb.DELETE: ("Delete",),
}
_SUFFIX = re.compile(r"_(?:PAG|QRY)(\d+)$", re.IGNORECASE)

KINDS: Mapping[str, Verb] = {
    "List": Verb.LIST,
    "Create": Verb.CREATE,
    "ListUpdate": Verb.UPDATE,
    "Modify": Verb.UPDATE,
    "Update": Verb.UPDATE,
    "Delete": Verb.DELETE,
    "BoundAction": Verb.ACT,
}
"""The kinds of actions that a search may be limited to."""


def name_of(action: Action) -> str | None:
    """The name of an action; None for reading one record, which that server does by a list with a filter."""
    verbs = _verbs_of(action)
    if not verbs:
        return None
    name = f"{verbs[0]}_{_capital(action.entity.set)}"
    page = PAGES.get(action.entity.set)
    return f"{name}_PAG{page}" if page is not None else name


class Names:
    """Finds actions by every form of their names that is in use: with and without underscores, `APIV2`, the page's number."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._found: dict[str, Action] = {}
        for action in actions:
            for verb in _verbs_of(action):
                for entity in (action.entity.set, action.entity.name):
                    self._found.setdefault((verb + entity).casefold(), action)

    def find(self, name: str) -> Action | None:
        """The action of a name, if there is one; a page's number that belongs to something else finds nothing."""
        suffix = _SUFFIX.search(name)
        plain = (name[: suffix.start()] if suffix else name).replace("_", "").casefold()
        action = self._found.get(plain) or self._found.get(plain.replace("apiv2", "", 1))
        if action is None or suffix is None:
            return action
        return action if PAGES.get(action.entity.set, int(suffix.group(1))) == int(suffix.group(1)) else None


def _verbs_of(action: Action) -> tuple[str, ...]:
    return (_capital(action.operation),) if action.operation else _VERBS.get(action.verb, ())


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
