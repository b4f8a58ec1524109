"""`/mcp`: streamable HTTP of the Model Context Protocol, stateless, for both eras of the protocol; every answer is JSON."""

from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.mcp.message import (
    INTERNAL_ERROR,
    Message,
    ProtocolError,
    error_text,
    read_message,
    refusal_of,
    result_text,
)
from linkspan.doors.mcp.revisions import VERSION_HEADER, check_served, check_stateless, is_stateless
from linkspan.doors.mcp.server import Asked, McpServer
from linkspan.doors.mcp.visit import Visit, read_visit
from linkspan.doors.porch.body import read_body
from linkspan.errors import AccessError, LinkspanError, PayloadTooLargeError
from linkspan.usecases.hall import Hall

_LOG = structlog.get_logger(__name__)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class McpDoor:
    """Answers every request to /mcp."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._server = McpServer(hall)
        self._host = urlsplit(hall.settings.base_url).hostname

    async def answer(self, request: Request) -> Response:
        """The answer, whatever happens: the outermost handler of this door."""
        if refusal := self._refusal(request):
            return refusal
        message = Message("")
        try:
            visit = await read_visit(self._hall, request)
            if request.method != "POST":
                told = "Send JSON-RPC by POST: this server is stateless and pushes nothing."
                return _plain(405, told, {"allow": "POST"})
            message = read_message(await read_body(request))
            return await self._answered(visit, message, request)
        except ProtocolError as error:
            by_status = is_stateless(request.headers) or not message.method
            return _json(error.http_status if by_status else 200, error_text(message.id, error))
        except LinkspanError as error:
            return _refused(message, error)
        except Exception:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
            _LOG.exception("request_failed", door="mcp", path=request.url.path)
            return _json(500, error_text(message.id, ProtocolError(INTERNAL_ERROR, LinkspanError().message)))

    async def _answered(self, visit: Visit, message: Message, request: Request) -> Response:
        stateless = is_stateless(request.headers)
        if message.id is None:
            if stateless:
                check_served(request.headers[VERSION_HEADER].strip())
            return Response(status_code=202)
        if stateless:
            check_stateless(message, request.headers, [name.decode() for name, _ in request.headers.raw])
        result = await self._server.result(Asked(visit, message, stateless, request.is_disconnected))
        return _json(200, result_text(message, result))

    def _refusal(self, request: Request) -> Response | None:
        """What HTTP itself refuses: a page of another site, a body or an answer that is not JSON."""
        if not self._is_ours(request.headers.get("host"), request.headers.get("origin")):
            return _plain(403, "This Host or Origin is not this installation's own.")
        if request.method != "POST":
            # Whoever opens the address without a key learns first that it needs one.
            return None
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _plain(415, "The body must be application/json.")
        accepted = {part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")}
        if accepted.isdisjoint({"application/json", "application/*", "*/*"}):
            return _plain(406, "Answers are application/json.")
        return None

    def _is_ours(self, host: str | None, origin: str | None) -> bool:
        """Whether a request came to our own name and from no page of another site (DNS rebinding)."""
        ours = {self._host, *_LOOPBACK}
        return urlsplit(f"//{host}").hostname in ours and (origin is None or urlsplit(origin).hostname in ours)


def _refused(message: Message, error: LinkspanError) -> Response:
    """A refusal of the whole request: a key that is not accepted is told by HTTP, anything else inside JSON-RPC."""
    by_http = isinstance(error, AccessError | PayloadTooLargeError) or not message.method
    headers = {"www-authenticate": 'Bearer, Basic realm="Linkspan"'} if error.http_status == 401 else {}  # noqa: PLR2004
    if error.retry_after is not None:
        headers["retry-after"] = str(max(1, round(error.retry_after + 0.5)))
    return _json(error.http_status if by_http else 200, error_text(message.id, refusal_of(error)), headers)


def _json(status: int, text: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status, {"cache-control": "no-store", **(headers or {})}, "application/json")


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return Response(text + "\n", status, headers, "text/plain")
