"""Endpoints: linked accounts."""

from typing import Annotated

from fastapi import APIRouter, Query

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.account_answers import AccountAnswer, CheckUpAnswer
from linkspan.doors.rest.answers import Page
from linkspan.doors.rest.asks import AccountChangeAsk
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.errors import CursorInvalidError
from linkspan.model import AccountState, Owner
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.change_account import (
    AccountChange,
    archive_account,
    change_account,
    resume_account,
    suspend_account,
)
from linkspan.usecases.check_account import check_account
from linkspan.usecases.delete_account import delete_account
from linkspan.usecases.read_accounts import list_accounts, read_account

router = APIRouter(route_class=BoundedRoute, tags=["Accounts"])


@router.get("/accounts", summary="List linked accounts")
async def list_all(  # noqa: PLR0913 - each filter is one query parameter
    hall: HallOf,
    caller: CallerOf,
    connector: Annotated[list[str] | None, Query()] = None,
    profile_id: Annotated[list[str] | None, Query()] = None,
    state: Annotated[list[AccountState] | None, Query()] = None,
    origin_owner_id: Annotated[list[str] | None, Query()] = None,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
    page_size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page[AccountAnswer]:
    """Accounts that fit every given filter (a filter may be repeated), oldest first; archived ones only when `state` names them. Needs `platform:read`."""
    page = _page(cursor)
    wanted = AccountFilter(
        connectors=tuple(connector or ()),
        profile_ids=tuple(profile_id or ()),
        states=tuple(state or ()),
        owner_ids=tuple(origin_owner_id or ()),
        page=page,
        page_size=page_size,
    )
    found = await list_accounts(hall, caller, wanted)
    more = str(page + 1) if len(found) == page_size else None
    return Page(data=[await AccountAnswer.of(hall, account) for account in found], next=more)


@router.get("/accounts/{account_id}", summary="Get a linked account")
async def get(account_id: str, hall: HallOf, caller: CallerOf) -> AccountAnswer:
    """One account with its state and the reasons for it. Needs `platform:read`."""
    return await AccountAnswer.of(hall, await read_account(hall, caller, account_id))


@router.patch("/accounts/{account_id}", summary="Change a linked account")
async def change(account_id: str, ask: AccountChangeAsk, hall: HallOf, caller: CallerOf) -> AccountAnswer:
    """Change label, type, metadata, origin owner or whether it only reads; where it points is changed by linking again. Needs `platform:write`."""
    given = ask.model_fields_set
    changes = AccountChange()
    if "label" in given:
        changes["label"] = ask.label
    if "type" in given:
        changes["kind"] = ask.type
    if "metadata" in given:
        changes["metadata"] = ask.metadata
    if "read_only" in given:
        changes["read_only"] = ask.read_only
    if given & {"origin_owner_id", "origin_owner_name", "origin_username"}:
        before = (await read_account(hall, caller, account_id)).owner
        changes["owner"] = Owner(
            ask.origin_owner_id or before.id,
            ask.origin_owner_name or before.name,
            ask.origin_username if "origin_username" in given else before.username,
        )
    return await AccountAnswer.of(hall, await change_account(hall, caller, account_id, changes))


@router.post("/accounts/{account_id}/check", summary="Check a linked account")
async def check(account_id: str, hall: HallOf, caller: CallerOf) -> CheckUpAnswer:
    """Look at everything in order, ask the provider for a fresh token, and say what to fix first. Needs `platform:read`."""
    return CheckUpAnswer.of(account_id, await check_account(hall, caller, account_id))


@router.post("/accounts/{account_id}/suspend", summary="Suspend a linked account")
async def suspend(account_id: str, hall: HallOf, caller: CallerOf) -> AccountAnswer:
    """Refuse every action until the account is resumed; its grant is kept. Needs `platform:write`."""
    return await AccountAnswer.of(hall, await suspend_account(hall, caller, account_id))


@router.post("/accounts/{account_id}/resume", summary="Resume a suspended account")
async def resume(account_id: str, hall: HallOf, caller: CallerOf) -> AccountAnswer:
    """Take the account back into use. Needs `platform:write`."""
    return await AccountAnswer.of(hall, await resume_account(hall, caller, account_id))


@router.post("/accounts/{account_id}/archive", summary="Archive a linked account")
async def archive(account_id: str, hall: HallOf, caller: CallerOf) -> AccountAnswer:
    """Erase the account's tokens and close it, keeping the account and its log; linking it again opens it. Needs `platform:write`."""
    return await AccountAnswer.of(hall, await archive_account(hall, caller, account_id))


@router.delete("/accounts/{account_id}", summary="Unlink an account")
async def delete(account_id: str, hall: HallOf, caller: CallerOf) -> AccountAnswer:
    """Remove the account and its grant for good, and answer it as it was; its runs stay in the log. Needs `platform:write`."""
    return await AccountAnswer.of(hall, await delete_account(hall, caller, account_id))


def _page(cursor: str | None) -> int:
    if cursor is None:
        return 1
    if not cursor.isascii() or not cursor.isdigit() or not 1 <= int(cursor[:9]) < 10**6:
        raise CursorInvalidError
    return int(cursor[:9])
