"""The cookie of the console: the session's token, out of reach of scripts and of other sites' requests."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from linkspan.model import Secret
from linkspan.usecases.hall import Hall

_NAME = "linkspan_console"
_PATH = "/console"


def session_token(request: Request) -> Secret | None:
    """The token of the session that this browser says it has."""
    value = request.cookies.get(_NAME, "")
    return Secret(value) if value else None


def remember(hall: Hall, response: Response, token: Secret, until: datetime) -> None:
    """Put the token into the browser. Lax: a link from a mail or a chat opens the page that it names; forms carry a token besides."""
    seconds = max(1, int((until - hall.clock()).total_seconds()))
    secure = hall.settings.base_url.startswith("https:")
    response.set_cookie(
        _NAME, token.reveal(), max_age=seconds, path=_PATH, httponly=True, samesite="lax", secure=secure
    )


def forget(response: Response) -> None:
    """Take the token out of the browser."""
    response.delete_cookie(_NAME, path=_PATH)
