"""The HTTP door of the simulated Business Central: routes, bearer check, the flow of one request, the answer's headers."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from urllib.parse import quote
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from linkspan.simulator.books.world import Environment, Tenant, World
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import (
    BcFault,
    invalid_credentials,
    invalid_operation,
    method_not_implemented,
    no_environment,
    server_error,
    tenant_unavailable,
)
from linkspan.simulator.odata.address import Place, read_address, read_place
from linkspan.simulator.odata.environments import administered_list, environment_list
from linkspan.simulator.odata.exchange import Answer, Ask, read_preferences
from linkspan.simulator.odata.failure import render_fault
from linkspan.simulator.odata.metadata import metadata_document, service_document
from linkspan.simulator.odata.options import read_options
from linkspan.simulator.odata.reading import read
from linkspan.simulator.odata.writing import write

_LOG: Final = logging.getLogger(__name__)
_VERBS: Final = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "MERGE"]
_WITH_BODY: Final = frozenset({"POST", "PATCH"})
LARGEST_BODY: Final = 350 * 1024 * 1024
"""Bytes of a request body, above which the gateway answers 413."""


class Caller(Protocol):
    """Who a token speaks for; `tenant_id` is the directory that issued it."""

    @property
    def tenant_id(self) -> UUID:
        """The tenant's id."""
        ...


class Identity(Protocol):
    """The bearer check."""

    def authenticate(self, header: str | None, /, *, tenant_in_url: str | None) -> Caller:
        """Return the caller of an Authorization header; raises the 401 fault."""
        ...


def routes(world: World, identity: Identity) -> list[BaseRoute]:
    """Return the routes of Business Central: the API under ``/v2.0`` and the two lists of environments."""
    door = _Door(world, identity)
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

    def __init__(self, world: World, identity: Identity) -> None:
        self._world = world
        self._identity = identity
        self._contract = load_contract()

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
        """Answer a request to the API of an environment. Limits on requests belong between the first two steps."""
        place, environment = self._enter(request)
        root = f"{outside(request)}/v2.0/{place.root}"
        if not place.segments or place.segments[0] == "$metadata":
            return self._description(request, place, root)
        body = await _read_body(request)
        path = quote(_raw_path(request), safe="/%()'!$&*+,;=:@~-._")
        ask = Ask(
            method=request.method,
            root=root,
            here=f"{outside(request)}{path}".rstrip("/"),
            raw_query=request.url.query,
            options=read_options(request.url.query),
            preferences=read_preferences(",".join(request.headers.getlist("prefer"))),
            if_match=request.headers.get("if-match"),
            body=body,
            world=self._world,
            environment=environment,
            contract=self._contract,
            address=read_address(place.segments, self._contract),
        )
        return read(ask) if request.method in {"GET", "HEAD"} else write(ask)

    def _enter(self, request: Request) -> tuple[Place, Environment]:
        """Check the token, then find the environment; raises the gateway's faults."""
        place = read_place(_raw_path(request).removeprefix("/v2.0/"))
        caller = self._identity.authenticate(request.headers.get("authorization"), tenant_in_url=place.tenant)
        environment = self._world.find_environment(place.tenant or str(caller.tenant_id), place.environment)
        if environment.state == "SoftDeleted":
            raise no_environment()
        if environment.state != "Active":
            raise tenant_unavailable()
        return place, environment

    def _tenant(self, request: Request) -> Tenant:
        caller = self._identity.authenticate(request.headers.get("authorization"), tenant_in_url=None)
        tenant = self._world.find_tenant(str(caller.tenant_id))
        if tenant is None:
            raise invalid_credentials()
        return tenant

    def _description(self, request: Request, place: Place, root: str) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            raise method_not_implemented("The service document and $metadata can only be read.")
        if place.segments:
            return Answer(200, metadata_document(), "application/xml")
        return Answer(200, service_document(root, self._contract))


def outside(request: Request) -> str:
    """Return scheme and host as the caller sees them."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _raw_path(request: Request) -> str:
    raw: bytes | None = request.scope.get("raw_path")
    return raw.decode("latin-1").partition("?")[0] if raw is not None else quote(request.url.path)


async def _read_body(request: Request) -> bytes:
    """Return the body of a write; raises 413 above the limit, 415 for another type than JSON, 400 on a read-only intent."""
    if request.method in {"GET", "HEAD"}:
        return b""
    if request.headers.get("data-access-intent", "").lower() == "readonly":
        raise invalid_operation("A request with Data-Access-Intent ReadOnly cannot modify data.")
    body = await _read_all(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and request.method in _WITH_BODY and kind != "application/json":
        raise BcFault(415, "BadRequest", f"The content type '{kind}' is not supported. Send application/json.")
    return body


async def _read_all(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    length = int(announced) if announced.isdecimal() else 0
    parts: list[bytes] = []
    received = 0
    if length <= LARGEST_BODY:
        async for part in request.stream():
            parts.append(part)
            received += len(part)
            if received > LARGEST_BODY:
                break
    if max(length, received) > LARGEST_BODY:
        raise BcFault(413, "RequestEntityTooLarge", "The request body is too large.", gateway=True)
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
    return Response(answer.body, answer.status, headers)
