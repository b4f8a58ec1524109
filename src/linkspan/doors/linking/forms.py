"""Reads the small forms of the link pages."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from linkspan.doors.porch.body import read_body
from linkspan.errors import InvalidInputError

_MAX_FORM = 64 * 1024
_MAX_FIELDS = 50


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a URL-encoded form; of a name given twice the last counts. Raises InvalidInputError, PayloadTooLargeError."""
    text = await read_body(request, limit=_MAX_FORM)
    try:
        return dict(parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS))
    except ValueError:
        raise InvalidInputError("The form cannot be read.") from None
