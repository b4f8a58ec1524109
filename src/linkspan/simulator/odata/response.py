"""The outermost handler of every door: faults become answers, every answer carries its correlation id."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from linkspan.simulator.faults import BcFault, server_error
from linkspan.simulator.odata.exchange import Answer
from linkspan.simulator.odata.failure import render_fault
from linkspan.simulator.odata.fragments import Pieces
from linkspan.simulator.odata.language import chosen_language, in_language

_LOG: Final = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Answer]]


def answered(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint around `handler`."""

    async def endpoint(request: Request) -> Response:
        correlation = uuid4()
        try:
            answer = await handler(request)
        except BcFault as fault:
            language = chosen_language(request.headers.get("accept-language", ""))
            answer = render_fault(in_language(fault, language), correlation)
        except Exception:  # noqa: BLE001 - the outermost handler of all doors; the cause is in the log
            _LOG.exception("The simulator failed on %s %s.", request.method, request.url.path)
            answer = render_fault(server_error("An unexpected error happened in the simulator."), correlation)
        return _response(answer, correlation)

    return endpoint


def _response(answer: Answer, correlation: UUID) -> Response:
    headers = {
        "OData-Version": "4.0",
        "request-id": str(correlation),
        "ms-correlation-x": str(correlation),
        **answer.headers,
    }
    if answer.content_type is not None:
        headers["Content-Type"] = answer.content_type
    if answer.pieces is not None:
        return PiecesResponse(answer.pieces, answer.status, headers)
    return Response(answer.body, answer.status, headers)


class PiecesResponse(Response):
    """A response whose body comes in several pieces, each made when it is its turn, so that nobody need join them."""

    def __init__(self, pieces: Pieces, status: int, headers: dict[str, str]) -> None:
        """Announce the length of all pieces together."""
        super().__init__(None, status, {**headers, "Content-Length": str(pieces.size)})
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, then each piece."""
        del scope, receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
