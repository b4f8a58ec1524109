"""`POST /ai/tool-feedback`: what the published clients' feedback tool sends (wire contract 2.8)."""

from starlette.requests import Request
from starlette.responses import Response

from linkspan.doors.compat.asked import answer_of, caller_of
from linkspan.doors.compat.given import Given
from linkspan.doors.compat.moments import moment
from linkspan.doors.porch.body import read_object
from linkspan.doors.porch.quick import Endpoint
from linkspan.usecases.hall import Hall
from linkspan.usecases.tool_feedback import give_feedback


def feedback_door(hall: Hall) -> Endpoint:
    """The endpoint that keeps feedback; the clients call it once for each account."""

    async def feedback(request: Request) -> Response:
        caller, body = await caller_of(hall, request), await read_object(request)
        given = Given(body)
        text, account = given.text("feedback", needed=True), given.text("account_id", needed=True)
        tools = body.get("tool_names") or []
        if not isinstance(tools, list) or not all(isinstance(name, str) for name in tools):
            given.wrong("tool_names", "must be a list of names")
            tools = []
        given.check()
        kept = await give_feedback(hall, caller, account or "", text or "", [str(name) for name in tools])
        return answer_of(
            {
                "message": "Feedback successfully stored",
                "key": f"{kept.id}.json",
                "submitted_at": moment(kept.at),
                "trace_id": kept.id,
            }
        )

    return feedback
