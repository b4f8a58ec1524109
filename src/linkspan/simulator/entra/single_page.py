"""Single-page applications: tokens redeemed by a page in a browser, across origins, without a secret."""

from starlette.requests import Request

from linkspan.simulator.entra.directory import AppRegistration
from linkspan.simulator.entra.errors import entra_error

_REDEEMED = frozenset({"authorization_code", "refresh_token"})


def is_single_page(app: AppRegistration, form: dict[str, str], origin: str | None) -> bool:
    """Tell whether a token request comes from a page of a single-page application, which has nothing to prove."""
    proves = "client_secret" in form or "client_assertion" in form
    return bool(app.spa_redirect_uris) and origin is not None and not proves and form["grant_type"] in _REDEEMED


def check_origin(origin: str | None, *, single_page: bool) -> None:
    """Raise EntraError 9002327 or 9002326 unless pages, and only pages, redeem what was issued to a page."""
    if single_page and origin is None:
        raise entra_error(9002327)
    if origin is not None and not single_page:
        raise entra_error(9002326, origin=origin)


def shared_with(request: Request) -> dict[str, str]:
    """Return the headers that let the page that asks read the answer; none for requests from elsewhere."""
    origin = request.headers.get("origin")
    if origin is None:
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST, OPTIONS",
        "access-control-allow-headers": request.headers.get("access-control-request-headers", "content-type"),
        "vary": "Origin",
    }
