"""Who asks with an access token: the permit behind it becomes a caller within bounds, without a database read when warm."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from linkspan.errors import AccessTokenInvalidError
from linkspan.model import ApiKey, Bounds, Caller, KeyScope, Secret
from linkspan.permit_records import WRITE_SCOPE, Permit, PermitToken, TokenKind
from linkspan.usecases.hall import Hall
from linkspan.usecases.oauth_addresses import resource_of

TOKEN_PREFIX = "mcp_at_"  # noqa: S105 - how each of them begins, none itself
_LONGEST = 200
_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Known:
    permit: Permit
    token: PermitToken
    key: ApiKey | None
    caller: Caller


async def authenticate_permit(hall: Hall, text: str, path: str) -> Caller:
    """The caller whom an access token names at one address of the MCP door.

    Raises AccessTokenInvalidError (unknown, over, for another address, or its key is gone), KeyLimitError of the key behind it.
    """
    if not text.startswith(TOKEN_PREFIX) or len(text) > _LONGEST or not text.isascii():
        raise AccessTokenInvalidError
    at = ("permit", sha256(text.encode()).digest())
    known = await hall.warm.remembered(at, lambda: _find(hall, text))
    now = hall.clock()
    if known is None or known.permit.resource != resource_of(hall.settings, path):
        raise AccessTokenInvalidError
    # From the future: the clock was set back, and nobody knows for how long this token has lived.
    if not known.token.issued_at - _SKEW <= now < known.token.expires_at:
        raise AccessTokenInvalidError
    key = known.key
    if key is not None and (not key.enabled or (key.expires_at is not None and key.expires_at <= now)):
        raise AccessTokenInvalidError("The API key that this sign-in was made with can no longer be used.")
    if key is not None and key.per_minute is not None:
        hall.key_limits.take(key.id, key.per_minute)
    hall.permit_uses.note(known.permit.project_id, known.permit.id, now)
    return known.caller


async def _find(hall: Hall, text: str) -> _Known | None:
    found = await hall.permits.find_token(hall.vault.digest("mcp-token", Secret(text)))
    if found is None or found[1].kind is not TokenKind.ACCESS:
        return None
    permit, token = found
    key = await hall.keys.read(permit.project_id, permit.key_id) if permit.key_id is not None else None
    if permit.key_id is not None and key is None:
        return None
    return _Known(permit, token, key, _caller(permit, key))


def _caller(permit: Permit, key: ApiKey | None) -> Caller:
    """The permit's scopes, as far as the key behind it still has them."""
    scopes = {KeyScope.ACTIONS_READ}
    if WRITE_SCOPE in permit.scopes:
        scopes.add(KeyScope.ACTIONS)
    if key is not None and KeyScope.ACTIONS not in key.scopes:
        scopes &= key.scopes
    bounds = Bounds(permit.accounts, permit.actions, permit.owner_id)
    return Caller(permit.project_id, frozenset(scopes), permit.id, "mcp_sign_in", bounds)
