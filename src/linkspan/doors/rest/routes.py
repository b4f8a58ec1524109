"""The own REST API under /v1, and the two health addresses."""

import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from linkspan.doors.rest import accounts, brand, connectors, house, keys, permits, profiles, runs, sessions, webhooks
from linkspan.doors.rest.answers import ErrorAnswer
from linkspan.doors.rest.errors import handle_errors
from linkspan.doors.rest.openapi import ABOUT, describe
from linkspan.doors.rest.run import run_endpoint
from linkspan.engine import json_text
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_health import read_health

_VERSION = "1"
_LOG = structlog.get_logger(__name__)


class ExactResponse(Response):
    """JSON written by the one writer that keeps a number's digits."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The body."""
        return json_text.dump(content)


def build_api(hall: Hall) -> FastAPI:
    """The FastAPI application of /v1, with the hot route in front of it."""
    app = FastAPI(
        title="Linkspan",
        version=_VERSION,
        description=ABOUT,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": f"{hall.settings.base_url}/v1"}],
        root_path_in_servers=False,
        redirect_slashes=False,
        default_response_class=ExactResponse,
        responses={400: {"model": ErrorAnswer}},
        separate_input_output_schemas=False,
    )
    app.state.hall = hall
    app.router.routes.append(
        Route("/actions/{action_id}", run_endpoint(hall), methods=["POST"], include_in_schema=False)
    )
    for part in (connectors, profiles, sessions, accounts, runs, keys, webhooks, brand, house, permits):
        app.include_router(part.router)
    handle_errors(app)
    describe(app)
    return app


def routes(hall: Hall) -> list[BaseRoute]:
    """The routes of this door."""

    async def healthz(_: Request) -> Response:
        """The process answers."""
        return ExactResponse({"status": "ok"})

    async def readyz(_: Request) -> Response:
        """The process can serve: its database answers."""
        try:
            await read_health(hall)
        except Exception:  # noqa: BLE001 - whatever keeps the database from answering is the answer
            _LOG.exception("not_ready", door="rest")
            return ExactResponse({"status": "not_ready"}, status_code=503)
        return ExactResponse({"status": "ready"})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Mount("/v1", build_api(hall))]
