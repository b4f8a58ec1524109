"""What a caller may do: the one check of API key scopes."""

from linkspan.connectors.action import Action
from linkspan.errors import MissingScopeError
from linkspan.model import Caller, KeyScope

ALL_SCOPES = frozenset(KeyScope)
USUAL_SCOPES = ALL_SCOPES - {KeyScope.PROXY}
"""What a new key may do if nothing is said: everything but passing requests on, which no profile's choice of actions limits."""


def require(caller: Caller, scope: KeyScope) -> None:
    """Raise MissingScopeError, naming the scope, unless the caller has it or one that covers it."""
    if not has(caller, scope):
        msg = f"The API key lacks the scope {scope.value}."
        raise MissingScopeError(msg)


def has(caller: Caller, scope: KeyScope) -> bool:
    """Whether a caller has a scope: who may run every action may also run those that only read."""
    return scope in caller.scopes or (scope is KeyScope.ACTIONS_READ and KeyScope.ACTIONS in caller.scopes)


def needed_for(action: Action) -> KeyScope:
    """The scope that running an action needs."""
    return KeyScope.ACTIONS if action.verb.writes else KeyScope.ACTIONS_READ
