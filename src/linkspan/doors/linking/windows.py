"""The ways into the link pages from another page, and the way out of them: popup, full page, cancel."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from linkspan.doors.linking.cookies import in_popup, is_own_form, remember, session_token
from linkspan.doors.linking.forms import read_form
from linkspan.doors.linking.pages import LinkPages
from linkspan.errors import ConnectSessionExpiredError, LinkspanError, LinkStateInvalidError
from linkspan.model import Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_brand import read_brand, read_logo
from linkspan.usecases.open_session import open_session
from linkspan.usecases.start_linking import start_linking

_FOREVER = "public, max-age=31536000, immutable"
# A logo is somebody's file: as a page of its own it may do nothing.
_LOGO_HEADERS = {
    "cache-control": _FOREVER,
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
}
_OF_THE_HUB = frozenset({"token", "redirect_uri", "connection_attempt_id"})


class Windows:
    """Endpoints around the link pages."""

    def __init__(self, hall: Hall, pages: LinkPages) -> None:
        self._hall = hall
        self._pages = pages

    async def open(self, request: Request) -> Response:
        """Our own script opens the first page by a form, so that the token is in no address."""
        form = await read_form(request)
        token = Secret(form.get("token", ""))
        response = _to("/connect")
        try:
            view = await open_session(self._hall, token)
        except ConnectSessionExpiredError:
            # What is shown in place of the page must not depend on a token that stays in the history.
            return _to("/connect/over")
        popup = form.get("window") == "popup"
        remember(self._hall, request, response, token=token, until=view.session.expires_at, popup=popup)
        return response

    async def popup(self, request: Request) -> Response:
        """The published hub element opens this in a window, the token in the query: on to the provider, or to our page with a mistake.

        `redirect_uri` is not followed: it may be anybody's address, and the element asks how it went.
        """
        query = request.query_params
        token = Secret(query.get("token", ""))
        fields = {name: value for name, value in query.items() if name not in _OF_THE_HUB}
        try:
            view = await open_session(self._hall, token)
        except LinkspanError:
            return _to("/connect/over")
        response = _to("/connect" + (f"?{urlencode(fields)}" if fields else ""))
        browser = remember(self._hall, request, response, token=token, until=view.session.expires_at, popup=True)
        try:
            response.headers["location"] = await start_linking(self._hall, token, fields, browser)
        except LinkspanError:
            # The page asks again, and says what is wrong once it is sent.
            return response
        return response

    async def over(self, _: Request) -> Response:
        """A link that no longer opens."""
        raise ConnectSessionExpiredError("This link is not known here, has expired or was used.")

    async def cancel(self, request: Request) -> Response:
        """Leave without linking."""
        form = await read_form(request)
        if not is_own_form(self._hall, request, form.get("form_token", "")):
            raise LinkStateInvalidError("The form did not come from a page that this browser was shown.")
        token = session_token(request)
        if token is not None:
            await self._give_up(token)
        return _to("/connect/cancelled")

    async def cancelled(self, request: Request) -> Response:
        """Nothing was linked; the link stays open until it expires."""
        token = session_token(request)
        view = await open_session(self._hall, token) if token is not None else None
        if view is None:
            raise ConnectSessionExpiredError("This browser has not opened a link yet.")
        brand = await read_brand(self._hall, view.session.project_id)
        return self._pages.cancelled(view, brand, popup=in_popup(request))

    async def arrived(self, _: Request) -> Response:
        """Where the hosted service's clients send a popup in the end."""
        return self._pages.close()

    async def logo(self, request: Request) -> Response:
        """A project's logo."""
        logo = await read_logo(self._hall, request.path_params["digest"])
        return Response(logo.content, media_type=logo.media_type, headers=_LOGO_HEADERS)

    async def _give_up(self, token: Secret) -> None:
        session = await self._hall.sessions.find(self._hall.vault.digest("connect-session", token))
        if session is not None:
            await self._hall.watches.cancel_all((session.project_id, session.id), self._hall.clock())


def _to(address: str) -> Response:
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return RedirectResponse(address, status_code=303, headers=headers)
