"""Who agrees to a sign-in: somebody with an API key of the project, or a customer with a link to their own page that permits it.

Neither is asked twice within some minutes: a signed pass, kept by the browser, stands for the key, whose text is nowhere.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from linkspan.errors import (
    ApiKeyDisabledError,
    ApiKeyInvalidError,
    CursorInvalidError,
    LinkspanError,
    MissingScopeError,
    UnauthenticatedError,
)
from linkspan.model import ApiKey, Caller, KeyScope, Secret
from linkspan.providerauth.vault import CursorSeal
from linkspan.usecases.access import has
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.hall import Hall
from linkspan.usecases.owner_page import read_pass

PASS_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Grantor:
    """Who gives a permit, and whether they can let it write."""

    project_id: str
    writes: bool
    key_id: str | None = None
    owner_id: str | None = None


class _Pass(msgspec.Struct, frozen=True, array_like=True):
    project_id: str
    key_id: str
    browser: str
    until: int


async def grantor_of_key(hall: Hall, key: Secret) -> Grantor:
    """Whom an API key makes a grantor. Raises the errors of a key, MissingScopeError if it can run nothing."""
    return _by_key(await authenticate(hall, key.reveal()))


def grantor_of_link(hall: Hall, token: Secret) -> Grantor:
    """Whom the token of a link to an owner's page makes a grantor.

    Raises ConnectSessionExpiredError, MissingScopeError if it was given for the page only.
    """
    allowed = read_pass(hall, token)
    if not allowed.agents:
        raise MissingScopeError(
            "This link opens your linked accounts, but does not let programs sign in.",
            next_step="Ask the product that sent you the link for one that lets programs sign in.",
        )
    return Grantor(allowed.project_id, allowed.agents == "write", owner_id=allowed.owner_id)


def pass_of(hall: Hall, grantor: Grantor, browser: Secret) -> tuple[Secret, datetime]:
    """What this one browser keeps in place of a key, and until when. It is no use elsewhere."""
    until = int(hall.clock().timestamp()) + PASS_SECONDS
    given = _Pass(grantor.project_id, grantor.key_id or "", hall.vault.digest("consent-browser", browser), until)
    return Secret(_seal(hall).seal(msgspec.json.encode(given))), datetime.fromtimestamp(until, UTC)


async def grantor_of_pass(hall: Hall, text: Secret, browser: Secret) -> Grantor | None:
    """Whom a browser's pass makes a grantor; None: nobody, or no longer, for the key is looked at anew."""
    try:
        given = msgspec.json.decode(_seal(hall).open(text.reveal()), type=_Pass)
    except (CursorInvalidError, msgspec.DecodeError, UnicodeError):
        return None
    now = hall.clock()
    # From the future: the clock was set back meanwhile.
    over = not 0 < given.until - now.timestamp() <= PASS_SECONDS + 60
    if over or given.browser != hall.vault.digest("consent-browser", browser):
        return None
    key = await hall.keys.read(given.project_id, given.key_id)
    try:
        return _by_key(Caller(given.project_id, living(key, now).scopes, given.key_id))
    except LinkspanError:
        return None


def living(key: ApiKey | None, now: datetime) -> ApiKey:
    """The key, if it can be used now. Raises UnauthenticatedError and its kinds."""
    if key is None:
        raise ApiKeyInvalidError
    if not key.enabled:
        raise ApiKeyDisabledError
    if key.expires_at is not None and key.expires_at <= now:
        raise UnauthenticatedError("The API key has expired.")
    return key


def _by_key(caller: Caller) -> Grantor:
    if not has(caller, KeyScope.ACTIONS_READ):
        raise MissingScopeError("The API key can run no actions, so it cannot let a program run any.")
    return Grantor(caller.project_id, has(caller, KeyScope.ACTIONS), key_id=caller.key_id)


def _seal(hall: Hall) -> CursorSeal:
    return CursorSeal(hall.vault.derive("consent-pass"))
