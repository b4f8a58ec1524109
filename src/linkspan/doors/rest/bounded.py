"""The route class of the management endpoints: bodies are bounded in size before FastAPI reads them."""

from collections.abc import Awaitable, Callable

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from linkspan.doors.porch.body import read_body
from linkspan.errors import PayloadTooLargeError

MAX_MANAGEMENT_BODY = 1024 * 1024


class BoundedRoute(APIRoute):
    """A route that refuses a body of more than MAX_MANAGEMENT_BODY bytes with 413, in the door's own shape."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]  # Coroutine is one
        """FastAPI's handler, on a request whose body is at hand already."""
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            try:
                body = await read_body(request, limit=MAX_MANAGEMENT_BODY)
            except PayloadTooLargeError:
                raise HTTPException(413) from None
            return await handle(Request(request.scope, _once(body)))

        return bounded


def _once(body: bytes) -> Receive:
    """The body as one message."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
