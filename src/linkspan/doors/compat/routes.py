"""The door for published client packages: the routes it answers."""

from starlette.routing import BaseRoute, Route

from linkspan.doors.compat.accounts import Accounts
from linkspan.doors.compat.catalog import CompatCatalog
from linkspan.doors.compat.events import events_door
from linkspan.doors.compat.feedback import feedback_door
from linkspan.doors.compat.hub import routes as hub_routes
from linkspan.doors.compat.logs import CompatLogs
from linkspan.doors.compat.proxy import proxy_door
from linkspan.doors.compat.rpc import answered, rpc_door, unknown_address
from linkspan.doors.compat.search import CompatSearch
from linkspan.doors.compat.sessions import Sessions
from linkspan.usecases.hall import Hall

_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(hall: Hall) -> list[BaseRoute]:
    """Actions, connect sessions and accounts; everything else below these is a 404 in the same error shape."""
    nothing = unknown_address(hall)
    accounts, sessions, catalog, logs = Accounts(hall), Sessions(hall), CompatCatalog(hall), CompatLogs(hall)
    search = CompatSearch(hall)
    return [
        Route("/actions/rpc", rpc_door(hall), methods=["POST"]),
        Route("/actions/search", answered(hall, search.search), methods=["POST"]),
        Route("/actions/build", answered(hall, search.build), methods=["POST"]),
        Route("/actions", answered(hall, catalog.actions), methods=["GET"]),
        Route("/connectors/meta", answered(hall, catalog.connectors), methods=["GET"]),
        Route("/connectors/meta/{provider}", answered(hall, catalog.connector), methods=["GET"]),
        # One list under both its names: the packages renamed it.
        Route("/auth_configs", answered(hall, catalog.profiles), methods=["GET"]),
        Route("/connector_profiles", answered(hall, catalog.profiles), methods=["GET"]),
        Route("/requests/logs", answered(hall, logs.requests), methods=["GET"]),
        Route("/requests/logs/steps", answered(hall, logs.steps), methods=["GET"]),
        Route("/requests/logs/{id}", answered(hall, logs.request), methods=["GET"]),
        Route("/requests/platform-logs", answered(hall, logs.platform), methods=["GET"]),
        Route("/logs/actions", answered(hall, logs.action_runs), methods=["POST"]),
        Route("/logs/actions/{id}", answered(hall, logs.action_run), methods=["GET"]),
        Route("/logs/steps", answered(hall, logs.action_steps), methods=["POST"]),
        Route("/connect_sessions", answered(hall, sessions.create), methods=["POST"]),
        Route("/connect_sessions/authenticate", answered(hall, sessions.authenticate), methods=["POST"]),
        Route("/accounts", answered(hall, accounts.list_all), methods=["GET"]),
        Route("/accounts/{account}", answered(hall, accounts.get), methods=["GET"]),
        Route("/accounts/{account}", answered(hall, accounts.change), methods=["PATCH"]),
        Route("/accounts/{account}", answered(hall, accounts.delete), methods=["DELETE"]),
        Route("/accounts/{account}/meta", answered(hall, accounts.meta), methods=["GET"]),
        Route("/unified/proxy", answered(hall, proxy_door(hall)), methods=["POST"]),
        Route("/ai/tool-feedback", answered(hall, feedback_door(hall)), methods=["POST"]),
        Route("/webhooks/{webhook}/events", answered(hall, events_door(hall)), methods=["POST"]),
        *hub_routes(hall),
        *(
            Route(path, nothing, methods=_ANY)
            for root in (
                "/actions",
                "/accounts",
                "/connect_sessions",
                "/requests",
                "/logs",
                "/unified",
                "/ai",
                "/webhooks",
            )
            for path in (root, f"{root}/{{rest:path}}")
        ),
    ]
