"""Who asks: an API key's text becomes a caller, without a database read when warm."""

from linkspan.errors import ApiKeyDisabledError, ApiKeyExpiredError, ApiKeyInvalidError, UnauthenticatedError
from linkspan.model import Caller, Secret
from linkspan.usecases.hall import Hall

_LONGEST = 200


async def authenticate(hall: Hall, key_text: str) -> Caller:
    """The caller whom the key names; its last use is noted and written in groups.

    Raises UnauthenticatedError (no text), ApiKeyInvalidError, ApiKeyDisabledError, ApiKeyExpiredError.
    """
    if not key_text:
        raise UnauthenticatedError
    if not key_text.startswith("v1.") or len(key_text) > _LONGEST or not key_text.isascii():
        raise ApiKeyInvalidError
    key = await hall.warm.key(hall.vault.digest("api-key", Secret(key_text)))
    now = hall.clock()
    if key is None:
        raise ApiKeyInvalidError
    if not key.enabled:
        raise ApiKeyDisabledError
    if key.expires_at is not None and key.expires_at <= now:
        raise ApiKeyExpiredError(f"The API key {key.prefix}… expired on {key.expires_at:%Y-%m-%d}.")
    hall.key_uses.note(key.project_id, key.id, now)
    return Caller(project_id=key.project_id, scopes=key.scopes, key_id=key.id)
