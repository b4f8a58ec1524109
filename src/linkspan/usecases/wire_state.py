"""What an account's state is called on the wire of the compatible doors, and which error closes it: one table for all of them."""

from collections.abc import Callable, Mapping

from linkspan.errors import (
    AccountArchivedError,
    AccountRevokedError,
    AccountSuspendedError,
    LinkspanError,
    NeedsReauthError,
)
from linkspan.model import Account, AccountState, Profile
from linkspan.providerauth.refresh import needs_reauth

# The five states of a grant by design section 5 (Errors), and the two that newer clients name (wire contract, section 1); older
# clients keep the state as an open text.
_WIRE_STATES: Mapping[AccountState, str] = {
    AccountState.ACTIVE: "active",
    AccountState.REFRESHING: "active",
    AccountState.DEGRADED: "active",
    AccountState.NEEDS_REAUTH: "expired",
    AccountState.REVOKED: "error",
    AccountState.SUSPENDED: "suspended",
    AccountState.ARCHIVED: "archived",
}
_CLOSED: Mapping[AccountState, type[LinkspanError]] = {
    AccountState.SUSPENDED: AccountSuspendedError,
    AccountState.ARCHIVED: AccountArchivedError,
    AccountState.REVOKED: AccountRevokedError,
    AccountState.NEEDS_REAUTH: NeedsReauthError,
}


def wire_state(account: Account, profile: Profile) -> str:
    """`active`, `expired`, `error`, `suspended`, `archived` or (profile switched off) `inactive`; a degraded account is `active`, and its reasons tell the rest."""
    state = _WIRE_STATES[account.state]
    return state if profile.enabled or account.state is AccountState.ARCHIVED else "inactive"


def closing_error(account: Account, facts: Callable[[], Mapping[str, str]]) -> LinkspanError | None:
    """The error that every action on an account in this state meets; None: the account is open. `facts` gives what remedies name."""
    kind = _CLOSED.get(account.state)
    if kind is None:
        return None
    if kind is NeedsReauthError:
        return needs_reauth(account.reasons[-1] if account.reasons else None, facts())
    return kind()
