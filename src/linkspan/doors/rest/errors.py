"""The REST API's error shape: every failure of the tree, of FastAPI and of Starlette as one JSON object."""

from collections.abc import Sequence

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from linkspan.engine import json_text
from linkspan.errors import (
    FixRequestError,
    InvalidInputError,
    LinkspanError,
    Mistake,
    NotFoundError,
    PayloadTooLargeError,
)

_LOG = structlog.get_logger(__name__)


def error_body(error: LinkspanError) -> dict[str, object]:
    """`{"error": {…}}` as ErrorAnswer documents it."""
    provider = error.provider
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "next_step": error.next_step,
            "advice": error.advice.value,
            "who": error.who.value if error.who else None,
            "link": error.link,
            "run_id": error.run_id,
            "first_run_id": error.first_run_id,
            "candidate_ids": list(error.candidates),
            "mistakes": [{"where": item.where, "what": item.what, "nearest": item.nearest} for item in error.mistakes],
            "provider": provider
            and {
                "status": provider.status,
                "code": provider.code,
                "message": provider.message,
                "request_id": provider.request_id,
            },
        }
    }


def error_answer(error: LinkspanError, *, status: int | None = None) -> Response:
    """The HTTP answer of an error; `status` replaces the error's own where HTTP has a more exact one."""
    headers = {"cache-control": "no-store"}
    if error.retry_after is not None:
        headers["retry-after"] = str(max(1, round(error.retry_after + 0.5)))
    if error.http_status == 401:  # noqa: PLR2004 - RFC 9110, 11.6.1: a 401 names its schemes
        headers["www-authenticate"] = 'Basic realm="Linkspan", Bearer'
    return Response(
        json_text.dump(error_body(error)),
        status_code=status or error.http_status,
        headers=headers,
        media_type="application/json",
    )


def unexpected(path: str) -> Response:
    """The answer to what should not happen; the log has the details. Call it while the exception is handled."""
    _LOG.exception("request_failed", door="rest", path=path)
    return error_answer(LinkspanError())


def handle_errors(app: FastAPI) -> None:
    """Give the app one handler for each family of failures."""

    async def ours(_: Request, error: Exception) -> Response:
        return error_answer(error if isinstance(error, LinkspanError) else LinkspanError())

    async def invalid(_: Request, error: Exception) -> Response:
        return error_answer(_invalid_input(error.errors() if isinstance(error, RequestValidationError) else ()))

    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return error_answer(_http_error(request, status), status=status)

    async def other(request: Request, _: Exception) -> Response:
        return unexpected(request.url.path)

    app.add_exception_handler(LinkspanError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, other)


def _invalid_input(found: Sequence[dict[str, object]]) -> InvalidInputError:
    mistakes = [Mistake(_place(item.get("loc")), str(item.get("msg", "is wrong"))) for item in found]
    return InvalidInputError(mistakes=mistakes, next_step="Correct every listed mistake and send the request again.")


def _place(where: object) -> str:
    parts = where if isinstance(where, list | tuple) else ()
    return ".".join(str(part) for part in parts) or "request"


def _http_error(request: Request, status: int) -> LinkspanError:
    """What Starlette and FastAPI refuse by themselves."""
    asked = f"{request.method} {request.url.path}"
    known: dict[int, LinkspanError] = {
        400: FixRequestError("The request's body is not JSON."),
        404: NotFoundError(f"There is no {asked}.", next_step="See /v1/openapi.json for every address."),
        405: FixRequestError(
            f"{asked} is not offered with this method.", next_step="See /v1/openapi.json for the methods."
        ),
        413: PayloadTooLargeError(),
    }
    return known.get(status, LinkspanError())
