"""`/accounts`: linked accounts as the published clients list, read, change and delete them (wire contract 2.4)."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.compat.asked import answer_of, caller_of, count_of, values_of
from linkspan.doors.compat.given import Given
from linkspan.doors.compat.moments import moment
from linkspan.doors.porch.body import read_object
from linkspan.model import Account, AccountState, Caller, Owner, Profile
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.change_account import AccountChange, change_account
from linkspan.usecases.delete_account import delete_account
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import list_accounts, read_account
from linkspan.usecases.read_profiles import list_profiles
from linkspan.usecases.wire_state import wire_state

_MOST = 1000
# What an account is linked with is changed by linking it again, never by a PATCH.
_BY_LINKING = ("credentials", "setup_information", "secrets", "authentication_config_key", "environment")
# The clients demand a category; connectors have none of their own, and every one so far leads to a company's books.
_CATEGORY = "accounting"


class Accounts:
    """The endpoints of linked accounts."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def list_all(self, request: Request) -> Response:
        """A bare array of the accounts that fit every given filter, oldest first."""
        caller = await caller_of(self._hall, request)
        query = request.query_params
        page, size = count_of(query, "page", 1, most=10**6), count_of(query, "page_size", _MOST, most=_MOST)
        wanted = AccountFilter(
            connectors=values_of(query, "provider", "providers"),
            account_ids=values_of(query, "account_ids"),
            owner_ids=values_of(query, "origin_owner_id", "origin_owner_ids"),
            page=page,
            page_size=size,
        )
        profiles = await self._profiles(caller)
        states = frozenset(state.lower() for state in values_of(query, "status"))
        if states:
            found = await self._in_states(caller, wanted, profiles, states)
        else:
            found = await list_accounts(self._hall, caller, wanted)
        return answer_of([self._record(account, profiles) for account in found])

    async def get(self, request: Request) -> Response:
        """One account."""
        caller = await caller_of(self._hall, request)
        account = await read_account(self._hall, caller, request.path_params["account"])
        return answer_of(self._record(account, await self._profiles(caller)))

    async def change(self, request: Request) -> Response:
        """Change what the integrator says about an account."""
        caller = await caller_of(self._hall, request)
        before = await read_account(self._hall, caller, request.path_params["account"])
        account = await change_account(self._hall, caller, before.id, _changes(await read_object(request), before))
        return answer_of(self._record(account, await self._profiles(caller)))

    async def delete(self, request: Request) -> Response:
        """Unlink an account for good; answers it as it was."""
        caller = await caller_of(self._hall, request)
        profiles = await self._profiles(caller)
        return answer_of(
            self._record(await delete_account(self._hall, caller, request.path_params["account"]), profiles)
        )

    async def meta(self, request: Request) -> Response:
        """Which provider an account belongs to; there are no unified models here."""
        caller = await caller_of(self._hall, request)
        account = await read_account(self._hall, caller, request.path_params["account"])
        return answer_of({"provider": account.connector, "category": _CATEGORY, "models": {}})

    async def _profiles(self, caller: Caller) -> Mapping[str, Profile]:
        return {profile.id: profile for profile in await list_profiles(self._hall, caller)}

    async def _in_states(
        self, caller: Caller, wanted: AccountFilter, profiles: Mapping[str, Profile], states: frozenset[str]
    ) -> list[Account]:
        """A page of the accounts whose state on the wire is asked for: it depends on the profile too, so it is sorted out here."""
        skip, fitting, at = (wanted.page - 1) * wanted.page_size, list[Account](), 1
        while len(fitting) < skip + wanted.page_size:
            some = AccountFilter(
                connectors=wanted.connectors, account_ids=wanted.account_ids, owner_ids=wanted.owner_ids, page=at, page_size=_MOST,
                states=tuple(AccountState),
            )  # fmt: skip
            found = await list_accounts(self._hall, caller, some)
            fitting += [account for account in found if wire_state(account, profiles[account.profile_id]) in states]
            if len(found) < _MOST:
                break
            at += 1
        return fitting[skip : skip + wanted.page_size]

    def _record(self, account: Account, profiles: Mapping[str, Profile]) -> dict[str, object]:
        connector = self._hall.catalog.connectors.get(account.connector)
        return {
            "id": account.id,
            "provider": account.connector,
            "provider_name": connector.name if connector else None,
            "status": wire_state(account, profiles[account.profile_id]),
            "status_reasons": [
                {"code": reason.code, "description": reason.description, "timestamp": moment(reason.at)}
                for reason in account.reasons
            ],
            "origin_owner_id": account.owner.id,
            "origin_owner_name": account.owner.name,
            "origin_username": account.owner.username,
            "credentials": None,
            "setup_information": dict(account.fields),
            "label": account.label,
            "shared": False,
            "type": account.kind,
            "integration_id": account.profile_id,
            "metadata": dict(account.metadata),
            "created_at": moment(account.created_at),
            "updated_at": moment(account.updated_at),
        }


def _changes(body: dict[str, object], before: Account) -> AccountChange:
    given, change = Given(body), AccountChange()
    for name in _BY_LINKING:
        if body.get(name):
            given.wrong(name, "is changed by linking the account again: open a connect session with its account_id")
    for name, now in (("provider", before.connector), ("integration_id", before.profile_id)):
        if given.text(name) not in {None, now}:
            given.wrong(name, "cannot be changed")
    if isinstance(body.get("label"), str):
        change["label"] = given.text("label")
    elif body.get("label"):
        # The TypeScript client declares the label as an object, of which nothing arrives; one with a text in it is taken.
        texts = [value for value in (given.record("label") or {}).values() if isinstance(value, str)]
        change["label"] = texts[0] if texts else before.label
    if (kind := given.kind()) is not None:
        change["kind"] = kind
    if (metadata := given.record("metadata")) is not None:
        change["metadata"] = metadata
    owner = before.owner
    change["owner"] = Owner(
        given.text("origin_owner_id") or owner.id,
        given.text("origin_owner_name") or owner.name,
        given.text("origin_username") or owner.username,
    )
    given.check()
    return change
