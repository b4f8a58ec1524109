"""The compatible doors' error shape (wire contract 2.1): every failure of the tree as one JSON object."""

from datetime import datetime

from starlette.responses import Response

from linkspan.doors.compat.moments import moment
from linkspan.engine import json_text
from linkspan.errors import LinkspanError, ProviderAnswer


def error_body(error: LinkspanError, at: datetime) -> dict[str, object]:
    """The error as the published clients read it, with our own `code`, `next_step` and `run_id` beside."""
    body: dict[str, object] = {
        "statusCode": error.http_status,
        "message": error.message,
        "timestamp": moment(at),
        "errorCode": error.wire_code,
        "errors": [str(mistake) for mistake in error.mistakes],
        "provider_errors": [_provider_error(error.provider)] if error.provider else [],
        "code": error.code,
        "advice": error.advice.value,
        "next_step": error.next_step,
        "run_id": error.run_id,
    }
    if error.who is not None:
        body["who"] = error.who.value
    if error.link is not None:
        body["link"] = error.link
    if error.first_run_id is not None:
        body["first_run_id"] = error.first_run_id
    if error.candidates:
        body["candidate_ids"] = list(error.candidates)
    if error.http_status == 400:  # noqa: PLR2004 - only this answer has the field
        body["data"] = {"statusCode": error.http_status, "message": error.message, "headers": {}}
    return body


def error_answer(error: LinkspanError, at: datetime) -> Response:
    """The HTTP answer: status of the error table, `Retry-After` in whole seconds where a wait is known."""
    headers = {"cache-control": "no-store"}
    if error.retry_after is not None:
        headers["retry-after"] = str(max(1, round(error.retry_after + 0.5)))
    if error.http_status == 401:  # noqa: PLR2004 - RFC 9110, 11.6.1: a 401 names its schemes
        headers["www-authenticate"] = 'Basic realm="Linkspan", Bearer'
    return Response(
        json_text.dump(error_body(error, at)),
        status_code=error.http_status,
        headers=headers,
        media_type="application/json",
    )


def _provider_error(answer: ProviderAnswer) -> dict[str, object]:
    return {
        "status": answer.status,
        "url": answer.url,
        "code": answer.code,
        "message": answer.message,
        "request_id": answer.request_id,
        "raw": answer.raw,
        "headers": answer.headers,
    }
