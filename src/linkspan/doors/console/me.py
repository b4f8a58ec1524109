"""One's own page: the password, and passkeys."""

from starlette.responses import Response

from linkspan.doors.console.cookies import ask, asked, forget, forget_asked
from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.visit import Visit
from linkspan.errors import AccessError, InvalidInputError, LinkspanError, SignInFailedError
from linkspan.usecases.console_sign_in import change_password, other_sessions, sign_out, sign_out_elsewhere
from linkspan.usecases.passkeys import add_passkey, begin_adding, is_fresh, list_passkeys, passkey_site, remove_passkey

_DONE = {
    "changed": "Your password is changed. Everywhere else you are signed out.",
    "added": "The passkey is added. Next time you can sign in with it.",
    "elsewhere": "You are signed out everywhere else.",
    "bound": "Next time you can sign in at your provider.",
    "unbound": "You do not sign in at your provider any more.",
    "removed": "The passkey is removed: it opens nothing any more. Delete it from your device or password manager, too.",
}


class Me:
    """Endpoints of one's own page."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def show(self, visit: Visit) -> Response:
        """How one signs in."""
        return await self._page(visit)

    async def change_password(self, visit: Visit) -> Response:
        """Change one's own password."""
        old, new = visit.form.secret("password"), visit.form.secret("new_password")
        try:
            await change_password(visit.hall, visit.signed_in, old, new)
        except (SignInFailedError, InvalidInputError) as error:
            return await self._page(visit, password_error=error)
        return see_other("/console/me?done=changed")

    async def sign_in_anew(self, visit: Visit) -> Response:
        """Sign out, sign in, and come back here."""
        await sign_out(visit.hall, visit.signed_in.session)
        response = see_other("/console/sign-in?to=/console/me")
        forget(response)
        return response

    async def sign_out_elsewhere(self, visit: Visit) -> Response:
        """Sign out in every other browser."""
        await sign_out_elsewhere(visit.hall, visit.signed_in)
        return see_other("/console/me?done=elsewhere")

    async def passkey_options(self, visit: Visit) -> Response:
        """What the browser's authenticator is asked for."""
        return ask(visit.hall, await begin_adding(visit.hall, visit.signed_in))

    async def add_passkey(self, visit: Visit) -> Response:
        """Take a new passkey."""
        name, answer = visit.form.get("name"), visit.form.get("credential")
        try:
            await add_passkey(visit.hall, visit.signed_in, name, asked(visit.request), answer)
        except (SignInFailedError, InvalidInputError, AccessError) as error:
            return await self._page(visit, passkey_error=error)
        response = see_other("/console/me?done=added")
        forget_asked(response)
        return response

    async def remove_passkey(self, visit: Visit) -> Response:
        """Remove one of one's passkeys."""
        await remove_passkey(visit.hall, visit.signed_in, visit.path["passkey"])
        return see_other("/console/me?done=removed")

    async def _page(
        self, visit: Visit, *, password_error: LinkspanError | None = None, passkey_error: LinkspanError | None = None
    ) -> Response:
        error = password_error or passkey_error
        return self._pages.page(
            visit, "me.html", "Your sign-in", status=error.http_status if error else 200,
            error=password_error, passkey_error=passkey_error, done=_DONE.get(visit.query.get("done", "")),
            passkeys=await list_passkeys(visit.hall, visit.signed_in), site=passkey_site(visit.hall),
            provider=visit.hall.provider.app.name if visit.hall.provider else None,
            others=await other_sessions(visit.hall, visit.signed_in),
            fresh=is_fresh(visit.hall, visit.signed_in),
        )  # fmt: skip
