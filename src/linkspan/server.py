"""One ASGI application out of the doors, and the server that carries it."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Callable, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from linkspan.doors.compat.routes import routes as compat_routes
from linkspan.doors.console.routes import routes as console_routes
from linkspan.doors.guides.routes import routes as guide_routes
from linkspan.doors.linking.routes import routes as linking_routes
from linkspan.doors.look.assets import static_routes
from linkspan.doors.mcp.routes import routes as mcp_routes
from linkspan.doors.porch.quick import Straight
from linkspan.doors.rest.routes import routes as rest_routes
from linkspan.doors.signin.routes import routes as signin_routes
from linkspan.settings import Settings
from linkspan.usecases.hall import Hall

# Objects made until the garbage collector looks at the youngest, and looks until it takes in older ones. Calls leave next to no
# cycles behind, so it seldom finds anything.
_COLLECT_AFTER = (20_000, 20, 20)


class House(Starlette):
    """Every door; an address that one of them serves `Straight` is handed on before Starlette's layers (and any middleware) begin."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        super().__init__(routes=routes)
        # Starlette would build the address of its redirect from the Host header: only LINKSPAN_PUBLIC_URL may say where we are.
        self.router.redirect_slashes = False
        self._straight: dict[tuple[object, object], Straight] = {
            (method, route.path): route.endpoint
            for route in routes
            if isinstance(route, Route) and isinstance(route.endpoint, Straight)
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        straight = self._straight.get((scope.get("method"), scope.get("path")))
        if straight is None:
            await super().__call__(scope, receive, send)
        else:
            await straight(scope, receive, send)


def build_app(hall: Hall, more: Sequence[BaseRoute] = ()) -> Starlette:
    """Every door of the house, hottest first: a route is found in the order of this list, with `more` at its end."""
    return House(
        [
            *compat_routes(hall),
            *mcp_routes(hall),
            *rest_routes(hall),
            *signin_routes(hall),
            *linking_routes(hall),
            *console_routes(hall),
            *static_routes(),
            *guide_routes(hall),
            *more,
        ]
    )


def server_of(app: Starlette, settings: Settings) -> uvicorn.Server:
    """The web server: forwarded headers count only from the trusted proxies, and it says nothing of itself."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


def listening_socket(settings: Settings) -> socket.socket:
    """The socket to serve on, bound before anything is promised; port 0 becomes a free one. Raises OSError if it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's algorithm off only where it is; with it, an answer waits 40 ms for an ACK.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((settings.host, settings.port))
    return bound


@contextlib.asynccontextmanager
async def serving(hall: Hall, bound: socket.socket, more: Sequence[BaseRoute] = ()) -> AsyncIterator[uvicorn.Server]:
    """Serve in the background for as long as the block lasts; requests under way are finished when it ends."""
    server = server_of(build_app(hall, more), hall.settings)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110  uvicorn tells it by this flag only
            await asyncio.sleep(0.01)
        yield server
    finally:
        server.should_exit = True
        await task


async def serve(hall: Hall, bound: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM."""
    server = server_of(build_app(hall), hall.settings)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started and not task.done():  # noqa: ASYNC110  uvicorn tells it by this flag only
        await asyncio.sleep(0.01)
    if not task.done():
        _spare_the_collector()
        on_ready()
    await task


def _spare_the_collector() -> None:
    """What the start has made lives to the end, so the garbage collector need not look at it; each look at the rest would hold up calls."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
