"""What a caller may do: the one check of API key scopes, and of the bounds of a sign-in."""

from linkspan.connectors.action import Action
from linkspan.errors import (
    AccountReadOnlyError,
    InsufficientScopeError,
    MissingScopeError,
    NotFoundError,
    NotPermittedError,
)
from linkspan.model import Account, Caller, KeyScope

ALL_SCOPES = frozenset(KeyScope)
USUAL_SCOPES = ALL_SCOPES - {KeyScope.PROXY}
"""What a new key may do if nothing is said: everything but passing requests on, which no profile's choice of actions limits."""


def require(caller: Caller, scope: KeyScope) -> None:
    """Raise MissingScopeError, naming the scope, unless the caller has it or one that covers it; of a sign-in InsufficientScopeError."""
    if has(caller, scope):
        return
    if caller.bounds is not None:
        raise InsufficientScopeError(f"The sign-in does not cover the scope {scope.value}.")
    raise MissingScopeError(f"The API key lacks the scope {scope.value}.")


def has(caller: Caller, scope: KeyScope) -> bool:
    """Whether a caller has a scope: who may run every action may also run those that only read."""
    return scope in caller.scopes or (scope is KeyScope.ACTIONS_READ and KeyScope.ACTIONS in caller.scopes)


def needed_for(action: Action) -> KeyScope:
    """The scope that running an action needs."""
    return KeyScope.ACTIONS if action.verb.writes else KeyScope.ACTIONS_READ


def check_named(caller: Caller, account_id: str) -> None:
    """Raise NotFoundError for an account that the caller's sign-in does not include, before anything of the account is looked at."""
    if caller.bounds is not None and account_id not in caller.bounds.accounts:
        raise _not_chosen()


def reaches(caller: Caller, account: Account) -> bool:
    """Whether the caller's sign-in, if it is one, includes an account: it leaves an owner's sign-in together with its owner."""
    bounds = caller.bounds
    return bounds is None or (account.id in bounds.accounts and bounds.owner_id in (None, account.owner.id))


def permits(caller: Caller, account: Account, action: Action) -> bool:
    """Whether the caller's sign-in, if it is one, allows an action on an account."""
    bounds = caller.bounds
    if bounds is None:
        return True
    chosen = bounds.actions is None or action.id in bounds.actions
    return chosen and reaches(caller, account) and (bounds.accounts[account.id] or not action.verb.writes)


def check_read_only(account: Account, *, writes: bool) -> None:
    """Raise AccountReadOnlyError for a write on an account that only reads."""
    if account.read_only and writes:
        raise AccountReadOnlyError(f"The account {account.id} only reads.")


def check_permitted(caller: Caller, account: Account, action: Action) -> None:
    """Raise NotFoundError or NotPermittedError for what the caller's sign-in does not allow."""
    if not reaches(caller, account):
        raise _not_chosen()
    if not permits(caller, account, action):
        raise NotPermittedError(f"The sign-in does not allow {action.id} on this account.")


def _not_chosen() -> NotFoundError:
    return NotFoundError("There is no such account in this sign-in.", next_step="Use an account that was chosen.")
