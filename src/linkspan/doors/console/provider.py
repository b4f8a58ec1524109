"""Signing in at the OpenID provider, joining with it, and letting it go again."""

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from linkspan.doors.console.cookies import forget_onward, keep_onward, kept_onward, session_token
from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.sign_in import SignIn, inside
from linkspan.doors.console.visit import Visit
from linkspan.errors import ProviderUnavailableError, SignInFailedError
from linkspan.model import Secret
from linkspan.usecases.console_sign_in import read_session
from linkspan.usecases.hall import Hall
from linkspan.usecases.provider_sign_in import (
    Begun,
    Returned,
    begin_at_provider,
    begin_binding,
    begin_joining,
    provider_of,
    return_from_provider,
    unbind,
)

# OAuth's own words (RFC 6749, section 4.1.2.1): nothing else of an answer is shown.
_ERROR = re.compile(r"[a-z_]{1,40}")


class Provider:
    """Endpoints before one is signed in. They are links, not forms: a form's redirect would have to be allowed on its page beforehand."""

    def __init__(self, hall: Hall, sign_in: SignIn) -> None:
        self._hall = hall
        self._sign_in = sign_in

    async def enter(self, request: Request) -> Response:
        """On to the provider."""
        back = inside(request.query_params.get("to", ""))
        try:
            begun = await begin_at_provider(self._hall, back)
        except ProviderUnavailableError as error:
            return self._sign_in.form(back, error=error)
        return _on(self._hall, begun)

    async def join(self, request: Request) -> Response:
        """The page of an invitation, or from it on to the provider: the link there is only a query, and shows the invitation nowhere."""
        if "provider" not in request.query_params:
            return await self._sign_in.join(request)
        return _on(self._hall, await begin_joining(self._hall, Secret(request.path_params["token"])))

    async def come_back(self, request: Request) -> Response:
        """Back from the provider."""
        token = session_token(request)
        signed_in = await read_session(self._hall, token) if token else None
        try:
            entered = await return_from_provider(self._hall, kept_onward(request), _returned(request), signed_in)
        except (SignInFailedError, ProviderUnavailableError) as error:
            response = self._sign_in.form("/console", error=error)
            forget_onward(response)
            return response
        if entered.session is None:
            response = see_other(entered.back)
        else:
            response = await self._sign_in.entered(request, entered.back, *entered.session)
        forget_onward(response)
        return response

    async def sign_out(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's signature
        """Sign out at the provider itself."""
        provider = provider_of(self._hall)
        try:
            address = await provider.end_session_url(f"{self._hall.settings.base_url}/console/sign-in")
        except ProviderUnavailableError as error:
            return self._sign_in.form("/console", error=error)
        if address is None:
            told = SignInFailedError(
                f"{provider.app.name} has no page to sign out on.", next_step="Close the browser, or sign out there."
            )
            return self._sign_in.form("/console", error=told)
        return RedirectResponse(address, 303, headers={"cache-control": "no-store"})


class OwnProvider:
    """Endpoints on one's own page."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def bind(self, visit: Visit) -> Response:
        """On to the provider, by a page: what comes back is bound to this session's person."""
        begun = await begin_binding(visit.hall, visit.signed_in)
        name = provider_of(visit.hall).app.name
        page = self._pages.page(visit, "onward.html", f"On to {name}", address=begun.address, provider=name)
        keep_onward(visit.hall, page, begun.kept)
        return page

    async def unbind(self, visit: Visit) -> Response:
        """No longer."""
        await unbind(visit.hall, visit.signed_in)
        return see_other("/console/me?done=unbound")


def _on(hall: Hall, begun: Begun) -> Response:
    response = RedirectResponse(
        begun.address, 303, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"}
    )
    keep_onward(hall, response, begun.kept)
    return response


def _returned(request: Request) -> Returned:
    query = request.query_params
    error = query.get("error", "")
    told = (error if _ERROR.fullmatch(error) else "an error") if "error" in query else ""
    return Returned(query.get("state", ""), Secret(query.get("code", "")), told, query.get("iss"))
