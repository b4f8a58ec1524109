"""Changing and removing API keys."""

from datetime import datetime
from typing import TypedDict

from linkspan.errors import NotFoundError
from linkspan.model import ApiKey, Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.create_key import check_limit, check_scopes_given
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_keys import read_key


class KeyChange(TypedDict, total=False):
    """What to change of a key; an absent name stays as it is."""

    name: str
    enabled: bool
    scopes: frozenset[KeyScope]
    expires_at: datetime | None
    per_minute: int | None


async def change_key(hall: Hall, caller: Caller, key_id: str, change: KeyChange) -> ApiKey:
    """Change a key of the caller's project; other processes follow within a second. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    check_scopes_given(caller, change.get("scopes", frozenset()))
    check_limit(change.get("per_minute"))
    note = note_of(hall, caller, "key.changed", key_id, change)
    if not await hall.keys.change(caller.project_id, key_id, change, note):
        raise NotFoundError("There is no such API key in this project.")
    hall.warm.drop()
    return await read_key(hall, caller, key_id)


async def delete_key(hall: Hall, caller: Caller, key_id: str) -> None:
    """Remove a key; it stops working here at once and in other processes within a second. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    note = note_of(hall, caller, "key.deleted", key_id)
    if not await hall.keys.remove(caller.project_id, key_id, note):
        raise NotFoundError("There is no such API key in this project.")
    hall.warm.drop()
