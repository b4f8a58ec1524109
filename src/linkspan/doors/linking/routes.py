"""The hosted pages on which a customer links an account: from the link, over the provider's sign-in, to the chosen company."""

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from linkspan.doors.linking.after_sign_in import AfterSignIn
from linkspan.doors.linking.before_sign_in import BeforeSignIn
from linkspan.doors.linking.pages import LinkPages
from linkspan.errors import LinkspanError
from linkspan.usecases.hall import Hall

Endpoint = Callable[[Request], Awaitable[Response]]
_LOG = structlog.get_logger(__name__)


def routes(hall: Hall) -> list[BaseRoute]:
    """The routes of the linking door."""
    pages = LinkPages(hall)
    before, after = BeforeSignIn(hall, pages), AfterSignIn(hall, pages)

    def shown(endpoint: Endpoint) -> Endpoint:
        """The endpoint with every failure turned into a page: the outermost handler of this door."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except LinkspanError as error:
                return pages.problem(request, error)
            except Exception:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
                # The query of a callback holds a code, and the path of a link its token: neither is logged.
                _LOG.exception("request_failed", door="linking")
                return pages.problem(request, LinkspanError())

        return answer

    return [
        Route("/connect/s/{token}", shown(before.enter), methods=["GET"]),
        Route("/connect", shown(before.show), methods=["GET"]),
        Route("/connect", shown(before.submit), methods=["POST"]),
        Route("/connect/oauth2/{connector}/callback", shown(after.callback), methods=["GET"]),
        Route("/connect/linking/{attempt}", shown(after.show), methods=["GET"]),
        Route("/connect/linking/{attempt}", shown(after.submit), methods=["POST"]),
        Route("/connect/{rest:path}", shown(before.nothing), methods=["GET", "POST"]),
    ]
