"""Company names: a company may be given by name wherever its id is wanted; the list is read once and remembered."""

import time
from dataclasses import dataclass, field

from linkspan.connectors.names import nearest
from linkspan.engine.call import COMPANY, Position, Target
from linkspan.engine.exchange import Exchange
from linkspan.engine.urls import next_tail
from linkspan.errors import CompanyNotFoundError

_MOST_PAGES = 50
_KEEP_SECONDS = 600.0
_MOST_ACCOUNTS = 10_000


@dataclass(slots=True)
class Companies:
    """The companies of each account, by name and display name in lower case."""

    _known: dict[tuple[str, str], tuple[float, dict[str, str]]] = field(default_factory=dict)

    async def id_of(self, target: Target, name: str, exchange: Exchange) -> str:
        """The id of the company of that name or display name. Raises CompanyNotFoundError with the nearest name."""
        at, now = (target.account_id, target.api_root), time.monotonic()
        until, ids = self._known.get(at, (0.0, {}))
        if until < now or name.lower() not in ids:
            ids = await _read(target, exchange)
            if len(self._known) > _MOST_ACCOUNTS:
                self._known.clear()
            self._known[at] = (now + _KEEP_SECONDS, ids)
        found = ids.get(name.lower())
        if found is None:
            near = nearest(name, ids)
            hint = f" Did you mean {near!r}?" if near else ""
            message = f"There is no company {name[:100]!r} in this environment.{hint}"
            raise CompanyNotFoundError(message)
        return found


async def _read(target: Target, exchange: Exchange) -> dict[str, str]:
    connector = target.connector
    choice = next((field.choice for field in connector.account_fields if field.name == COMPANY and field.choice), None)
    if choice is None:
        message = f"{connector.name} has no list of companies: give the company's id."
        raise CompanyNotFoundError(message)
    names = [choice.label, *choice.also.values()]
    path = connector.actions[choice.action].path
    position = Position(f"{path}?$select={','.join([choice.value, *names])}", {}, 0)
    found: list[dict[str, str]] = [{} for _ in names]
    for _ in range(_MOST_PAGES):
        page = await exchange.read(f"{target.api_root}/{position.tail}")
        rows = page.get("value")
        for row in rows if isinstance(rows, list) else ():
            for ids, name in zip(found, names, strict=True):
                ids.setdefault(str(row.get(name, "")).lower(), str(row.get(choice.value)))
        if "@odata.nextLink" not in page:
            break
        position = Position(next_tail(target, position, page["@odata.nextLink"]), {}, 0)
    # A display name may be shared, and then the first company has it; the technical names, which come last, are unique and win.
    return {name: company for ids in found for name, company in ids.items()}
