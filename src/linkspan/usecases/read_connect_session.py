"""A connect session as its integrator may see it."""

from linkspan.errors import NotFoundError
from linkspan.model import Caller, ConnectSession, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall


async def read_connect_session(hall: Hall, caller: Caller, session_id: int) -> ConnectSession:
    """One session of the caller's project, without its token. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_READ)
    session = await hall.sessions.read(caller.project_id, session_id)
    if session is None:
        raise NotFoundError("There is no such connect session in this project.")
    return session
