"""Who asks: an API key's text becomes a caller, without a database read when warm."""

from hashlib import sha256

from linkspan.errors import ApiKeyDisabledError, ApiKeyExpiredError, ApiKeyInvalidError, UnauthenticatedError
from linkspan.model import ApiKey, Caller, Secret
from linkspan.usecases.hall import Hall

_LONGEST = 200


async def authenticate(hall: Hall, key_text: str) -> Caller:
    """The caller whom the key names; its last use is noted and written in groups.

    Raises UnauthenticatedError (no text), ApiKeyInvalidError, ApiKeyDisabledError, ApiKeyExpiredError,
    KeyLimitError (before anything was done).
    """
    if not key_text:
        raise UnauthenticatedError
    if not key_text.startswith("v1.") or len(key_text) > _LONGEST or not key_text.isascii():
        raise ApiKeyInvalidError
    # A plain hash tells keys of 256 random bits apart and is several times cheaper than the stored kind; the text itself is not kept.
    at = ("caller", sha256(key_text.encode()).digest())
    known: tuple[ApiKey, Caller] | None = hall.warm.at_hand(at)
    if known is None:
        known = await hall.warm.remembered(at, lambda: _find(hall, key_text))
        if known is None:
            raise ApiKeyInvalidError
    key, caller = known
    now = hall.clock()
    if not key.enabled:
        raise ApiKeyDisabledError
    if key.expires_at is not None and key.expires_at <= now:
        raise ApiKeyExpiredError(f"The API key {key.prefix}… expired on {key.expires_at:%Y-%m-%d}.")
    if key.per_minute is not None:
        hall.key_limits.take(key.id, key.per_minute)
    hall.key_uses.note(key.project_id, key.id, now)
    return caller


async def _find(hall: Hall, key_text: str) -> tuple[ApiKey, Caller] | None:
    key = await hall.warm.key(hall.vault.digest("api-key", Secret(key_text)))
    return None if key is None else (key, Caller(project_id=key.project_id, scopes=key.scopes, key_id=key.id))
