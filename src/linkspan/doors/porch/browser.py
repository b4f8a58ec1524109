"""What the hosted pages know of a browser: its own random value, and the link to a person's own page that it has opened."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from linkspan.model import Secret
from linkspan.usecases.hall import Hall

PATH = "/connect"
_BROWSER = "linkspan_browser"
OWNER = "linkspan_owner"
# Longer than a connect session can live, so that a linking under way never loses its browser.
_BROWSER_SECONDS = 31 * 24 * 3600


def browser_value(request: Request) -> Secret | None:
    """This browser's own random value: a sign-in can be finished only where it was started."""
    return cookie_of(request, _BROWSER)


def keep_browser(hall: Hall, request: Request, response: Response, value: Secret | None = None) -> Secret:
    """Give the browser a value (that one, or a new one) if it has none; answers the value that it has now."""
    browser = browser_value(request) or value or new_browser()
    set_cookie(hall, response, _BROWSER, browser.reveal(), _BROWSER_SECONDS)
    return browser


def new_browser() -> Secret:
    """A value for a browser that has none."""
    return Secret(secrets.token_urlsafe(32))


def owner_token(request: Request) -> Secret | None:
    """The link to a page of linked accounts that this browser opened last."""
    return cookie_of(request, OWNER)


def cookie_of(request: Request, name: str) -> Secret | None:
    """A cookie's value, if there is any."""
    value = request.cookies.get(name, "")
    return Secret(value) if value else None


def set_cookie(hall: Hall, response: Response, name: str, value: str, seconds: int) -> None:
    """Put a value where scripts cannot read it."""
    # Lax, not Strict: the provider's redirect back is a top-level GET from another site and must carry both.
    secure = hall.settings.base_url.startswith("https:")
    response.set_cookie(name, value, max_age=seconds, path=PATH, httponly=True, samesite="lax", secure=secure)
