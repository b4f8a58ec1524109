"""What an account's state is called on the wire of the compatible doors, and which error closes it: one table for all of them."""

from collections.abc import Mapping

from linkspan.errors import AccountRevokedError, AccountSuspendedError, LinkspanError, NeedsReauthError
from linkspan.model import Account, AccountState, Profile

# The five states of a grant by design section 5 (Errors); `suspended` is ours, and to a client the account is then inactive.
_WIRE_STATES: Mapping[AccountState, str] = {
    AccountState.ACTIVE: "active",
    AccountState.REFRESHING: "active",
    AccountState.DEGRADED: "active",
    AccountState.NEEDS_REAUTH: "expired",
    AccountState.REVOKED: "error",
    AccountState.SUSPENDED: "inactive",
}
_CLOSED: Mapping[AccountState, type[LinkspanError]] = {
    AccountState.SUSPENDED: AccountSuspendedError,
    AccountState.REVOKED: AccountRevokedError,
    AccountState.NEEDS_REAUTH: NeedsReauthError,
}


def wire_state(account: Account, profile: Profile) -> str:
    """`active`, `expired`, `error` or `inactive`; a degraded account is `active`, and its reasons tell the rest."""
    return _WIRE_STATES[account.state] if profile.enabled else "inactive"


def closing_error(account: Account) -> LinkspanError | None:
    """The error that every action on an account in this state meets; None: the account is open."""
    kind = _CLOSED.get(account.state)
    if kind is None:
        return None
    because = account.reasons[-1].description if account.reasons and kind is NeedsReauthError else None
    return kind(because)
