"""Sends what is public in fewer bytes. Never what holds a secret: the size of a packed page would tell of it (BREACH)."""

import gzip
import re

from starlette.requests import Request
from starlette.responses import Response

_WORTH_IT = 1000
_LEVEL = 5
_TEXT = ("text/", "application/json", "image/svg+xml")
# Accept-Encoding that names gzip and does not give it the weight 0 (RFC 9110, 12.5.3).
_ACCEPTS = re.compile(r"(?:^|[,\s])(?:x-)?gzip(?:\s*;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+)?\s*(?:,|$)", re.IGNORECASE)


def pack(content: bytes) -> bytes:
    """The same content gives the same bytes, whenever it is packed."""
    return gzip.compress(content, _LEVEL, mtime=0)


def takes_packed(request: Request) -> bool:
    """Whether the browser can unpack."""
    return _ACCEPTS.search(request.headers.get("accept-encoding", "")) is not None


def packed(request: Request, response: Response) -> Response:
    """The response in fewer bytes where the browser can unpack it, and it is worth it."""
    kind = response.headers.get("content-type", "")
    if len(response.body) < _WORTH_IT or not kind.startswith(_TEXT) or "content-encoding" in response.headers:
        return response
    response.headers.append("vary", "accept-encoding")
    if takes_packed(request):
        response.body = pack(bytes(response.body))
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response
