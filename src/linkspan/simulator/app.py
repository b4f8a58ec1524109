"""The simulator as one ASGI application: Entra, Business Central, Microsoft Graph and control plane behind the same address."""

from wsgiref.handlers import format_date_time

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linkspan.simulator.books.demo import build_demo_world
from linkspan.simulator.clock import Clock
from linkspan.simulator.control import Control, Parts
from linkspan.simulator.control_endpoints import ControlEndpoints
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.demo import demo_directory
from linkspan.simulator.entra.endpoints import entra_routes
from linkspan.simulator.failures import FailureInjection
from linkspan.simulator.graph.endpoint import routes as graph_routes
from linkspan.simulator.identity import Identity
from linkspan.simulator.odata.endpoint import routes as business_central_routes
from linkspan.simulator.seen import RequestRecording
from linkspan.simulator.webhooks.courier import Courier
from linkspan.simulator.webhooks.endpoint import SubscriptionEndpoint


class ForwardedHost:
    """ASGI middleware that believes X-Forwarded-Host and -Proto, so that a TLS front's own address is in all links.

    Anyone may send them: a simulator on loopback has nobody to protect from a wrong link.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on with the host that its client addressed."""
        if scope["type"] == "http":
            headers = MutableHeaders(scope=scope)
            host = headers.get("x-forwarded-host")
            if host:
                headers["host"] = host
                scope["scheme"] = headers.get("x-forwarded-proto", "https")
        await self.app(scope, receive, send)


class Dated:
    """ASGI middleware that dates every answer by simulated time, as records and tokens are."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        """Stand before `app` and read `clock`."""
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and date its answer."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_date_time(self.clock.timestamp()).encode()
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        await self.app(scope, receive, dated)


def demo_parts(seed: int = 0) -> Parts:
    """Return the parts of a simulator with the demo tenants; `seed` makes token lifetimes repeatable."""
    clock = Clock()
    authority = Authority(demo_directory(), clock, seed)
    world = build_demo_world(clock)
    return Parts(world, authority, Identity(authority), clock, Courier(world, clock))


def build_app(control: Control) -> Starlette:
    """Return the ASGI application that `control` controls; serve it by `Simulator` to let connections be cut."""
    parts, service = control.parts, control.service
    subscriptions = SubscriptionEndpoint(service, parts.identity, parts.courier)
    routes = [
        *ControlEndpoints(control).routes(),
        *subscriptions.routes(),
        *business_central_routes(service, parts.identity, subscriptions),
        *graph_routes(parts.authority),
        *entra_routes(parts.authority),
    ]
    middleware = [
        Middleware(Dated, clock=parts.clock),
        Middleware(ForwardedHost),
        Middleware(RequestRecording, log=parts.log, clock=parts.clock),
        Middleware(FailureInjection, failures=parts.failures),
    ]
    return Starlette(routes=routes, middleware=middleware)
