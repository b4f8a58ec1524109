"""What a person can choose from when a client signs in: their accounts, and the areas of the business whose actions it may use."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from linkspan.connectors.action import Action
from linkspan.model import Account, Caller, KeyScope
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.hall import Hall
from linkspan.usecases.name_grantor import Grantor
from linkspan.usecases.offer_actions import USABLE, Opening, runnable_actions

SHOWN_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Area:
    """The actions of one kind of record: `id` names it in a form, `reads` and `writes` are action ids."""

    id: str
    label: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentOffer:
    """The accounts that fit a search (those named before among them), whether more do, and the areas of all of them."""

    openings: tuple[Opening, ...]
    more: bool
    areas: tuple[Area, ...]


async def offer_consent(hall: Hall, grantor: Grantor, *, search: str = "", named: Collection[str] = ()) -> ConsentOffer:
    """What this person can choose from; `named` are account ids of any origin, of which only the person's own are kept."""
    chosen = await accounts_of(hall, grantor, named) if named else []
    wanted = AccountFilter(
        states=USABLE, owner_ids=_owners(grantor), search=search.strip()[:100], page_size=SHOWN_AT_ONCE + 1
    )
    found = await hall.accounts.list(grantor.project_id, wanted)
    both = {account.id: account for account in (*chosen, *found[:SHOWN_AT_ONCE])}
    openings = tuple([await _opening(hall, account) for account in both.values()])
    return ConsentOffer(openings, len(found) > SHOWN_AT_ONCE, tuple(areas_of(hall, openings)))


async def accounts_of(hall: Hall, grantor: Grantor, account_ids: Iterable[str]) -> list[Account]:
    """Those of the ids that name accounts which this person can let somebody use."""
    ids = tuple(account_ids)
    if not ids:
        return []
    wanted = AccountFilter(states=USABLE, owner_ids=_owners(grantor), account_ids=ids)
    return await hall.accounts.list(grantor.project_id, wanted)


def areas_of(hall: Hall, openings: Sequence[Opening]) -> list[Area]:
    """Every area with an action that some account's profile enables, in the connectors' order."""
    found: dict[tuple[str, str], list[Action]] = {}
    seen = set()
    for opening in openings:
        kind = (opening.profile.id, opening.account.read_only)
        if kind in seen or not opening.profile.enabled:
            continue
        seen.add(kind)
        connector = hall.catalog.connectors[opening.account.connector]
        for action in runnable_actions(connector, opening):
            known = found.setdefault((action.connector, action.resource), [])
            if action not in known:
                known.append(action)
    several = len({connector for connector, _ in found}) > 1
    return [_area(hall, place, actions, several=several) for place, actions in found.items()]


def _area(hall: Hall, place: tuple[str, str], actions: Sequence[Action], *, several: bool) -> Area:
    connector, resource = place
    label = resource.replace("_", " ").capitalize()
    return Area(
        id=f"{connector}.{resource}",
        label=f"{label} ({hall.catalog.connectors[connector].name})" if several else label,
        reads=tuple(action.id for action in actions if not action.verb.writes),
        writes=tuple(action.id for action in actions if action.verb.writes),
    )


async def _opening(hall: Hall, account: Account) -> Opening:
    return Opening(account, await hall.warm.profile(account.project_id, account.profile_id))


def _owners(grantor: Grantor) -> tuple[str, ...]:
    return () if grantor.owner_id is None else (grantor.owner_id,)


def caller_of(grantor: Grantor) -> Caller:
    """Who the audit log shall say it was."""
    return Caller(grantor.project_id, ALL_SCOPES & {KeyScope.ACTIONS}, key_id=grantor.key_id, source="mcp_sign_in")
