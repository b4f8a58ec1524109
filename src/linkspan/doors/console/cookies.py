"""The cookies of the console: the session's token, and what is asked of an authenticator; out of reach of scripts and of other sites."""

from datetime import datetime
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.look.headers import SAFE_HEADERS
from linkspan.model import Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.one_time import Kept
from linkspan.usecases.passkeys import Asked

_NAME = "linkspan_console"
_ASKED = "linkspan_passkey"
_ONWARD = "linkspan_provider"
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


def ask(hall: Hall, wanted: Asked) -> Response:
    """The JSON for the authenticator; what it answers counts in this browser alone."""
    headers = {**SAFE_HEADERS, "cache-control": "no-store"}
    response = Response(wanted.options, media_type="application/json", headers=headers)
    _keep(hall, response, _ASKED, wanted.kept, "strict")
    return response


def asked(request: Request) -> str:
    """What this browser keeps of the last question to an authenticator."""
    return request.cookies.get(_ASKED, "")


def forget_asked(response: Response) -> None:
    """Take the question out of the browser."""
    response.delete_cookie(_ASKED, path=_PATH)


def keep_onward(hall: Hall, response: Response, kept: Kept) -> None:
    """What this browser brings back from the provider. Lax: it comes back by a link of another site."""
    _keep(hall, response, _ONWARD, kept, "lax")


def kept_onward(request: Request) -> str:
    """What this browser kept when it went on to the provider."""
    return request.cookies.get(_ONWARD, "")


def forget_onward(response: Response) -> None:
    """Take that out of the browser."""
    response.delete_cookie(_ONWARD, path=_PATH)


def _keep(hall: Hall, response: Response, name: str, kept: Kept, samesite: Literal["lax", "strict"]) -> None:
    seconds = max(1, round((kept.until - hall.clock()).total_seconds()))
    secure = hall.settings.base_url.startswith("https:")
    response.set_cookie(name, kept.text, max_age=seconds, path=_PATH, httponly=True, samesite=samesite, secure=secure)
