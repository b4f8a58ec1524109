"""A new API key: its text is shown once and never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linkspan.errors import InvalidInputError, MissingScopeError, Mistake
from linkspan.model import ApiKey, Caller, KeyScope, Secret
from linkspan.usecases.access import ALL_SCOPES, has, require
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_key_id, new_key_text

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a new key shall be; `expires_at` None: never."""

    name: str
    scopes: frozenset[KeyScope] = ALL_SCOPES
    expires_at: datetime | None = None


async def create_key(hall: Hall, caller: Caller, new: NewKey) -> tuple[ApiKey, Secret]:
    """Make a key and give its text, this once.

    Nobody can give a key more than they have (MissingScopeError). Raises InvalidInputError for a name that is empty or
    an expiry that is past.
    """
    require(caller, KeyScope.PLATFORM_WRITE)
    check_scopes_given(caller, new.scopes)
    _check(hall, new)
    text = new_key_text(hall.settings.region)
    shown = text.reveal()[: len(f"v1.{hall.settings.region}.") + _SHOWN]
    key = ApiKey(
        id=new_key_id(),
        project_id=caller.project_id,
        name=new.name.strip(),
        prefix=shown,
        scopes=new.scopes,
        enabled=True,
        created_at=hall.clock(),
        expires_at=new.expires_at,
    )
    await hall.keys.add(key, hall.vault.digest("api-key", text))
    return key, text


def check_scopes_given(caller: Caller, scopes: Iterable[KeyScope]) -> None:
    """Raise MissingScopeError if the caller would give away scopes that it lacks itself."""
    lacking = sorted(scope.value for scope in scopes if not has(caller, scope))
    if lacking:
        msg = f"A key can give only scopes that it has itself; this one lacks {', '.join(lacking)}."
        raise MissingScopeError(msg)


def _check(hall: Hall, new: NewKey) -> None:
    mistakes = []
    if not new.name.strip():
        mistakes.append(Mistake("name", "give the key a name"))
    if not new.scopes:
        mistakes.append(Mistake("scopes", "give at least one scope"))
    if new.expires_at is not None and new.expires_at <= hall.clock():
        mistakes.append(Mistake("expires_at", "must lie in the future"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
