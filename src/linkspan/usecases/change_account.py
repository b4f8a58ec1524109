"""Changing, suspending, resuming and archiving a linked account."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypedDict

from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Account, AccountState, Caller, KeyScope, Owner, StateReason
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import find_account

KINDS = ("production", "test")


class AccountChange(TypedDict, total=False):
    """What to change of an account; an absent name stays as it is."""

    owner: Owner
    label: str | None
    kind: str
    metadata: Mapping[str, object]
    read_only: bool


async def change_account(hall: Hall, caller: Caller, account_id: str, change: AccountChange) -> Account:
    """Change what the integrator says about an account; where it points is changed by linking again. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    before = await find_account(hall, caller.project_id, account_id)
    if change.get("kind", before.kind) not in KINDS:
        raise InvalidInputError(mistakes=[Mistake("type", "is production or test")])
    after = replace(before, **change, updated_at=hall.clock())
    await hall.accounts.change(after, note_of(hall, caller, "account.changed", after.id, change))
    hall.warm.drop()
    return after


async def suspend_account(hall: Hall, caller: Caller, account_id: str) -> Account:
    """Stop every action on an account until it is resumed; its grant is kept. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    before = await find_account(hall, caller.project_id, account_id)
    now = hall.clock()
    if before.state is not AccountState.SUSPENDED:
        reason = StateReason("suspended", "The account was suspended.", now)
        note = note_of(hall, caller, "account.suspended", before.id)
        await hall.accounts.suspend(before.project_id, before.id, reason, now, note)
        hall.warm.drop()
    return await find_account(hall, caller.project_id, account_id)


async def resume_account(hall: Hall, caller: Caller, account_id: str) -> Account:
    """Take a suspended account back into use, in the state that it had before. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    before = await find_account(hall, caller.project_id, account_id)
    if before.state is AccountState.SUSPENDED:
        note = note_of(hall, caller, "account.resumed", before.id)
        await hall.accounts.resume(before.project_id, before.id, note.at, note)
        hall.warm.drop()
    return await find_account(hall, caller.project_id, account_id)


async def archive_account(hall: Hall, caller: Caller, account_id: str) -> Account:
    """Close an account and erase its tokens, but keep the account itself and its log; linking it again opens it.

    Lists leave it out unless it is asked for. Raises NotFoundError.
    """
    require(caller, KeyScope.PLATFORM_WRITE)
    before = await find_account(hall, caller.project_id, account_id)
    now = hall.clock()
    if before.state is not AccountState.ARCHIVED:
        reason = StateReason("archived", "The account was archived, and its tokens were erased.", now)
        note = note_of(hall, caller, "account.archived", before.id)
        await hall.accounts.close((before.project_id, before.id), AccountState.ARCHIVED, reason, note)
        hall.warm.drop()
        hall.tokens.forget(before.id)
    return await find_account(hall, caller.project_id, account_id)
