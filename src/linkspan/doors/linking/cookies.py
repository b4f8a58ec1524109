"""The cookies of this door: which session this browser opened, and whose page it may see."""

import secrets
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.porch.browser import OWNER, PATH, browser_value, cookie_of, keep_browser, set_cookie
from linkspan.model import Secret
from linkspan.usecases.hall import Hall

_SESSION = "linkspan_session"
_WINDOW = "linkspan_window"


def session_token(request: Request) -> Secret | None:
    """The connect session that this browser opened last."""
    return cookie_of(request, _SESSION)


def remember(
    hall: Hall, request: Request, response: Response, *, token: Secret, until: datetime, popup: bool = False
) -> Secret:
    """Put the session's token, and a value for this browser if it has none, where scripts cannot read them; answers that value.

    `popup`: another page has opened this window and waits for it.
    """
    seconds = max(60, int((until - hall.clock()).total_seconds()))
    set_cookie(hall, response, _SESSION, token.reveal(), seconds)
    browser = keep_browser(hall, request, response)
    if popup:
        set_cookie(hall, response, _WINDOW, "popup", seconds)
    elif _WINDOW in request.cookies:
        response.delete_cookie(_WINDOW, path=PATH)
    return browser


def remember_owner(hall: Hall, request: Request, response: Response, *, token: Secret, until: datetime) -> None:
    """Put the link's token, and a value for this browser if it has none, where scripts cannot read them."""
    set_cookie(hall, response, OWNER, token.reveal(), max(1, int((until - hall.clock()).total_seconds())))
    if browser_value(request) is None:
        keep_browser(hall, request, response)


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
