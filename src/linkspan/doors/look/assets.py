"""The files every page uses (style sheet, scripts, marks), served under names that carry a hash of their content."""

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from linkspan.doors.look.headers import SAFE_HEADERS
from linkspan.doors.look.packing import pack, takes_packed

FOLDER = Path(__file__).with_name("assets")
PREFIX = "/static"
_MEDIA = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"


def _hashed(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{path.stem}.{digest}{path.suffix}"


_FILES = {_hashed(path): path for path in sorted(FOLDER.iterdir()) if path.suffix in _MEDIA}
_NAMES = {path.name: name for name, path in _FILES.items()}
_CONTENT = {name: path.read_bytes() for name, path in _FILES.items()}
_PACKED = {name: pack(content) for name, content in _CONTENT.items()}


def asset(name: str) -> str:
    """The address of an asset by its file name: it changes when the content does, so browsers may keep it for ever."""
    return f"{PREFIX}/{_NAMES[name]}"


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _CONTENT:
        return Response("No such file.\n", status_code=404, media_type="text/plain", headers=SAFE_HEADERS)
    headers = {
        **SAFE_HEADERS,
        "cache-control": _FOREVER,
        "content-type": _MEDIA[_FILES[name].suffix],
        "vary": "accept-encoding",
    }
    if takes_packed(request):
        return Response(_PACKED[name], headers={**headers, "content-encoding": "gzip"})
    return Response(_CONTENT[name], headers=headers)


def static_routes() -> list[BaseRoute]:
    """The route that serves the assets; mounted once, whichever doors are open."""
    return [Route(f"{PREFIX}/{{name}}", _serve, methods=["GET"])]
