"""Removing a connector profile."""

from linkspan.errors import ProfileInUseError
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_profiles import find_profile


async def delete_profile(hall: Hall, caller: Caller, profile_id: str) -> None:
    """Remove a profile and its sealed secret. Raises NotFoundError, and ProfileInUseError while accounts are linked through it."""
    require(caller, KeyScope.PLATFORM_WRITE)
    profile = await find_profile(hall, caller.project_id, profile_id)
    note = note_of(hall, caller, "profile.deleted", profile.id)
    accounts = await hall.profiles.remove(profile.project_id, profile.id, note)
    if accounts:
        msg = f"{accounts} {'account is' if accounts == 1 else 'accounts are'} linked through this connector profile."
        raise ProfileInUseError(msg)
    hall.warm.drop()
