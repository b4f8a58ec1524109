"""What every endpoint of the compatible door reads out of a request: who asks, and query parameters in all the ways clients write them."""

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.porch.credentials import read_key
from linkspan.engine import json_text
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Caller
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.hall import Hall


async def caller_of(hall: Hall, request: Request) -> Caller:
    """Whose key it is. Raises the errors of `authenticate`."""
    return await authenticate(hall, read_key(request.headers.get("authorization")).reveal())


def values_of(query: QueryParams, *names: str) -> tuple[str, ...]:
    """Every value of the named parameters: repeated, with `[]`, as `filter[name]`, or joined by commas."""
    keys = [key for name in names for key in (name, f"{name}[]", f"filter[{name}]", f"filter[{name}][]")]
    values = [value for key in keys for value in query.getlist(key)]
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def value_of(query: QueryParams, *names: str) -> str | None:
    """The first of `values_of`."""
    return next(iter(values_of(query, *names)), None)


def count_of(query: QueryParams, name: str, default: int, *, most: int) -> int:
    """A whole number from 1 to `most`. Raises InvalidInputError."""
    text = query.get(name)
    if text is None or not text.strip():
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
        raise InvalidInputError(mistakes=[Mistake(name, f"must be a whole number from 1 to {most}")])
    return int(text[:9])


def answer_of(body: object, status: int = 200) -> Response:
    """A JSON answer that nobody may keep."""
    return Response(json_text.dump(body), status, {"cache-control": "no-store"}, "application/json")
