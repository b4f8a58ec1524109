"""The end user's own page: from the integrator's signed link to what is linked, linked again and revoked."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from linkspan.doors.linking.cookies import is_own_form, remember, remember_owner
from linkspan.doors.linking.forms import read_form
from linkspan.doors.linking.own_pages import OwnPages
from linkspan.doors.linking.pages import LinkPages
from linkspan.doors.porch.browser import owner_token
from linkspan.errors import ConnectSessionExpiredError, LinkStateInvalidError
from linkspan.model import Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_brand import read_brand
from linkspan.usecases.keep_permits import list_own_permits, revoke_own_permit
from linkspan.usecases.owner_page import PAGE, OwnerPass, find_own, list_own, read_pass, relink_own, revoke_own


class OwnPage:
    """Endpoints of the end user's own page."""

    def __init__(self, hall: Hall, pages: LinkPages) -> None:
        self._hall = hall
        self._pages = OwnPages(hall, pages)

    async def enter(self, request: Request) -> Response:
        """Take the signed link out of the address into a cookie."""
        token = Secret(request.path_params["token"])
        allowed = read_pass(self._hall, token)
        response = _to(PAGE)
        remember_owner(self._hall, request, response, token=token, until=datetime.fromtimestamp(allowed.until, UTC))
        return response

    async def show(self, request: Request) -> Response:
        """Everything that this person has linked."""
        allowed = self._allowed(request)
        brand = await read_brand(self._hall, allowed.project_id)
        permits = await list_own_permits(self._hall, allowed)
        return self._pages.accounts(request, await list_own(self._hall, allowed), permits, brand)

    async def ask(self, request: Request) -> Response:
        """Whether the access shall really be taken back."""
        allowed = self._allowed(request)
        account = await find_own(self._hall, allowed, request.path_params["account"])
        return self._pages.ask(request, account, await read_brand(self._hall, allowed.project_id))

    async def revoke(self, request: Request) -> Response:
        """Take the access back."""
        allowed = await self._own_form(request)
        await revoke_own(self._hall, allowed, request.path_params["account"])
        return _to(PAGE)

    async def revoke_permit(self, request: Request) -> Response:
        """Let a program work no longer."""
        allowed = await self._own_form(request)
        await revoke_own_permit(self._hall, allowed, request.path_params["permit"])
        return _to(PAGE)

    async def relink(self, request: Request) -> Response:
        """On to the link page of this one account."""
        allowed = await self._own_form(request)
        opened = await relink_own(self._hall, allowed, request.path_params["account"])
        response = _to("/connect")
        remember(self._hall, request, response, token=opened.token, until=opened.session.expires_at)
        return response

    def _allowed(self, request: Request) -> OwnerPass:
        token = owner_token(request)
        if token is None:
            raise ConnectSessionExpiredError(
                "This browser has not opened the page of its linked accounts, or it is over.",
                next_step="Open the page again from the product that sent you here, with cookies allowed for this site.",
            )
        return read_pass(self._hall, token)

    async def _own_form(self, request: Request) -> OwnerPass:
        form = await read_form(request)
        if not is_own_form(self._hall, request, form.get("form_token", "")):
            raise LinkStateInvalidError("The form did not come from a page that this browser was shown.")
        return self._allowed(request)


def _to(address: str) -> Response:
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return RedirectResponse(address, status_code=303, headers=headers)
