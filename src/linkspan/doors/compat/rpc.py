"""`POST /actions/rpc`: run one action as the published client packages ask for it (wire contract 2.6)."""

import structlog
from starlette.requests import Request
from starlette.responses import Response

from linkspan.connectors.names import nearest
from linkspan.doors.compat.errors import error_answer
from linkspan.doors.compat.plain_call import plain_call
from linkspan.doors.porch.account import account_of, profile_of
from linkspan.doors.porch.body import object_of, read_body
from linkspan.doors.porch.credentials import read_key
from linkspan.doors.porch.inputs import (
    ALLOW_DUPLICATE,
    DRY_RUN,
    IDEMPOTENCY_KEY,
    flag_of,
    inner_headers,
    inputs_of,
    key_of,
)
from linkspan.doors.porch.quick import Endpoint, JsonAnswer, Straight, header_of
from linkspan.engine import json_text
from linkspan.engine.call import Inputs
from linkspan.errors import InvalidInputError, LinkspanError, Mistake, NotFoundError, TooManyRowsError
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.hall import Hall
from linkspan.usecases.run_action import ActionRequest, Answer, run_action

_LOG = structlog.get_logger(__name__)
# What a call may hold; the defender's fields are accepted and without effect until there is one.
_KNOWN = frozenset(
    {
        "action",
        "path",
        "query",
        "body",
        "headers",
        "defender_enabled",
        "defender_config",
        IDEMPOTENCY_KEY,
        ALLOW_DUPLICATE,
        DRY_RUN,
    }
)


def answered(hall: Hall, endpoint: Endpoint) -> Endpoint:
    """The endpoint with every failure turned into the wire's error shape: the outermost handler of this door."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
            return _failure(hall, request, error)

    return answer


def rpc_door(hall: Hall) -> Straight:
    """The application that runs an action. It is as flat as can be: each coroutine around the call costs at every wait."""

    async def rpc(request: Request) -> Response:
        asked: ActionRequest | None = None
        try:
            caller = await authenticate(hall, read_key(header_of(request, "authorization")).reveal())
            asked = _asked(request, await read_body(request))
            return JsonAnswer(json_text.dump(_body(await run_action(hall, caller, asked))))
        except Exception as error:  # noqa: BLE001 - the door's outermost handler; the log gets the traceback
            if isinstance(error, TooManyRowsError) and asked is not None:
                error.next_step = (
                    f"Stream the rows from {hall.settings.base_url}/v1/actions/{asked.action} with "
                    "`Accept: application/x-ndjson`, use a filter, or follow the cursor in `next`."
                )
            return _failure(hall, request, error)

    return Straight(rpc)


def _failure(hall: Hall, request: Request, error: Exception) -> Response:
    """What went wrong in the wire's shape; what is no error of ours is one in Linkspan, and goes into the log."""
    if not isinstance(error, LinkspanError):
        _LOG.error("request_failed", door="rpc", path=request.url.path, exc_info=error)
        error = LinkspanError()
    return error_answer(error, hall.clock())


def unknown_address(hall: Hall) -> Endpoint:
    """Answers addresses below /actions that are not served."""

    async def refuse(request: Request) -> Response:
        raise NotFoundError(
            f"There is no {request.method} {request.url.path} here.",
            next_step="Run actions with POST /actions/rpc, or see /v1/openapi.json for this installation's own API.",
        )

    return answered(hall, refuse)


def _asked(request: Request, body: bytes) -> ActionRequest:
    """The call, by the short way if it is as plain as most are."""
    plain = plain_call(body)
    if plain is None or header_of(request, "idempotency-key") is not None:
        return _read_call(request, object_of(body))
    return ActionRequest(
        action=plain.action,
        account_id=account_of(request, {}),
        inputs=Inputs(plain.path),
        door="rpc",
        profile_id=profile_of(request, {}),
        caller_gone=request.is_disconnected,
        repeated_by_clients=True,
    )


def _read_call(request: Request, payload: dict[str, object]) -> ActionRequest:
    mistakes: list[Mistake] = []
    if not payload.keys() <= _KNOWN:
        mistakes += [
            Mistake(name, "is not part of a call", nearest(name, _KNOWN)) for name in payload if name not in _KNOWN
        ]
    action = payload.get("action")
    if not isinstance(action, str) or not action:
        mistakes.append(Mistake("action", "must be the id of an action, such as dynamics365bc_list_customers"))
    try:
        inputs = inputs_of(payload, odata_aliases=True)
        allow_duplicate, dry_run = flag_of(payload, ALLOW_DUPLICATE), flag_of(payload, DRY_RUN)
        key = key_of(header_of(request, "idempotency-key"), payload)
    except InvalidInputError as error:
        mistakes += error.mistakes
    if mistakes:
        raise InvalidInputError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    headers = inner_headers(payload)
    return ActionRequest(
        action=str(action),
        account_id=account_of(request, headers),
        inputs=inputs,
        door="rpc",
        profile_id=profile_of(request, headers),
        dry_run=dry_run,
        idempotency_key=key,
        allow_duplicate=allow_duplicate,
        caller_gone=request.is_disconnected,
        # The published TypeScript client repeats after a lost connection for up to an hour, and sends no idempotency key.
        repeated_by_clients=True,
    )


def _body(answer: Answer) -> dict[str, object]:
    """`data` and `next` as the clients need them; what else is known rides beside."""
    result = answer.result
    body: dict[str, object] = {"data": result.data, "next": result.next, "run_id": answer.run_id}
    if result.count is not None:
        body["count"] = result.count
    if result.concurrency is not None:
        body["concurrency"] = result.concurrency
    if answer.replayed:
        body["replayed"] = True
    return body
