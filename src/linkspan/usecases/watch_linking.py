"""Waiting for a linking in another window: the page that opened it asks how it goes, and may call it off."""

from dataclasses import replace
from datetime import timedelta

from linkspan.errors import ConnectSessionExpiredError, NotFoundError, UnauthenticatedError
from linkspan.link_records import LinkWatch, WatchState
from linkspan.model import ConnectSession, Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_watch_id
from linkspan.usecases.link_views import SessionView
from linkspan.usecases.open_session import open_session

_LONGEST = timedelta(hours=1)


async def watched_session(hall: Hall, token: Secret) -> SessionView:
    """The open session of a token that a page holds. Raises UnauthenticatedError (unknown, over or used), ProfileDisabledError."""
    try:
        return await open_session(hall, token)
    except ConnectSessionExpiredError as error:
        raise _over(error.message) from error


async def start_watch(hall: Hall, token: Secret) -> LinkWatch:
    """Begin to wait for a linking of the session. Raises what `watched_session` raises."""
    view = await watched_session(hall, token)
    now = hall.clock()
    watch = LinkWatch(
        id=new_watch_id(),
        project_id=view.session.project_id,
        session_id=view.session.id,
        state=WatchState.PENDING,
        created_at=now,
        expires_at=now + _LONGEST,
    )
    await hall.watches.add(watch)
    return watch


async def read_watch(hall: Hall, token: Secret, watch_id: str) -> LinkWatch:
    """How the linking goes; also after the session was used. Raises UnauthenticatedError, NotFoundError."""
    session = await _session(hall, token)
    watch = await hall.watches.read((session.project_id, session.id), watch_id)
    if watch is None:
        raise NotFoundError("There is no such connection attempt of this session.")
    if watch.state is WatchState.PENDING and watch.expires_at <= hall.clock():
        return replace(watch, state=WatchState.EXPIRED)
    return watch


async def cancel_watch(hall: Hall, token: Secret, watch_id: str) -> LinkWatch:
    """Call the linking off: what has begun can no longer end well. Nothing changes once it has ended. Raises as `read_watch`."""
    session = await _session(hall, token)
    await hall.watches.cancel((session.project_id, session.id), watch_id, hall.clock())
    return await read_watch(hall, token, watch_id)


async def _session(hall: Hall, token: Secret) -> ConnectSession:
    session = await hall.sessions.find(hall.vault.digest("connect-session", token))
    if session is None:
        raise _over("This session is not known here.")
    return session


def _over(message: str) -> UnauthenticatedError:
    return UnauthenticatedError(message, next_step="Ask your own server for a new connect session.")
