"""Signing in MCP clients: discovery, the page on which a person agrees, and the endpoints that programs call."""

from starlette.routing import BaseRoute

from linkspan.doors.signin.consent import ConsentDoor
from linkspan.doors.signin.endpoints import Endpoints
from linkspan.doors.signin.metadata import metadata_routes
from linkspan.usecases.hall import Hall


def routes(hall: Hall) -> list[BaseRoute]:
    """The routes of this door; they come before those of the link pages, which answer everything else below /connect."""
    return [*metadata_routes(hall.settings), *Endpoints(hall).routes(), *ConsentDoor(hall).routes()]
