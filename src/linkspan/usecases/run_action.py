"""The main job: one action, run for a caller against one linked account, journalled if it writes, and logged whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
import structlog

from linkspan.engine.call import Call, Inputs, Result
from linkspan.errors import LinkspanError, WriteOutcomeUnknownError
from linkspan.model import Caller, Write, WriteState
from linkspan.usecases.admit_action import Admitted, admit_action
from linkspan.usecases.hall import Hall
from linkspan.usecases.recording import Recording
from linkspan.usecases.write_in_doubt import UNKNOWN_GUARDED, duplicate_error, guarded_until

log = structlog.get_logger(__name__)


class ActionRequest(msgspec.Struct, frozen=True, gc=False):
    """What a door asks for. `door`: rest, rpc, mcp, cli; `profile_id` asks for another profile's rules than the account's own.

    `allow_duplicate`: run a write although an equal one is running or in doubt. `caller_gone` tells whether the caller has hung up, so
    that a write's answer will not reach it; `repeated_by_clients`: the door's clients ask again by themselves when an answer is lost.
    """

    action: str
    account_id: str | None
    inputs: Inputs
    door: str
    profile_id: str | None = None
    allow_duplicate: bool = False
    caller_gone: Callable[[], Awaitable[bool]] | None = None
    repeated_by_clients: bool = False


class Answer(msgspec.Struct, frozen=True, gc=False):
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
            result = await _Writing(hall, admitted, call, recording, request).run()
        else:
            result = await hall.engine.execute(call, admitted.tokens, recording)
        recording.succeeded(result.rows)
        return Answer(result, recording.run_id)


@dataclass(frozen=True, slots=True)
class _Writing:
    """One write: its intent is committed, it is sent, and its end is noted; what is not known to have ended becomes `unknown`."""

    hall: Hall
    admitted: Admitted
    call: Call
    recording: Recording
    request: ActionRequest

    async def run(self) -> Result:
        line = await self._open()
        state, record_id = WriteState.UNKNOWN, self.call.path.get("id")
        self.recording.write_may_leave = True
        try:
            result = await self.hall.engine.execute(self.call, self.admitted.tokens, self.recording)
            state = WriteState.DONE
            record_id = _record_id(result) or record_id
        except WriteOutcomeUnknownError:
            raise
        except LinkspanError:
            state = WriteState.REFUSED
            raise
        finally:
            await self._close(line, state, record_id)
        return result

    async def _open(self) -> Write:
        """The journal's new line. Raises PossibleDuplicateError."""
        account, recording = self.admitted.account, self.recording
        line = Write(
            run_id=recording.run_id, project_id=account.project_id, account_id=account.id, action=self.call.action.id,
            digest=self.call.digest, state=WriteState.STARTED, started_at=recording.started_at, key_id=recording.key_id,
            guarded_until=recording.started_at + UNKNOWN_GUARDED,
        )  # fmt: skip
        try:
            first = await self.hall.journal.open(line, allow_duplicate=self.request.allow_duplicate)
        except asyncio.CancelledError:
            # Whether the line was committed or not: nothing has left.
            await self._close(line, WriteState.REFUSED, None)
            raise
        if first is not None:
            raise duplicate_error(first)
        return line

    async def _close(self, line: Write, state: WriteState, record_id: str | None) -> None:
        """Note a write's end, also when this task is cancelled; a journal that cannot be written must not hide the provider's answer."""
        closing = asyncio.ensure_future(self._note_end(line, state, record_id))
        await asyncio.wait({closing})
        if (failure := closing.exception()) is not None:
            log.error("journal_line_not_closed", run_id=line.run_id, state=state.value, reason=type(failure).__name__)

    async def _note_end(self, line: Write, state: WriteState, record_id: str | None) -> None:
        gone = self.request.caller_gone is not None and await self.request.caller_gone()
        now = self.hall.clock()
        until = guarded_until(
            state, self.call.action.verb, now, caller_gone=gone, repeated_by_clients=self.request.repeated_by_clients
        )
        await self.hall.journal.close(
            line.project_id, line.run_id, state, finished_at=now, record_id=record_id, guarded_until=until
        )


def _record_id(result: Result) -> str | None:
    found = result.data.get("id") if isinstance(result.data, dict) else None
    return found if isinstance(found, str) else None
