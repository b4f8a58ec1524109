"""The pages before one is signed in: the first owner, the sign-in, the invitation; and signing out."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.console.cookies import ask, asked, forget, forget_asked, remember, session_token
from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.visit import Form, Visit, read_form
from linkspan.errors import AccessError, InvalidInputError, LinkspanError, ServerBusyError, SignInFailedError
from linkspan.model import Secret
from linkspan.people_records import ConsoleSession, Person
from linkspan.usecases.console_sign_in import (
    FOREIGN_FORM,
    OPEN_AGAIN,
    awaits_first_owner,
    make_first_owner,
    sign_in,
    sign_out,
    sign_out_token,
)
from linkspan.usecases.hall import Hall
from linkspan.usecases.members import accept_invitation, read_invitation
from linkspan.usecases.passkeys import begin_sign_in, passkey_site, sign_in_by_passkey

_START = "/console"


class SignIn:
    """Endpoints of the console's doorstep. Their forms carry no session's token yet: a foreign site's form is told by the browser."""

    def __init__(self, hall: Hall, pages: ConsolePages) -> None:
        self._hall = hall
        self._pages = pages

    async def show(self, request: Request) -> Response:
        """The sign-in, or the page of the first owner while there is nobody."""
        if await awaits_first_owner(self._hall):
            return self._first({})
        out = "out" in request.query_params
        return self.form(inside(request.query_params.get("to", "")), signed_out=out)

    async def submit(self, request: Request) -> Response:
        """Sign in, and go where one wanted to."""
        form = await _own_form(request)
        back = inside(form.get("to"))
        try:
            session, token = await sign_in(self._hall, form.get("email"), form.secret("password"))
        except (SignInFailedError, ServerBusyError) as error:
            return self.form(back, {"email": form.get("email")}, error)
        return await self.entered(request, back, session, token)

    async def first(self, request: Request) -> Response:
        """Make the first owner, and sign them in."""
        form = await _own_form(request)
        given = {name: form.get(name) for name in ("email", "name")}
        password = form.secret("password")
        try:
            await make_first_owner(
                self._hall, form.get("code"), email=given["email"], name=given["name"], password=password
            )
        except (SignInFailedError, InvalidInputError) as error:
            return self._first(given, error)
        session, token = await sign_in(self._hall, given["email"], password)
        return await self.entered(request, _START, session, token)

    async def join(self, request: Request) -> Response:
        """The page of an invitation."""
        person = await read_invitation(self._hall, Secret(request.path_params["token"]))
        return self._join(person)

    async def joined(self, request: Request) -> Response:
        """Set the password, and sign in."""
        token, form = Secret(request.path_params["token"]), await _own_form(request)
        try:
            session, new = await accept_invitation(self._hall, token, form.secret("password"))
        except InvalidInputError as error:
            person = await read_invitation(self._hall, token)
            return self._join(person, error)
        return await self.entered(request, _START, session, new)

    async def leave(self, visit: Visit) -> Response:
        """Sign out."""
        await sign_out(self._hall, visit.signed_in.session)
        response = see_other("/console/sign-in?out=1" if self._hall.provider else "/console/sign-in")
        forget(response)
        return response

    async def passkey_options(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's signature
        """What the browser's authenticator is asked for."""
        return ask(self._hall, begin_sign_in(self._hall))

    async def submit_passkey(self, request: Request) -> Response:
        """Sign in with a passkey, and go where one wanted to."""
        form = await _own_form(request)
        back = inside(form.get("to"))
        try:
            session, token = await sign_in_by_passkey(self._hall, asked(request), form.get("credential"))
        except SignInFailedError as error:
            return self.form(back, {}, error)
        response = await self.entered(request, back, session, token)
        forget_asked(response)
        return response

    def form(
        self,
        back: str,
        given: Mapping[str, str] = MappingProxyType({}),
        error: LinkspanError | None = None,
        *,
        signed_out: bool = False,
    ) -> Response:
        """The page to sign in on; afterwards one goes on to `back`."""
        status = error.http_status if error else 200
        return self._pages.open(
            "sign_in.html", "Sign in", status=status, back=back, given=given, error=error,
            passkeys=passkey_site(self._hall) is not None, provider=self._provider, signed_out=signed_out,
        )  # fmt: skip

    def _join(self, person: Person, error: LinkspanError | None = None) -> Response:
        status = error.http_status if error else 200
        return self._pages.open(
            "join.html", "Choose a password", status=status, person=person, error=error,
            provider=self._provider,
        )  # fmt: skip

    def _first(self, given: dict[str, str], error: LinkspanError | None = None) -> Response:
        status = error.http_status if error else 200
        return self._pages.open("first.html", "Make the first owner", status=status, given=given, error=error)

    @property
    def _provider(self) -> str | None:
        return self._hall.provider.app.name if self._hall.provider else None

    async def entered(self, request: Request, back: str, session: ConsoleSession, token: Secret) -> Response:
        """Into the console, with a new session; the one that this browser had is over."""
        old = session_token(request)
        if old is not None:
            await sign_out_token(self._hall, old)
        response = see_other(back)
        remember(self._hall, response, token, session.expires_at)
        return response


async def _own_form(request: Request) -> Form:
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise AccessError(FOREIGN_FORM, next_step=OPEN_AGAIN)
    return await read_form(request)


def inside(address: str) -> str:
    """The address if it is one of the console's own pages; anything else leads to the start."""
    plain = address.isascii() and address.isprintable() and "\\" not in address and ".." not in address
    return address if plain and (address == _START or address.startswith(f"{_START}/")) else _START
