"""Which linked account a caller means who names the provider's own place (tenant, environment, company) and no account of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkspan.errors import InvalidInputError, Mistake, NotFoundError
from linkspan.model import Account, Caller, KeyScope, Profile
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import USABLE, Opening, open_accounts


@dataclass(frozen=True, slots=True)
class Place:
    """Where a provider's own client points: account fields by name, each with the values that it may have (a company's id or name)."""

    connector: str
    fields: tuple[tuple[tuple[str, ...], str], ...]

    def has(self, account: Account) -> bool:
        """Whether an account points there; letter case does not matter, as it does not to the provider."""
        return all(
            value.casefold() in {account.fields.get(name, "").casefold() for name in names}
            for names, value in self.fields
        )

    def __str__(self) -> str:
        return ", ".join(value for _, value in self.fields)


async def route_to_account(hall: Hall, caller: Caller, place: Place, account_id: str | None = None) -> Opening:
    """The one account of the caller's project that points there; `account_id` chooses among several.

    Raises MissingScopeError, NotFoundError where there is none, InvalidInputError where there are several.
    """
    require(caller, KeyScope.ACTIONS_READ)
    found = await hall.warm.remembered(
        ("routed", caller.project_id, place), lambda: _pointing_there(hall, caller.project_id, place)
    )
    openings = [opening for each in found or () for opening in await _opened(hall, caller, each)]
    if account_id is not None:
        openings = [opening for opening in openings if opening.account.id == account_id]
    if not openings:
        message = f"No linked account that this caller may use points to {place}."
        raise NotFoundError(
            message, next_step="Check tenant, environment and company, or have the customer link the account."
        )
    if len(openings) > 1:
        ids = ", ".join(opening.account.id for opening in openings)
        mistake = Mistake("headers.x-account-id", f"is needed: the accounts {ids} all point to {place}")
        raise InvalidInputError(str(mistake), mistakes=[mistake])
    return openings[0]


async def rules_named(hall: Hall, caller: Caller, opening: Opening, name: str) -> Profile:
    """The connector profile of the caller's project that has this name or id, for an account of the same connector.

    A sign-in was given what the account's own profile enables, so it can name no other. Raises NotFoundError, InvalidInputError for several.
    """
    connector = opening.account.connector
    if caller.bounds is not None:
        profiles: Sequence[Profile] | None = [opening.profile]
    else:
        profiles = await hall.warm.remembered(
            ("profiles", caller.project_id, connector), lambda: hall.profiles.list(caller.project_id, connector)
        )
    found = [profile for profile in profiles or () if profile.enabled and name in {profile.name, profile.id}]
    if not found:
        message = f"There is no enabled connector profile named {name!r} here."
        raise NotFoundError(
            message, next_step="Name a connector profile of the project, or leave the name out to read only."
        )
    if len(found) > 1:
        ids = ", ".join(profile.id for profile in found)
        mistake = Mistake("headers.ConfigurationName", f"names several profiles: use one of {ids}")
        raise InvalidInputError(str(mistake), mistakes=[mistake])
    return found[0]


async def _pointing_there(hall: Hall, project_id: str, place: Place) -> Sequence[str] | None:
    page, found = 1, []
    while True:
        wanted = AccountFilter(connectors=(place.connector,), states=USABLE, page=page)
        accounts = await hall.accounts.list(project_id, wanted)
        found += [account.id for account in accounts if place.has(account)]
        if len(accounts) < wanted.page_size:
            return found or None
        page += 1


async def _opened(hall: Hall, caller: Caller, account_id: str) -> list[Opening]:
    """The account, or nothing where this caller may not know of it."""
    try:
        return await open_accounts(hall, caller, [account_id])
    except NotFoundError:
        return []
