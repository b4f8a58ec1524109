"""The main job: one action, run for a caller against one linked account, journalled if it writes, and logged whatever happens."""

import asyncio
from dataclasses import dataclass

import structlog

from linkspan.engine.call import Call, Inputs, Result
from linkspan.errors import LinkspanError, WriteOutcomeUnknownError
from linkspan.model import Caller, Write, WriteState
from linkspan.usecases.admit_action import Admitted, admit_action
from linkspan.usecases.hall import Hall
from linkspan.usecases.recording import Recording

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What a door asks for. `door`: rest, rpc, mcp, cli; `profile_id` asks for another profile's rules than the account's own."""

    action: str
    account_id: str | None
    inputs: Inputs
    door: str
    profile_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An action's result, and the id under which the log has it."""

    result: Result
    run_id: str


async def run_action(hall: Hall, caller: Caller, request: ActionRequest) -> Answer:
    """Run an action. Every LinkspanError that it raises has `run_id`, under which the log tells what happened."""
    await hall.run_log.ready()
    with Recording(hall, caller, request.action, request.door) as recording:
        admitted = await admit_action(
            hall, caller, request.action, recording, account_id=request.account_id, profile_id=request.profile_id
        )
        call = hall.engine.prepare(admitted.action, admitted.target, request.inputs)
        if call.action.verb.writes:
            result = await _write(hall, admitted, call, recording)
        else:
            result = await hall.engine.execute(call, admitted.tokens, recording)
        recording.succeeded(result.rows)
        return Answer(result, recording.run_id)


async def _write(hall: Hall, admitted: Admitted, call: Call, recording: Recording) -> Result:
    """Commit the intent, send the write, and note how it ended; whatever is not known to have ended stays or becomes `unknown`."""
    account = admitted.account
    line = Write(
        run_id=recording.run_id, project_id=account.project_id, account_id=account.id, action=call.action.id,
        digest=call.digest, state=WriteState.STARTED, started_at=recording.started_at,
    )  # fmt: skip
    await hall.journal.open(line)
    state, record_id = WriteState.UNKNOWN, call.path.get("id")
    try:
        result = await hall.engine.execute(call, admitted.tokens, recording)
        state = WriteState.DONE
        record_id = _record_id(result) or record_id
    except WriteOutcomeUnknownError:
        raise
    except LinkspanError:
        state = WriteState.REFUSED
        raise
    finally:
        await _close(hall, line, state, record_id)
    return result


async def _close(hall: Hall, line: Write, state: WriteState, record_id: str | None) -> None:
    """Note a write's end, also when the caller has gone; a journal that cannot be written must not hide what the provider answered."""
    closing = asyncio.ensure_future(
        hall.journal.close(line.project_id, line.run_id, state, finished_at=hall.clock(), record_id=record_id)
    )
    await asyncio.wait({closing})
    if (failure := closing.exception()) is not None:
        log.error("journal_line_not_closed", run_id=line.run_id, state=state.value, reason=type(failure).__name__)


def _record_id(result: Result) -> str | None:
    found = result.data.get("id") if isinstance(result.data, dict) else None
    return found if isinstance(found, str) else None
