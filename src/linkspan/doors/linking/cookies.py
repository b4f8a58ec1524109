"""The cookies of this door: which session this browser opened, that it is the same browser that comes back, and whose page it may see."""

import secrets
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from linkspan.model import Secret
from linkspan.usecases.hall import Hall

_PATH = "/connect"
_SESSION = "linkspan_session"
_BROWSER = "linkspan_browser"
_WINDOW = "linkspan_window"
_OWNER = "linkspan_owner"
# Longer than a connect session can live, so that a linking under way never loses its browser.
_BROWSER_SECONDS = 31 * 24 * 3600


def session_token(request: Request) -> Secret | None:
    """The connect session that this browser opened last."""
    return _read(request, _SESSION)


def browser_value(request: Request) -> Secret | None:
    """This browser's own random value: a sign-in can be finished only where it was started."""
    return _read(request, _BROWSER)


def remember(
    hall: Hall, request: Request, response: Response, *, token: Secret, until: datetime, popup: bool = False
) -> Secret:
    """Put the session's token, and a value for this browser if it has none, where scripts cannot read them; answers that value.

    `popup`: another page has opened this window and waits for it.
    """
    seconds = max(60, int((until - hall.clock()).total_seconds()))
    _set(hall, response, _SESSION, token.reveal(), seconds)
    browser = browser_value(request) or Secret(secrets.token_urlsafe(32))
    _set(hall, response, _BROWSER, browser.reveal(), _BROWSER_SECONDS)
    if popup:
        _set(hall, response, _WINDOW, "popup", seconds)
    elif _WINDOW in request.cookies:
        response.delete_cookie(_WINDOW, path=_PATH)
    return browser


def owner_token(request: Request) -> Secret | None:
    """The link to a page of linked accounts that this browser opened last."""
    return _read(request, _OWNER)


def remember_owner(hall: Hall, request: Request, response: Response, *, token: Secret, until: datetime) -> None:
    """Put the link's token, and a value for this browser if it has none, where scripts cannot read them."""
    _set(hall, response, _OWNER, token.reveal(), max(1, int((until - hall.clock()).total_seconds())))
    if browser_value(request) is None:
        _set(hall, response, _BROWSER, secrets.token_urlsafe(32), _BROWSER_SECONDS)


def in_popup(request: Request) -> bool:
    """Whether another page has opened this window and waits for it: then it closes itself in the end."""
    return request.cookies.get(_WINDOW) == "popup"


def form_token(hall: Hall, request: Request) -> str:
    """The value that a form must carry to be this browser's own (against cross-site request forgery)."""
    browser = browser_value(request)
    return hall.vault.digest("link-form", browser) if browser else ""


def is_own_form(hall: Hall, request: Request, given: str) -> bool:
    """Whether a form came from a page that this browser was shown."""
    expected = form_token(hall, request)
    return bool(expected) and secrets.compare_digest(expected.encode(), given.encode())


def _read(request: Request, name: str) -> Secret | None:
    value = request.cookies.get(name, "")
    return Secret(value) if value else None


def _set(hall: Hall, response: Response, name: str, value: str, seconds: int) -> None:
    # Lax, not Strict: the provider's redirect back is a top-level GET from another site and must carry both.
    secure = hall.settings.base_url.startswith("https:")
    response.set_cookie(name, value, max_age=seconds, path=_PATH, httponly=True, samesite="lax", secure=secure)
