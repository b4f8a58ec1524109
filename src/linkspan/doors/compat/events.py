"""`POST /webhooks/{id}/events`: put events in for one webhook (wire contract 2.9)."""

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.compat.asked import answer_of, caller_of
from linkspan.doors.porch.account import account_of
from linkspan.doors.porch.body import read_body
from linkspan.doors.porch.quick import Endpoint
from linkspan.engine import json_text
from linkspan.errors import InvalidInputError, Mistake
from linkspan.usecases.hall import Hall
from linkspan.usecases.inject_events import Wanted, inject_events

_MOST = 100
_MOST_BODY = 64 * 1024
_EACH_ITS_OWN = 207


def events_door(hall: Hall) -> Endpoint:
    """The endpoint that puts events in: 207, with a status for each."""

    async def events(request: Request) -> Response:
        caller, wanted = await caller_of(hall, request), _wanted(await read_body(request, limit=_MOST_BODY))
        account_id = account_of(request, {})
        if account_id is None:
            raise InvalidInputError(mistakes=[Mistake("x-account-id", "is needed: whose events they are")])
        done = await inject_events(hall, caller, request.path_params["webhook"], account_id, wanted)
        told = [
            {"event": one.wanted.event, "record_id": one.wanted.record_id, "status": one.status, "message": one.message}
            for one in done
        ]
        return answer_of(told, _EACH_ITS_OWN)

    return events


def _wanted(text: bytes) -> list[Wanted]:
    """The events asked for. Raises InvalidInputError with every mistake."""
    try:
        asked = json_text.parse(text)
    except ValueError as error:
        raise InvalidInputError("The body is not JSON.", mistakes=[Mistake("body", str(error))]) from None
    if not isinstance(asked, list) or not 1 <= len(asked) <= _MOST:
        raise InvalidInputError(mistakes=[Mistake("body", f"must be a list of 1 to {_MOST} events")])
    mistakes, found = [], []
    for place, one in enumerate(asked):
        event, record = (one.get("event"), one.get("record_id")) if isinstance(one, dict) else (None, None)
        if isinstance(event, str) and isinstance(record, str):
            found.append(Wanted(event, record))
        else:
            mistakes.append(Mistake(f"body[{place}]", "must be an object with the texts event and record_id"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    return found
