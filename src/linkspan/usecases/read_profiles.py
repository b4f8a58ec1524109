"""The connector profiles of a project."""

from linkspan.errors import InvalidInputError, Mistake, NotFoundError
from linkspan.model import Caller, KeyScope, Profile
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall


async def list_profiles(hall: Hall, caller: Caller, *, connector: str | None = None) -> list[Profile]:
    """Every profile of the caller's project, oldest first; `connector` leaves out those of others."""
    require(caller, KeyScope.PLATFORM_READ)
    return await hall.profiles.list(caller.project_id, connector)


async def read_profile(hall: Hall, caller: Caller, profile_id: str) -> Profile:
    """One profile of the caller's project. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_READ)
    return await find_profile(hall, caller.project_id, profile_id)


async def find_profile(hall: Hall, project_id: str, profile_id: str) -> Profile:
    """One profile of a project, for other use cases. Raises NotFoundError."""
    profile = await hall.profiles.read(project_id, profile_id)
    if profile is None:
        raise NotFoundError("There is no such connector profile in this project.")
    return profile


async def default_profile(hall: Hall, project_id: str, connector: str) -> Profile:
    """The profile that links accounts of a connector when none is named: the default one, or the only one.

    Raises NotFoundError.
    """
    profiles = await hall.profiles.list(project_id, connector)
    chosen = [profile for profile in profiles if profile.is_default] or (profiles if len(profiles) == 1 else [])
    if not chosen:
        msg = f"This project has no default connector profile for {connector}."
        raise NotFoundError(msg, next_step="Create a connector profile, or name one by its id.")
    return chosen[0]


async def only_connector(hall: Hall, project_id: str) -> str:
    """The connector that a session is for when its caller names nothing. Raises InvalidInputError unless there is just one."""
    connectors = sorted(
        {profile.connector for profile in await hall.profiles.list(project_id, None) if profile.enabled}
    )
    if len(connectors) == 1:
        return connectors[0]
    what = f"name one of {', '.join(connectors)}" if connectors else "create a connector profile first"
    raise InvalidInputError(mistakes=[Mistake("provider", what)])
