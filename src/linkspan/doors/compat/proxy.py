"""`POST /unified/proxy`: a request of the caller's own through an account's connection (wire contract 2.8)."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.compat.asked import answer_of, caller_of
from linkspan.doors.porch.account import account_of
from linkspan.doors.porch.body import read_object
from linkspan.doors.porch.inputs import ALLOW_DUPLICATE, DRY_RUN, IDEMPOTENCY_KEY, flag_of, inner_headers, key_of
from linkspan.doors.porch.quick import Endpoint, header_of
from linkspan.engine.proxy import ProxyWish
from linkspan.usecases.hall import Hall
from linkspan.usecases.proxy_request import ProxyRequest, proxy_request

# Statuses that the clients take for a success, and that have a body.
_PASSED_ON = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED})
_OURS = frozenset({"idempotency-key", IDEMPOTENCY_KEY})


def proxy_door(hall: Hall) -> Endpoint:
    """The endpoint that passes a request on."""

    async def proxy(request: Request) -> Response:
        caller = await caller_of(hall, request)
        payload = await read_object(request)
        headers = inner_headers(payload)
        wish = ProxyWish(
            method=payload.get("method") or "get",
            path=payload.get("path"),
            url=payload.get("url"),
            headers={name: value for name, value in headers.items() if name.lower() not in _OURS}
            if headers
            else payload.get("headers"),
            body=payload.get("body"),
        )
        asked = ProxyRequest(
            account_id=account_of(request, headers),
            wish=wish,
            door="rpc",
            dry_run=flag_of(payload, DRY_RUN),
            idempotency_key=key_of(header_of(request, "idempotency-key"), payload),
            allow_duplicate=flag_of(payload, ALLOW_DUPLICATE),
            caller_gone=request.is_disconnected,
            repeated_by_clients=True,
        )
        answer = await proxy_request(hall, caller, asked)
        told = dict(answer.result.data) if isinstance(answer.result.data, dict) else {}
        status = told.get("status")
        body = {"status": HTTPStatus.OK.value, **told, "run_id": answer.run_id}
        if answer.replayed:
            body["replayed"] = True
        return answer_of(body, int(str(status)) if status in _PASSED_ON else HTTPStatus.OK.value)

    return proxy
