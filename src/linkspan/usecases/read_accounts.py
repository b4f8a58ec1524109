"""The linked accounts of a project."""

from dataclasses import replace

from linkspan.errors import NotFoundError
from linkspan.model import Account, AccountState, Caller, KeyScope
from linkspan.providerauth.tokens import lease_name
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall


async def list_accounts(hall: Hall, caller: Caller, wanted: AccountFilter | None = None) -> list[Account]:
    """Accounts of the caller's project that fit the filter, oldest first."""
    require(caller, KeyScope.PLATFORM_READ)
    return await hall.accounts.list(caller.project_id, wanted or AccountFilter())


async def count_accounts(hall: Hall, caller: Caller) -> dict[AccountState, int]:
    """How many accounts of the caller's project are in each state. Raises MissingScopeError."""
    require(caller, KeyScope.PLATFORM_READ)
    return await hall.accounts.count_by_state(caller.project_id)


async def read_account(hall: Hall, caller: Caller, account_id: str) -> Account:
    """One account of the caller's project; `refreshing` while its token is being fetched. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_READ)
    account = await find_account(hall, caller.project_id, account_id)
    if account.state is AccountState.ACTIVE and await hall.leases.held(lease_name(account.id), hall.clock()):
        return replace(account, state=AccountState.REFRESHING)
    return account


async def find_account(hall: Hall, project_id: str, account_id: str) -> Account:
    """One account of a project, for other use cases. Raises NotFoundError."""
    account = await hall.accounts.read(project_id, account_id)
    if account is None:
        raise NotFoundError("There is no such account in this project.")
    return account
