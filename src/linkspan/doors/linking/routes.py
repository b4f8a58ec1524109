"""The hosted pages on which a customer links an account: from the link, over the provider's sign-in, to the chosen company."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from linkspan.doors.linking.after_sign_in import AfterSignIn
from linkspan.doors.linking.before_sign_in import BeforeSignIn
from linkspan.doors.linking.cookies import session_token
from linkspan.doors.linking.own_page import OwnPage
from linkspan.doors.linking.pages import LinkPages
from linkspan.doors.linking.scripts import script_routes
from linkspan.doors.linking.windows import Windows
from linkspan.errors import LinkspanError
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_brand import read_brand

Endpoint = Callable[[Request], Awaitable[Response]]
_LOG = structlog.get_logger(__name__)


def routes(hall: Hall) -> list[BaseRoute]:
    """The routes of the linking door."""
    pages = LinkPages(hall)
    before, after, windows = BeforeSignIn(hall, pages), AfterSignIn(hall, pages), Windows(hall, pages)

    own = OwnPage(hall, pages)

    async def failed(request: Request, error: LinkspanError) -> Response:
        """The page of a failure, in the look of whose session it is."""
        token, brand, session = session_token(request), None, None
        with suppress(LinkspanError):
            session = await hall.sessions.find(hall.vault.digest("connect-session", token)) if token else None
            brand = await read_brand(hall, session.project_id) if session else None
        return pages.problem(request, error, brand, session)

    def shown(endpoint: Endpoint) -> Endpoint:
        """The endpoint with every failure turned into a page: the outermost handler of this door."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except LinkspanError as error:
                return await failed(request, error)
            except Exception:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
                # The query of a callback holds a code, and the path of a link its token: neither is logged.
                _LOG.exception("request_failed", door="linking")
                return await failed(request, LinkspanError())

        return answer

    return [
        *script_routes(),
        Route("/connect/open", shown(windows.open), methods=["POST"]),
        Route("/connect/cancel", shown(windows.cancel), methods=["POST"]),
        Route("/connect/cancelled", shown(windows.cancelled), methods=["GET"]),
        Route("/connect/over", shown(windows.over), methods=["GET"]),
        Route("/connect/brand/{digest}", shown(windows.logo), methods=["GET"]),
        Route("/connect/oauth2/{profile}", shown(windows.popup), methods=["GET"]),
        Route("/embedded/accounts/callback", shown(windows.arrived), methods=["GET"]),
        Route("/connect/mine/s/{token}", shown(own.enter), methods=["GET"]),
        Route("/connect/mine", shown(own.show), methods=["GET"]),
        Route("/connect/mine/permits/{permit}/revoke", shown(own.revoke_permit), methods=["POST"]),
        Route("/connect/mine/{account}/relink", shown(own.relink), methods=["POST"]),
        Route("/connect/mine/{account}/revoke", shown(own.ask), methods=["GET"]),
        Route("/connect/mine/{account}/revoke", shown(own.revoke), methods=["POST"]),
        Route("/connect/s/{token}", shown(before.enter), methods=["GET"]),
        Route("/connect", shown(before.show), methods=["GET"]),
        Route("/connect", shown(before.submit), methods=["POST"]),
        Route("/connect/oauth2/{connector}/callback", shown(after.callback), methods=["GET"]),
        Route("/connect/linking/{attempt}", shown(after.show), methods=["GET"]),
        Route("/connect/linking/{attempt}", shown(after.submit), methods=["POST"]),
        Route("/connect/{rest:path}", shown(before.nothing), methods=["GET", "POST"]),
    ]
