"""What a person may try on a linked account: the account, the profile whose rules hold for it, and the actions that these let run."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkspan.connectors.action import Action
from linkspan.errors import ActionNotEnabledError, NotFoundError
from linkspan.model import Account, Caller, Profile
from linkspan.usecases.find_actions import find_among
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import Opening, runnable_actions
from linkspan.usecases.read_accounts import read_account

_MOST_FOUND = 30


@dataclass(frozen=True, slots=True)
class Chosen:
    """A linked account with the actions that may be run on it, by id in the connector's order; none while its profile is disabled."""

    account: Account
    profile: Profile
    actions: Mapping[str, Action]


async def choose_account(hall: Hall, caller: Caller, account_id: str) -> Chosen:
    """An account of the project and what may be run on it. Raises MissingScopeError, NotFoundError."""
    account = await read_account(hall, caller, account_id)
    profile = await hall.warm.profile(caller.project_id, account.profile_id)
    connector = hall.catalog.connectors.get(account.connector)
    if connector is None:
        raise NotFoundError(f"The connector {account.connector} of this account is not there any more.")
    found = runnable_actions(connector, Opening(account, profile)) if profile.enabled else []
    return Chosen(account, profile, {action.id: action for action in found})


def choose_action(hall: Hall, chosen: Chosen, action_id: str) -> Action:
    """One of the account's actions. Raises UnknownActionError, ActionNotEnabledError."""
    action = hall.catalog.find(action_id)
    if action.id not in chosen.actions:
        raise ActionNotEnabledError(f"{action.id} may not be run on the account {chosen.account.id}.")
    return action


def search_actions(hall: Hall, chosen: Chosen, question: str) -> list[Action]:
    """The account's actions that fit a question best first; all of them for an empty one. Raises InvalidInputError for one too long."""
    if not question:
        return list(chosen.actions.values())
    exact = [action for name, action in chosen.actions.items() if question.lower() in name]
    found = find_among(hall, question, chosen.actions.keys(), chosen.account.connector, _MOST_FOUND)
    return list({action.id: action for action in (*exact, *(one.action for one in found))}.values())[:_MOST_FOUND]
