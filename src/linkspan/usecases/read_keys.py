"""The API keys of a project, as far as they may be seen."""

from linkspan.errors import NotFoundError
from linkspan.model import ApiKey, Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall


async def list_keys(hall: Hall, caller: Caller) -> list[ApiKey]:
    """Every key of the caller's project, oldest first."""
    require(caller, KeyScope.PLATFORM_READ)
    return await hall.keys.list(caller.project_id)


async def read_key(hall: Hall, caller: Caller, key_id: str) -> ApiKey:
    """One key of the caller's project. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_READ)
    key = await hall.keys.read(caller.project_id, key_id)
    if key is None:
        raise NotFoundError("There is no such API key in this project.")
    return key
