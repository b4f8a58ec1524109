"""`POST /v1/actions/{action_id}`: the hot route, without FastAPI's machinery; it answers JSON, or all rows as NDJSON."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from linkspan.connectors.names import nearest
from linkspan.doors.porch.account import account_of, profile_of
from linkspan.doors.porch.body import read_object
from linkspan.doors.porch.credentials import read_key
from linkspan.doors.porch.inputs import (
    ALLOW_DUPLICATE,
    DRY_RUN,
    GROUPS,
    IDEMPOTENCY_KEY,
    flag_of,
    inner_headers,
    inputs_of,
    key_of,
)
from linkspan.doors.porch.quick import Endpoint, JsonAnswer, header_of
from linkspan.doors.rest.errors import error_answer, error_body, unexpected
from linkspan.engine import json_text
from linkspan.errors import InvalidInputError, LinkspanError, Mistake, TooManyRowsError
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.hall import Hall
from linkspan.usecases.run_action import ActionRequest, Answer, run_action
from linkspan.usecases.stream_action import stream_action

Rows = Sequence[dict[str, object]]
NDJSON = "application/x-ndjson"
_LOG = structlog.get_logger(__name__)
_KNOWN = frozenset({*GROUPS, IDEMPOTENCY_KEY, ALLOW_DUPLICATE, DRY_RUN})


def run_endpoint(hall: Hall) -> Endpoint:
    """The endpoint that runs an action: the outermost handler of this route."""

    async def endpoint(request: Request) -> Response:
        try:
            return await _run(hall, request)
        except LinkspanError as error:
            return error_answer(error)
        except Exception:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
            return unexpected(request.url.path)

    return endpoint


async def _run(hall: Hall, request: Request) -> Response:
    caller = await authenticate(hall, read_key(header_of(request, "authorization")).reveal())
    asked = _read_call(request, await read_object(request))
    if NDJSON in (header_of(request, "accept") or ""):
        stream = await stream_action(hall, caller, asked)
        # The first page is fetched before the answer starts, so that a provider's refusal still has its own HTTP status.
        first = await anext(stream.pages, ())
        headers = {"cache-control": "no-store", "x-run-id": stream.run_id}
        return StreamingResponse(_lines(first, stream.pages), media_type=NDJSON, headers=headers)
    try:
        answer = await run_action(hall, caller, asked)
    except TooManyRowsError as error:
        error.next_step = (
            f"Ask for this address with `Accept: {NDJSON}` to stream every row, use a filter, or follow `next`."
        )
        raise
    return JsonAnswer(json_text.dump(_body(answer)))


def _read_call(request: Request, payload: dict[str, object]) -> ActionRequest:
    mistakes = [Mistake(name, "is not part of a call", nearest(name, _KNOWN)) for name in payload if name not in _KNOWN]
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    headers = inner_headers(payload)
    return ActionRequest(
        action=request.path_params["action_id"],
        account_id=account_of(request, headers),
        inputs=inputs_of(payload),
        door="rest",
        profile_id=profile_of(request, headers),
        dry_run=flag_of(payload, DRY_RUN),
        idempotency_key=key_of(header_of(request, "idempotency-key"), payload),
        allow_duplicate=flag_of(payload, ALLOW_DUPLICATE),
        caller_gone=request.is_disconnected,
    )


async def _lines(first: Rows, pages: AsyncGenerator[Rows, None]) -> AsyncIterator[bytes]:
    """One row a line; if it breaks midway, the last line is the error in the usual shape."""
    try:
        async with aclosing(pages):
            yield _page(first)
            async for page in pages:
                yield _page(page)
    except LinkspanError as error:
        yield json_text.dump(error_body(error)) + b"\n"
    except Exception:  # noqa: BLE001 - the answer has started: this is its outermost handler
        _LOG.exception("stream_failed", door="rest")
        yield json_text.dump(error_body(LinkspanError())) + b"\n"


def _page(rows: Rows) -> bytes:
    return b"".join(json_text.dump(row) + b"\n" for row in rows)


def _body(answer: Answer) -> dict[str, object]:
    result = answer.result
    body: dict[str, object] = {"data": result.data, "next": result.next, "run_id": answer.run_id}
    if result.count is not None:
        body["count"] = result.count
    if result.concurrency is not None:
        body["concurrency"] = result.concurrency
    if answer.replayed:
        body["replayed"] = True
    return body
