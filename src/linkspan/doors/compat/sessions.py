"""`POST /connect_sessions` and `POST /connect_sessions/authenticate`: permission to link, as the published clients ask for it."""

import re

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.compat.given import Given
from linkspan.doors.compat.moments import moment
from linkspan.doors.porch.body import read_object
from linkspan.doors.porch.credentials import read_key
from linkspan.engine import json_text
from linkspan.model import Caller, ConnectSession, Owner, Secret
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.create_connect_session import (
    DEFAULT_SECONDS,
    NewSession,
    authenticate_connect_session,
    create_connect_session,
)
from linkspan.usecases.create_project import read_project
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_profiles import only_connector

_CREATED = 201
# The TypeScript client up to 4.28 takes `organization_id` as a number, from 4.34 as a text; neither takes the other.
_CLIENT = re.compile(r"^speakeasy-sdk/typescript (\d+)\.(\d+)")
_LAST_WITH_NUMBER = (4, 28)


class Sessions:
    """The endpoints of connect sessions."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def create(self, request: Request) -> Response:
        """Open a session: 201 with its token and the address of the hosted link page."""
        caller = await authenticate(self._hall, read_key(request.headers.get("authorization")).reveal())
        new = await self._read(caller, Given(await read_object(request)))
        opened = await create_connect_session(self._hall, caller, new)
        answer = await self._answer(request, opened.session)
        return _created(answer | {"token": opened.token.reveal(), "auth_link_url": opened.link_url})

    async def authenticate(self, request: Request) -> Response:
        """The open session of a token: 201, as when it was created but without the token."""
        caller = await authenticate(self._hall, read_key(request.headers.get("authorization")).reveal())
        given = Given(await read_object(request))
        token = given.text("token", needed=True) or ""
        given.check()
        session = await authenticate_connect_session(self._hall, caller, Secret(token))
        return _created(await self._answer(request, session))

    async def _read(self, caller: Caller, given: Given) -> NewSession:
        """What is asked for. `provider_version`, `categories`, `shared`, `relink` and `scopes` are taken and change nothing here."""
        owner_id, owner_name = given.text("origin_owner_id", needed=True), given.text("origin_owner_name", needed=True)
        new = NewSession(
            owner=Owner(owner_id or "", owner_name or "", given.text("origin_username")),
            connector=given.text("provider"),
            profile_id=given.text("integration_id"),
            account_id=given.text("account_id"),
            expires_in=given.whole("expires_in", DEFAULT_SECONDS),
            multiple=given.flag("multiple"),
            label=given.text("label"),
            kind=given.kind() or "production",
            metadata=given.record("metadata") or {},
            read_only=given.flag("read_only"),
        )
        given.check()
        if new.connector or new.profile_id or new.account_id:
            return new
        return NewSession(
            owner=new.owner, connector=await only_connector(self._hall, caller.project_id), expires_in=new.expires_in,
            multiple=new.multiple, label=new.label, kind=new.kind, metadata=new.metadata,
            read_only=new.read_only,
        )  # fmt: skip

    async def _answer(self, request: Request, session: ConnectSession) -> dict[str, object]:
        project = await read_project(self._hall, session.project_id)
        return {
            "id": session.id,
            "organization_id": _organization(request, project.organization_id),
            "project_id": session.project_id,
            "categories": None,
            "integration_id": session.profile_id,
            "provider": session.connector,
            "origin_owner_id": session.owner.id,
            "origin_owner_name": session.owner.name,
            "origin_username": session.owner.username,
            "account_id": session.account_id,
            "label": session.label,
            "created_at": moment(session.created_at),
            "metadata": dict(session.metadata),
            "external_trigger_token": None,
            "type": session.kind,
        }


def _organization(request: Request, number: int) -> int | str:
    client = _CLIENT.match(request.headers.get("user-agent", ""))
    old = client is not None and (int(client[1]), int(client[2])) <= _LAST_WITH_NUMBER
    return number if old else str(number)


def _created(body: dict[str, object]) -> Response:
    return Response(
        json_text.dump(body), status_code=_CREATED, headers={"cache-control": "no-store"}, media_type="application/json"
    )
