"""The door for published client packages: the routes it answers."""

from starlette.routing import BaseRoute, Route

from linkspan.doors.compat.rpc import rpc_endpoint, unknown_address
from linkspan.usecases.hall import Hall

_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(hall: Hall) -> list[BaseRoute]:
    """`POST /actions/rpc`, and a 404 in the same error shape for everything else below /actions."""
    nothing = unknown_address(hall)
    return [
        Route("/actions/rpc", rpc_endpoint(hall), methods=["POST"]),
        Route("/actions", nothing, methods=_ANY),
        Route("/actions/{rest:path}", nothing, methods=_ANY),
    ]
