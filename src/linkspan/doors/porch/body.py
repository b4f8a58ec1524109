"""Reads a request's JSON body: bounded in size, exact in its numbers, and an object."""

from starlette.requests import Request

from linkspan.doors.porch.quick import header_of
from linkspan.engine import json_text
from linkspan.errors import InvalidInputError, Mistake, PayloadTooLargeError

MAX_BODY = 8 * 1024 * 1024


async def read_body(request: Request, *, limit: int = MAX_BODY) -> bytes:
    """The raw body.

    Raises PayloadTooLargeError as soon as more than `limit` bytes are announced or arrive, InvalidInputError when the caller hangs up
    before it is whole (nobody hears that, and it is no failure of ours).
    """
    announced = header_of(request, "content-length") or ""
    if announced.isdigit() and int(announced) > limit:
        raise PayloadTooLargeError(_too_large(limit))
    parts: list[bytes] = []
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise InvalidInputError("The body did not arrive whole.")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise PayloadTooLargeError(_too_large(limit))
        if not message.get("more_body", False):
            # Most bodies come in one part.
            return b"".join((*parts, part)) if parts else part
        parts.append(part)


async def read_object(request: Request, *, limit: int = MAX_BODY) -> dict[str, object]:
    """The body as a JSON object; an empty body is an empty object. Raises InvalidInputError, PayloadTooLargeError."""
    return object_of(await read_body(request, limit=limit))


def object_of(text: bytes) -> dict[str, object]:
    """A body's JSON object; an empty body is an empty object. Raises InvalidInputError."""
    if not text or text.isspace():
        return {}
    try:
        value = json_text.parse(text)
    except ValueError as error:
        raise InvalidInputError("The body is not JSON.", mistakes=[Mistake("body", str(error))]) from None
    if not isinstance(value, dict):
        raise InvalidInputError("The body must be a JSON object.", mistakes=[Mistake("body", "is not an object")])
    return value


def _too_large(limit: int) -> str:
    return f"The body is larger than {limit // 1024 // 1024} MB."
