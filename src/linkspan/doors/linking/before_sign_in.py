"""The link pages up to the provider's sign-in."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from linkspan.doors.linking.cookies import is_own_form, remember, session_token
from linkspan.doors.linking.forms import read_form
from linkspan.doors.linking.pages import LinkPages
from linkspan.doors.porch.browser import browser_value
from linkspan.errors import (
    ConnectSessionExpiredError,
    EnvironmentNotFoundError,
    InvalidInputError,
    LinkspanError,
    LinkStateInvalidError,
    Mistake,
    NotFoundError,
    ProviderUnavailableError,
    TenantNotAllowedError,
    TenantNotFoundError,
)
from linkspan.link_records import Brand
from linkspan.model import Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_brand import read_brand
from linkspan.usecases.link_views import SessionView
from linkspan.usecases.open_session import open_session
from linkspan.usecases.start_linking import start_linking


class BeforeSignIn:
    """Endpoints of the link itself and of the first page."""

    def __init__(self, hall: Hall, pages: LinkPages) -> None:
        self._hall = hall
        self._pages = pages

    async def enter(self, request: Request) -> Response:
        """Take the token out of the address into a cookie, so that it is not left in histories and screenshots."""
        token = Secret(request.path_params["token"])
        view = await open_session(self._hall, token)
        response = RedirectResponse("/connect", status_code=303)
        response.headers["cache-control"] = "no-store"
        response.headers["referrer-policy"] = "no-referrer"
        remember(self._hall, request, response, token=token, until=view.session.expires_at)
        return response

    async def show(self, request: Request) -> Response:
        """The first page; what the address tells of the fields is filled in."""
        view = await open_session(self._hall, _token(request))
        known = {field.name for field in view.fields}
        values = {**view.values, **{name: text for name, text in request.query_params.items() if name in known}}
        return self._pages.start(request, view, await self._brand(view), values=values)

    async def submit(self, request: Request) -> Response:
        """Check the fields and send the browser to the provider."""
        token = _token(request)
        form = await read_form(request)
        browser = browser_value(request)
        if browser is None or not is_own_form(self._hall, request, form.get("form_token", "")):
            raise LinkStateInvalidError("The form did not come from a page that this browser was shown.")
        try:
            address = await start_linking(self._hall, token, form, browser)
        except (
            InvalidInputError,
            TenantNotFoundError,
            TenantNotAllowedError,
            EnvironmentNotFoundError,
            ProviderUnavailableError,
        ) as error:
            return await self._again(request, token, form, _marked(error))
        response = RedirectResponse(address, status_code=303)
        response.headers["cache-control"] = "no-store"
        return response

    async def nothing(self, _: Request) -> Response:
        """An address below /connect that is not served."""
        raise NotFoundError("There is no such page.", next_step="Open the link that you were sent.")

    async def _again(self, request: Request, token: Secret, form: dict[str, str], error: LinkspanError) -> Response:
        view = await open_session(self._hall, token)
        return self._pages.start(request, view, await self._brand(view), values=form, error=error)

    async def _brand(self, view: SessionView) -> Brand:
        return await read_brand(self._hall, view.session.project_id)


def _token(request: Request) -> Secret:
    token = session_token(request)
    if token is None:
        raise ConnectSessionExpiredError(
            "This browser has not opened a link yet.",
            next_step="Open the link that you were sent, with cookies allowed for this site.",
        )
    return token


def _marked(error: LinkspanError) -> LinkspanError:
    """A tenant that does not exist is a mistake in the tenant's field."""
    if isinstance(error, TenantNotFoundError) and not error.mistakes:
        error.mistakes = (Mistake("tenant_id", "no tenant is known by this"),)
    return error
