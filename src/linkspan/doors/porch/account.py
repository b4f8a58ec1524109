"""Finds which linked account a request is about: the clients in use say it in four places."""

from collections.abc import Mapping

from starlette.requests import Request

from linkspan.doors.porch.quick import header_of

ACCOUNT_HEADER = "x-account-id"
PROFILE_HEADER = "x-connector-profile-id"


def account_of(request: Request, inner_headers: Mapping[str, object]) -> str | None:
    """The account id: HTTP header first, then the body's `headers`, then the query (`x-account-id` or `account_id`)."""
    return _said(request, inner_headers, ACCOUNT_HEADER) or _asked(request)


def profile_of(request: Request, inner_headers: Mapping[str, object]) -> str | None:
    """The connector profile that a caller names to override the account's own, if any."""
    return _said(request, inner_headers, PROFILE_HEADER)


def _asked(request: Request) -> str | None:
    query = request.query_params
    return query.get(ACCOUNT_HEADER) or query.get("account_id")


def _said(request: Request, inner_headers: Mapping[str, object], name: str) -> str | None:
    outer = header_of(request, name)
    if outer:
        return outer.strip()
    if not inner_headers:
        return None
    inner = next((value for key, value in inner_headers.items() if key.lower() == name), None)
    return inner.strip() if isinstance(inner, str) and inner.strip() else None
