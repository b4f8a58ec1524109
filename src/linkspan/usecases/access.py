"""What a caller may do: the one check of API key scopes."""

from linkspan.errors import MissingScopeError
from linkspan.model import Caller, KeyScope

ALL_SCOPES = frozenset(KeyScope)


def require(caller: Caller, scope: KeyScope) -> None:
    """Raise MissingScopeError, naming the scope, unless the caller has it."""
    if scope not in caller.scopes:
        msg = f"The API key lacks the scope {scope.value}."
        raise MissingScopeError(msg)
