"""The HTTP door of the simulated Business Central: routes, bearer check, the flow of one request, the answer's headers."""

import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Protocol
from urllib.parse import quote
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from linkspan.simulator.books.world import Environment, Tenant, World
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import (
    BcFault,
    body_too_large,
    invalid_credentials,
    no_environment,
    server_error,
    tenant_unavailable,
)
from linkspan.simulator.limits import Gate
from linkspan.simulator.odata.address import Place, read_place
from linkspan.simulator.odata.batch import answer_batch
from linkspan.simulator.odata.dispatch import respond
from linkspan.simulator.odata.environments import administered_list, environment_list
from linkspan.simulator.odata.exchange import Answer, Desk, Incoming
from linkspan.simulator.odata.failure import render_fault
from linkspan.simulator.odata.fragments import PageStore
from linkspan.simulator.switches import SwitchBoard

_LOG: Final = logging.getLogger(__name__)
_VERBS: Final = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "MERGE"]


class Caller(Protocol):
    """Who a token speaks for; `tenant_id` is the directory that issued it. Limits count per user or application."""

    @property
    def tenant_id(self) -> UUID:
        """The tenant's id."""
        ...

    @property
    def user_id(self) -> UUID | None:
        """The user's id, None for an application on its own."""
        ...

    @property
    def app_id(self) -> UUID:
        """The application's id."""
        ...


class Identity(Protocol):
    """The bearer check."""

    def authenticate(self, header: str | None, /, *, tenant_in_url: str | None) -> Caller:
        """Return the caller of an Authorization header; raises the 401 fault."""
        ...


def routes(
    world: World, identity: Identity, *, gate: Gate | None = None, switches: SwitchBoard | None = None
) -> list[BaseRoute]:
    """Return the routes of Business Central: the API under ``/v2.0`` and the two lists of environments."""
    door = _Door(world, identity, gate or Gate(world.clock), switches or SwitchBoard())
    admin = "/admin/{version}/applications"
    return [
        Route("/v2.0/{rest:path}", door.serve(door.api), methods=_VERBS),
        Route("/environments/{version}", door.serve(door.environments)),
        Route(f"{admin}/environments", door.serve(door.administered)),
        Route(f"{admin}/{{family}}/environments", door.serve(door.administered)),
    ]


Handler = Callable[[Request], Awaitable[Answer]]


class _Door:
    """Answers the requests of every route over one world."""

    def __init__(self, world: World, identity: Identity, gate: Gate, switches: SwitchBoard) -> None:
        self._world = world
        self._identity = identity
        self._gate = gate
        self._switches = switches
        self._contract = load_contract()
        self._pages = PageStore()

    def serve(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint around `handler`: faults become answers, every answer carries its correlation id."""

        async def endpoint(request: Request) -> Response:
            correlation = uuid4()
            try:
                answer = await handler(request)
            except BcFault as fault:
                answer = render_fault(fault, correlation)
            except Exception:  # noqa: BLE001 - the outermost handler of this door; the cause is in the log
                _LOG.exception("The simulator failed on %s %s.", request.method, request.url.path)
                answer = render_fault(server_error("An unexpected error happened in the simulator."), correlation)
            return _response(answer, correlation)

        return endpoint

    async def environments(self, request: Request) -> Answer:
        """Answer the list of the caller's environments."""
        tenant = self._tenant(request)
        return Answer(200, environment_list(tenant, outside(request)), "application/json; charset=utf-8")

    async def administered(self, request: Request) -> Answer:
        """Answer the administration API's list of environments."""
        tenant = self._tenant(request)
        return Answer(200, administered_list(tenant, outside(request)), "application/json; charset=utf-8")

    async def api(self, request: Request) -> Answer:
        """Answer a request to the API of an environment, within the limits of its user."""
        try:
            return await self._admitted(request)
        except BcFault as fault:
            raise self._switches.now.adjust(fault) from fault

    async def _admitted(self, request: Request) -> Answer:
        place, environment, user = self._enter(request)
        async with self._gate.admitted(user) as arrived:
            body = await _read_all(request, self._gate.limits.body_bytes)
            lost = await self._gate.work(request.method, request.url.path, arrived)
            answer = self._answer(request, place, environment, user=user, body=body)
            if lost is not None:
                raise lost
            return answer

    def _answer(
        self, request: Request, place: Place, environment: Environment, *, user: Hashable, body: bytes
    ) -> Answer:
        desk = Desk(
            self._world,
            environment,
            self._contract,
            f"{outside(request)}/v2.0/{place.root}",
            self._switches.now,
            self._gate.limits,
            self._pages,
        )
        path = quote(_raw_path(request), safe="/%()'!$&*+,;=:@~-._")
        incoming = Incoming(
            method=request.method,
            here=f"{outside(request)}{path}".rstrip("/"),
            segments=place.segments,
            raw_query=request.url.query,
            headers={name: ",".join(request.headers.getlist(name)) for name in request.headers},
            body=body,
        )
        if place.segments == ("$batch",):
            return answer_batch(desk, incoming, lambda: self._gate.count(user))
        return respond(desk, incoming)

    def _enter(self, request: Request) -> tuple[Place, Environment, Hashable]:
        """Check the token, then find the environment and the user; raises the gateway's faults."""
        place = read_place(_raw_path(request).removeprefix("/v2.0/"))
        caller = self._identity.authenticate(request.headers.get("authorization"), tenant_in_url=place.tenant)
        environment = self._world.find_environment(place.tenant or str(caller.tenant_id), place.environment)
        if environment.state == "SoftDeleted":
            raise no_environment()
        if environment.state != "Active":
            raise tenant_unavailable()
        return place, environment, (caller.tenant_id, caller.user_id or caller.app_id)

    def _tenant(self, request: Request) -> Tenant:
        caller = self._identity.authenticate(request.headers.get("authorization"), tenant_in_url=None)
        tenant = self._world.find_tenant(str(caller.tenant_id))
        if tenant is None:
            raise invalid_credentials()
        return tenant


def outside(request: Request) -> str:
    """Return scheme and host as the caller sees them."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _raw_path(request: Request) -> str:
    raw: bytes | None = request.scope.get("raw_path")
    return raw.decode("latin-1").partition("?")[0] if raw is not None else quote(request.url.path)


async def _read_all(request: Request, largest: int) -> bytes:
    """Return the body of a write; raises 413 above so many bytes."""
    if request.method in {"GET", "HEAD"}:
        return b""
    announced = request.headers.get("content-length", "")
    length = int(announced) if announced.isdecimal() else 0
    parts: list[bytes] = []
    received = 0
    if length <= largest:
        async for part in request.stream():
            parts.append(part)
            received += len(part)
            if received > largest:
                break
    if max(length, received) > largest:
        raise body_too_large()
    return b"".join(parts)


def _response(answer: Answer, correlation: UUID) -> Response:
    headers = {
        "OData-Version": "4.0",
        "request-id": str(correlation),
        "ms-correlation-x": str(correlation),
        **answer.headers,
    }
    if answer.content_type is not None:
        headers["Content-Type"] = answer.content_type
    if answer.pieces:
        return PiecesResponse(answer.pieces, answer.status, headers)
    return Response(answer.body, answer.status, headers)


class PiecesResponse(Response):
    """A response whose body is already there in several pieces, sent one by one so that nobody need join them."""

    def __init__(self, pieces: tuple[bytes, ...], status: int, headers: dict[str, str]) -> None:
        """Announce the length of all pieces together."""
        super().__init__(None, status, {**headers, "Content-Length": str(sum(map(len, pieces)))})
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, then each piece."""
        del scope, receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
