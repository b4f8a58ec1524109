"""Which actions a caller may run, and on which of the project's linked accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkspan.connectors.action import Action, Connector
from linkspan.errors import NotFoundError
from linkspan.model import Account, AccountState, Caller, KeyScope, Profile
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.access import check_named, has, needed_for, permits, reaches, require
from linkspan.usecases.hall import Hall

MOST_ACCOUNTS = 50
"""So many accounts are looked at when the caller names none."""

USABLE = (AccountState.ACTIVE, AccountState.REFRESHING, AccountState.DEGRADED, AccountState.NEEDS_REAUTH)


@dataclass(frozen=True, slots=True)
class Opening:
    """A linked account and the profile whose rules hold for it."""

    account: Account
    profile: Profile


@dataclass(frozen=True, slots=True)
class Offer:
    """One action, and the accounts that it may be run on."""

    action: Action
    accounts: tuple[Account, ...]


async def open_accounts(hall: Hall, caller: Caller, account_ids: Sequence[str]) -> list[Opening]:
    """The named accounts with their profiles, or all usable ones (of the project, or of the caller's sign-in) when none is named.

    Raises MissingScopeError, NotFoundError (also for another project's account).
    """
    require(caller, KeyScope.ACTIONS_READ)
    if account_ids:
        for account_id in account_ids:
            check_named(caller, account_id)
        accounts = [await hall.warm.account(caller.project_id, account_id) for account_id in account_ids]
    elif caller.bounds is not None:
        chosen = [await _if_there(hall, caller.project_id, account_id) for account_id in caller.bounds.accounts]
        accounts = [account for account in chosen if account is not None and account.state in USABLE]
    else:
        usable = AccountFilter(states=USABLE, page_size=MOST_ACCOUNTS)
        accounts = await hall.accounts.list(caller.project_id, usable)
    reached = [account for account in accounts if reaches(caller, account)]
    return [Opening(account, await hall.warm.profile(caller.project_id, account.profile_id)) for account in reached]


def offers_of(hall: Hall, caller: Caller, openings: Sequence[Opening], only: Action | None = None) -> list[Offer]:
    """Every action that the profiles enable and the caller may run, in the catalog's order.

    A disabled profile offers nothing, an account that only reads no writes. With `only` no other action is looked at, however many there are.
    """
    found: dict[str, list[Account]] = {}
    for opening in openings:
        for action in _enabled(hall, opening, only):
            if has(caller, needed_for(action)) and permits(caller, opening.account, action):
                found.setdefault(action.id, []).append(opening.account)
    looked_at = hall.catalog.actions.items() if only is None else [(only.id, only)]
    return [Offer(action, tuple(found[name])) for name, action in looked_at if name in found]


def _enabled(hall: Hall, opening: Opening, only: Action | None) -> list[Action]:
    profile, key = opening.profile, opening.account.connector
    if not profile.enabled:
        return []
    if only is None:
        return runnable_actions(hall.catalog.connectors[key], opening)
    fits = only.connector == key and _enables(profile, only) and not (opening.account.read_only and only.verb.writes)
    return [only] if fits else []


async def _if_there(hall: Hall, project_id: str, account_id: str) -> Account | None:
    """An account that was chosen once and may be gone."""
    try:
        return await hall.warm.account(project_id, account_id)
    except NotFoundError:
        return None


def enabled_actions(connector: Connector, profile: Profile) -> list[Action]:
    """The connector's actions that a profile enables: those it chose, else the connector's default selection."""
    return [action for action in connector.actions.values() if _enables(profile, action)]


def runnable_actions(connector: Connector, opening: Opening) -> list[Action]:
    """Those of them that the account itself lets run: one that only reads has no writes."""
    enabled = enabled_actions(connector, opening.profile)
    return [action for action in enabled if not action.verb.writes] if opening.account.read_only else enabled


def _enables(profile: Profile, action: Action) -> bool:
    chosen = profile.enabled_actions
    return action.default if chosen is None else action.id in chosen
