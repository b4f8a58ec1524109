"""The scripts that other pages load from here: our own, and the one that the older published hook expects."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_FOLDER = Path(__file__).with_name("assets")
_EMBED = (_FOLDER / "embed.js").read_bytes()
_CONNECT = _EMBED + (_FOLDER / "connect.js").read_bytes()
_HEADERS = {
    "cache-control": "public, max-age=300",
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
}


async def _embed(_: Request) -> Response:
    return Response(_EMBED, media_type="text/javascript", headers=_HEADERS)


async def _connect(_: Request) -> Response:
    return Response(_CONNECT, media_type="text/javascript", headers=_HEADERS)


def script_routes() -> list[BaseRoute]:
    """`/connect/embed.js` and `/stackone/connect.js`."""
    return [
        Route("/connect/embed.js", _embed, methods=["GET"]),
        Route("/stackone/connect.js", _connect, methods=["GET"]),
    ]
