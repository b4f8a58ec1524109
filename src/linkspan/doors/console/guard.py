"""What stands before every page of the console: the session, the project, the role, and the form's token."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from linkspan.doors.console.cookies import session_token
from linkspan.doors.console.pages import ConsolePages
from linkspan.doors.console.visit import Form, Visit, read_form
from linkspan.errors import AccessError, LinkspanError, UnauthenticatedError
from linkspan.people_records import Role
from linkspan.usecases.console_sign_in import FOREIGN_FORM, OPEN_AGAIN, SignedIn, check_form, read_session
from linkspan.usecases.hall import Hall

Answer = Callable[[Visit], Awaitable[Response]]
Open = Callable[[Request], Awaitable[Response]]
_LOG = structlog.get_logger(__name__)
# What a browser says of a form that another site has sent (Fetch Metadata); browsers without it are held by the form's token.
_FOREIGN = frozenset({"cross-site", "same-site"})


@dataclass(frozen=True, slots=True)
class Place:
    """One page or deed of the console: it changes something if the method is POST, and needs a role in the address's project.

    `by_script`: a page asks for it again and again by itself, which is no sign that its person is still there.
    """

    method: str
    path: str
    answer: Answer
    role: Role = Role.VIEWER
    by_script: bool = False


class Guard:
    """Makes routes of places."""

    def __init__(self, hall: Hall, pages: ConsolePages) -> None:
        self._hall = hall
        self._pages = pages

    def route(self, place: Place) -> BaseRoute:
        """The route of a place: whoever is not signed in is led to the sign-in, and every failure becomes a page."""

        async def endpoint(request: Request) -> Response:
            signed_in = await self._signed_in(request, by_script=place.by_script)
            if signed_in is None:
                if request.method == "POST":
                    raise UnauthenticatedError(
                        "You are not signed in, or not any more.", next_step="Sign in, then do it again."
                    )
                return _to_sign_in(request)
            visit = self._visit(request, signed_in, await self._form(request, signed_in), place)
            return await place.answer(visit)

        return Route(place.path, self.shown(endpoint), methods=[place.method])

    def shown(self, endpoint: Open) -> Open:
        """The endpoint with every failure turned into a page: the outermost handler of this door."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except LinkspanError as error:
                return self._pages.problem(error)
            except Exception:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
                _LOG.exception("request_failed", door="console")
                return self._pages.problem(LinkspanError())

        return answer

    async def _signed_in(self, request: Request, *, by_script: bool) -> SignedIn | None:
        token = session_token(request)
        return await read_session(self._hall, token, seen=not by_script) if token else None

    async def _form(self, request: Request, signed_in: SignedIn) -> Form:
        """The form of a POST, which must be one of this session's own."""
        if request.method != "POST":
            return Form()
        if request.headers.get("sec-fetch-site") in _FOREIGN:
            raise AccessError(FOREIGN_FORM, next_step=OPEN_AGAIN)
        form = await read_form(request)
        check_form(self._hall, signed_in.session, form.get("form_token"))
        return form

    def _visit(self, request: Request, signed_in: SignedIn, form: Form, place: Place) -> Visit:
        project_id = request.path_params.get("project")
        membership = signed_in.membership(project_id) if project_id is not None else None
        if membership is not None and not membership.role.reaches(place.role):
            msg = f"This needs the role {place.role.value}; yours is {membership.role.value}."
            raise AccessError(msg)
        return Visit(self._hall, request, signed_in, membership, form)


def _to_sign_in(request: Request) -> Response:
    """The way to the sign-in, and back to the page afterwards."""
    query = f"?{request.url.query}" if request.url.query else ""
    back = quote(f"{request.url.path}{query}", safe="/")
    return RedirectResponse(f"/console/sign-in?to={back}", 303, headers={"cache-control": "no-store"})
