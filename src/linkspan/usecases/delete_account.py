"""Unlinking an account for good."""

from linkspan.model import Account, Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import find_account


async def delete_account(hall: Hall, caller: Caller, account_id: str) -> Account:
    """Remove an account with its grant; its runs stay in the log. Answers the account as it was. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    account = await find_account(hall, caller.project_id, account_id)
    note = note_of(hall, caller, "account.deleted", account.id)
    await hall.accounts.remove(account.project_id, account.id, note.at, note)
    hall.warm.drop()
    hall.tokens.forget(account.id)
    return account
