"""The arrival of a request: its address read, its token checked, its environment found, its body taken in."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request

from linkspan.simulator.administration.people import sign_in
from linkspan.simulator.administration.route import ROLE, ROUTE
from linkspan.simulator.books.world import Environment, World
from linkspan.simulator.entra.directory import Directory
from linkspan.simulator.faults import body_too_large, no_environment, tenant_unavailable
from linkspan.simulator.limits import Gate
from linkspan.simulator.odata.address import Place, read_place
from linkspan.simulator.odata.exchange import Incoming

API_ROLE: Final = "API.ReadWrite.All"
"""The application permission for the books."""


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

    @property
    def directory(self) -> Directory:
        """The people and applications that tokens speak for."""
        ...

    def authenticate(self, header: str | None, /, *, tenant_in_url: str | None, role: str = API_ROLE) -> Caller:
        """Return the caller of an Authorization header, an application only with this role; raises the 401 fault."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a request goes and who sent it; limits count per `user`, and an application is one."""

    place: Place
    environment: Environment
    caller: Caller

    @property
    def user(self) -> Hashable:
        """Whose limits it counts against."""
        return self.caller.tenant_id, self.caller.user_id or self.caller.app_id


def arrive(world: World, identity: Identity, gate: Gate, request: Request) -> Arrival:
    """Check the token, then find the environment; raises the gateway's faults."""
    place = read_place(raw_path(request).removeprefix("/v2.0/"))
    role = ROLE if place.custom == ROUTE else API_ROLE
    caller = identity.authenticate(request.headers.get("authorization"), tenant_in_url=place.tenant, role=role)
    environment = world.find_environment(place.tenant or str(caller.tenant_id), place.environment)
    if environment.state == "SoftDeleted":
        raise no_environment()
    if environment.state != "Active":
        raise tenant_unavailable()
    gate.check_open(environment.tenant.id, environment.name)
    sign_in(environment, caller, identity.directory)
    return Arrival(place, environment, caller)


def outside(request: Request) -> str:
    """Return scheme and host as the caller sees them."""
    return f"{request.url.scheme}://{request.url.netloc}"


def raw_path(request: Request) -> str:
    """Return the path as it was sent, not yet decoded."""
    raw: bytes | None = request.scope.get("raw_path")
    return raw.decode("latin-1").partition("?")[0] if raw is not None else quote(request.url.path)


def root_of(request: Request, arrival: Arrival) -> str:
    """Return the outside address of the API that a request goes to."""
    return f"{outside(request)}/v2.0/{arrival.place.root}"


def incoming_of(request: Request, arrival: Arrival, body: bytes) -> Incoming:
    """Return a request as a plain value."""
    path = quote(raw_path(request), safe="/%()'!$&*+,;=:@~-._")
    return Incoming(
        method=request.method,
        here=f"{outside(request)}{path}".rstrip("/"),
        segments=arrival.place.segments,
        raw_query=request.url.query,
        headers={name: ",".join(request.headers.getlist(name)) for name in request.headers},
        body=body,
    )


async def read_all(request: Request, largest: int) -> bytes:
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
