"""A new API key: its text is shown once and never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linkspan.errors import InvalidInputError, MissingScopeError, Mistake
from linkspan.model import ApiKey, Caller, KeyScope, Secret
from linkspan.usecases.access import USUAL_SCOPES, has, require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_key_id, new_key_text

MOST_PER_MINUTE = 1_000_000
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a new key shall be; `expires_at` None: never; `per_minute` None: no limit of its own."""

    name: str
    scopes: frozenset[KeyScope] = USUAL_SCOPES
    expires_at: datetime | None = None
    per_minute: int | None = None


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
        per_minute=new.per_minute,
    )
    given = ("name", "scopes", *(["expires_at"] if new.expires_at else ()), *(["per_minute"] if new.per_minute else ()))
    note = note_of(hall, caller, "key.created", key.id, given)
    await hall.keys.add(key, hall.vault.digest("api-key", text), note)
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
    check_limit(new.per_minute)


def check_limit(per_minute: int | None) -> None:
    """Raise InvalidInputError for a limit that is none."""
    if per_minute is not None and not 1 <= per_minute <= MOST_PER_MINUTE:
        raise InvalidInputError(mistakes=[Mistake("per_minute", f"must be between 1 and {MOST_PER_MINUTE}, or null")])
