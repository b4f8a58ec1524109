"""The MCP door: the routes it answers."""

from starlette.routing import BaseRoute, Route

from linkspan.doors.mcp.actions import ActionSource
from linkspan.doors.mcp.conformance.fixture import ConformanceSource
from linkspan.doors.mcp.endpoint import McpDoor
from linkspan.doors.mcp.routed.source import RoutedSource
from linkspan.doors.porch.quick import Straight
from linkspan.usecases.hall import Hall
from linkspan.usecases.oauth_addresses import MCP, ROUTED

CONFORMANCE_PATH = "/mcp/conformance"
_METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH"]


def routes(hall: Hall) -> list[BaseRoute]:
    """One address for every MCP client, and one for those of Business Central's own MCP server."""
    base_url = hall.settings.base_url
    return [
        Route(MCP, Straight(McpDoor(ActionSource(hall), base_url).answer), methods=_METHODS),
        Route(ROUTED, Straight(McpDoor(RoutedSource(hall), base_url).answer), methods=_METHODS),
    ]


def conformance_routes(hall: Hall) -> list[BaseRoute]:
    """The address of the conformance suite's fixture, which only the demo serves."""
    door = McpDoor(ConformanceSource(), hall.settings.base_url)
    return [Route(CONFORMANCE_PATH, Straight(door.answer), methods=_METHODS)]
