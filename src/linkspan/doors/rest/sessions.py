"""Endpoints: connect sessions."""

from fastapi import APIRouter, status

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import OpenedSessionAnswer, SessionAnswer
from linkspan.doors.rest.asks import SessionAsk
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.model import Owner
from linkspan.usecases.create_connect_session import NewSession, create_connect_session, end_connect_session
from linkspan.usecases.read_connect_session import read_connect_session

router = APIRouter(route_class=BoundedRoute, tags=["Connect sessions"])


@router.post("/connect_sessions", status_code=status.HTTP_201_CREATED, summary="Open a connect session")
async def create(ask: SessionAsk, hall: HallOf, caller: CallerOf) -> OpenedSessionAnswer:
    """Permit one linking and get the address of the hosted page for the customer. Needs the key scope `platform:write`."""
    owner = Owner(ask.origin_owner_id, ask.origin_owner_name, ask.origin_username)
    new = NewSession(
        owner=owner,
        connector=ask.connector,
        profile_id=ask.profile_id,
        account_id=ask.account_id,
        expires_in=ask.expires_in,
        multiple=ask.multiple,
        label=ask.label,
        kind=ask.type,
        metadata=ask.metadata,
        return_url=ask.return_url,
        read_only=ask.read_only,
    )
    opened = await create_connect_session(hall, caller, new)
    return OpenedSessionAnswer.opened(opened.session, opened.token.reveal(), opened.link_url)


@router.get("/connect_sessions/{session_id}", summary="Get a connect session")
async def get(session_id: int, hall: HallOf, caller: CallerOf) -> SessionAnswer:
    """Whether a session is still open (`expires_at`) or has led to a link (`used_at`). Needs `platform:read`."""
    return SessionAnswer.of(await read_connect_session(hall, caller, session_id))


@router.delete("/connect_sessions/{session_id}", summary="End a connect session")
async def delete(session_id: int, hall: HallOf, caller: CallerOf) -> SessionAnswer:
    """Take the link back: it no longer opens, and a linking that is under way cannot end. Needs `platform:write`."""
    return SessionAnswer.of(await end_connect_session(hall, caller, session_id))
