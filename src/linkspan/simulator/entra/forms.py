"""Reading an HTML form or OAuth request body, strictly."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from linkspan.simulator.entra.errors import entra_error

_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 100


def parse_parameters(text: str) -> dict[str, str]:
    """Return URL-encoded parameters; raises EntraError 9002313 for a repeated name, bad encoding or too many."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as mistake:
        raise entra_error(9002313, reason="the parameters are not URL-encoded UTF-8") from mistake
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise entra_error(9002313, reason="a parameter is repeated")
    return parameters


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form post; raises EntraError 9002313 unless it is URL-encoded."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind != _FORM and body:
        raise entra_error(9002313, reason=f"the body must be {_FORM}")
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError as mistake:
        raise entra_error(9002313, reason="the body is not URL-encoded") from mistake
    return parse_parameters(text)
