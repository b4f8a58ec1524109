"""The door for published client packages: the routes it answers."""

from starlette.routing import BaseRoute, Route

from linkspan.doors.compat.accounts import Accounts
from linkspan.doors.compat.rpc import answered, rpc_endpoint, unknown_address
from linkspan.doors.compat.sessions import Sessions
from linkspan.usecases.hall import Hall

_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(hall: Hall) -> list[BaseRoute]:
    """Actions, connect sessions and accounts; everything else below these is a 404 in the same error shape."""
    nothing = unknown_address(hall)
    accounts, sessions = Accounts(hall), Sessions(hall)
    return [
        Route("/actions/rpc", rpc_endpoint(hall), methods=["POST"]),
        Route("/connect_sessions", answered(hall, sessions.create), methods=["POST"]),
        Route("/connect_sessions/authenticate", answered(hall, sessions.authenticate), methods=["POST"]),
        Route("/accounts", answered(hall, accounts.list_all), methods=["GET"]),
        Route("/accounts/{account}", answered(hall, accounts.get), methods=["GET"]),
        Route("/accounts/{account}", answered(hall, accounts.change), methods=["PATCH"]),
        Route("/accounts/{account}", answered(hall, accounts.delete), methods=["DELETE"]),
        Route("/accounts/{account}/meta", answered(hall, accounts.meta), methods=["GET"]),
        *(
            Route(path, nothing, methods=_ANY)
            for root in ("/actions", "/accounts", "/connect_sessions")
            for path in (root, f"{root}/{{rest:path}}")
        ),
    ]
