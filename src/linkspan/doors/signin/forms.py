"""Reads forms and queries as OAuth sends them: bounded, every pair kept, for a name that comes twice matters."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from linkspan.doors.porch.body import read_body
from linkspan.errors import InvalidInputError, PayloadTooLargeError
from linkspan.usecases.oauth_refusal import OAuthRefusedError

_MAX_FORM = 256 * 1024
_MAX_FIELDS = 2_000
_MAX_CREDENTIALS = 16 * 1024
_MAX_PARAMETERS = 30

Pairs = list[tuple[str, str]]


def query_pairs(request: Request) -> Pairs:
    """The pairs of a query; a parameter without a value is left out (RFC 6749, 3.1)."""
    try:
        text = request.scope["query_string"].decode("ascii")
        return [
            (name, value) for name, value in parse_qsl(text, errors="strict", max_num_fields=_MAX_PARAMETERS) if value
        ]
    except ValueError:
        raise InvalidInputError("The address cannot be read.") from None


async def page_form(request: Request) -> Pairs:
    """The pairs of a form that one of our pages sends. Raises InvalidInputError, PayloadTooLargeError."""
    text = await read_body(request, limit=_MAX_FORM)
    try:
        return parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise InvalidInputError("The form cannot be read.") from None


async def protocol_form(request: Request) -> dict[str, list[str]]:
    """The parameters of a token or revocation request. Raises OAuthRefusedError (invalid_request) for one that comes twice."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/x-www-form-urlencoded":
        raise OAuthRefusedError("invalid_request", "The body must be application/x-www-form-urlencoded.")
    try:
        text = (await read_body(request, limit=_MAX_CREDENTIALS)).decode()
        pairs = parse_qsl(text, errors="strict", max_num_fields=_MAX_PARAMETERS)
    except (ValueError, InvalidInputError, PayloadTooLargeError):
        raise OAuthRefusedError("invalid_request", "The body cannot be read.") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    twice = [name for name, values in found.items() if len(values) > 1 and name != "resource"]
    if twice:
        raise OAuthRefusedError("invalid_request", f"{', '.join(sorted(twice))} came more than once.")
    return found
