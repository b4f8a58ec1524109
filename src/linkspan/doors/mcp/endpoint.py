"""`/mcp`: streamable HTTP of the Model Context Protocol, stateless, for both eras of the protocol; every answer is JSON."""

from functools import lru_cache
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.mcp.challenge import challenges
from linkspan.doors.mcp.message import (
    INVALID_REQUEST,
    Message,
    ProtocolError,
    Reply,
    error_text,
    failure_text,
    read_message,
    refusal_of,
    result_text,
)
from linkspan.doors.mcp.revisions import VERSION_HEADER, check_mirrored, check_served, check_stateless, is_stateless
from linkspan.doors.mcp.server import McpServer
from linkspan.doors.mcp.source import Asked, Offering, Silence, Source, Talk
from linkspan.doors.mcp.stream import EVENT_STREAM, Questions, streamed
from linkspan.doors.porch.body import read_body
from linkspan.doors.porch.quick import JsonAnswer, header_of
from linkspan.errors import AccessError, LinkspanError, PayloadTooLargeError

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_JSON = "application/json"
_TAKEN = frozenset({_JSON, "application/*", "*/*"})
# What clients send in nearly every request.
_USUAL = frozenset({None, _JSON, "*/*", "application/json, text/event-stream", "text/event-stream, application/json"})


class McpDoor:
    """Answers every request to an address at which a source is served; `base_url` is our own."""

    def __init__(self, source: Source, base_url: str) -> None:
        self._source = source
        self._server, self._questions = McpServer(), Questions()
        self._base_url, self._ours = base_url, frozenset({urlsplit(base_url).hostname, *_LOOPBACK})

    async def answer(self, request: Request) -> Response:
        """The answer, whatever happens: the outermost handler of this door."""
        if refusal := self._refusal(request):
            return refusal
        message = Message("")
        try:
            offering = await self._source.admit(request)
            if request.method != "POST":
                told = "Send JSON-RPC by POST: this server is stateless and pushes nothing."
                return _plain(405, told, {"allow": "POST"})
            found = read_message(await read_body(request))
            message = found if isinstance(found, Message) else message
            return await self._answered(offering, found, request)
        except ProtocolError as error:
            by_status = is_stateless(header_of(request, VERSION_HEADER)) or not message.method
            return _json(error.http_status if by_status else 200, error_text(message.id, error))
        except LinkspanError as error:
            return self._refused(request, message, error)
        except Exception as error:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
            return _json(500, failure_text(message, error))

    async def _answered(self, offering: Offering, message: Message | Reply, request: Request) -> Response:
        stateless = is_stateless(header_of(request, VERSION_HEADER))
        if isinstance(message, Reply):
            return self._replied(message, stateless=stateless)
        if message.id is None:
            if stateless:
                check_served(request.headers[VERSION_HEADER].strip())
            return Response(status_code=202)
        if stateless:
            names = [name.decode() for name, _ in request.headers.raw]
            check_stateless(message, request.headers, names)
            check_mirrored(message, offering.mirrored(message), request.headers, names)

        async def work(talk: Talk) -> bytes:
            asked = Asked(message, stateless, request.is_disconnected, talk)
            return result_text(message, await self._server.result(offering, asked))

        if not offering.talks(message) or EVENT_STREAM not in (header_of(request, "accept") or ""):
            return JsonAnswer(await work(Silence()))
        told = await streamed(message, self._questions, work)
        return told if isinstance(told, Response) else JsonAnswer(told)

    def _replied(self, reply: Reply, *, stateless: bool) -> Response:
        """Take a client's answer to a question of ours, which only the handshake era asks."""
        if stateless:
            raise ProtocolError(
                INVALID_REQUEST, "This protocol version has no messages from server to client to answer."
            )
        self._questions.answered(reply)
        return Response(status_code=202)

    def _refused(self, request: Request, message: Message, error: LinkspanError) -> Response:
        """A refusal of the whole request: a key or token that is not accepted is told by HTTP, anything else inside JSON-RPC."""
        by_http = isinstance(error, AccessError | PayloadTooLargeError) or not message.method
        headers = {}
        if error.retry_after is not None:
            headers["retry-after"] = str(max(1, round(error.retry_after + 0.5)))
        answer = _json(error.http_status if by_http else 200, error_text(message.id, refusal_of(error)), headers)
        for challenge in challenges(self._base_url, request.url.path, error, sent="authorization" in request.headers):
            answer.headers.append("www-authenticate", challenge)
        return answer

    def _refusal(self, request: Request) -> Response | None:
        """What HTTP itself refuses: a page of another site, a body or an answer that is not JSON."""
        if not self._is_ours(header_of(request, "host"), header_of(request, "origin")):
            return _plain(403, "This Host or Origin is not this installation's own.")
        if request.method != "POST":
            # Whoever opens the address without a key learns first that it needs one.
            return None
        content_type = header_of(request, "content-type")
        if content_type != _JSON and _media_type(content_type or "") != _JSON:
            return _plain(415, "The body must be application/json.")
        accept = header_of(request, "accept")
        if accept not in _USUAL and {_media_type(part) for part in (accept or "*/*").split(",")}.isdisjoint(_TAKEN):
            return _plain(406, "Answers are application/json.")
        return None

    def _is_ours(self, host: str | None, origin: str | None) -> bool:
        """Whether a request came to our own name and from no page of another site (DNS rebinding)."""
        ours = self._ours
        return _name_in(f"//{host}") in ours and (origin is None or _name_in(origin) in ours)


def _media_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()


@lru_cache(maxsize=256)
def _name_in(address: str) -> str | None:
    return urlsplit(address).hostname


def _json(status: int, text: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status, {"cache-control": "no-store", **(headers or {})}, "application/json")


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return Response(text + "\n", status, headers, "text/plain")
