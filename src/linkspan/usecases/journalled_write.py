"""One write: its intent is committed before it leaves, an idempotency key makes it happen once, and its end is noted whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

import structlog

from linkspan.engine.call import Call, Result, WriteNotes
from linkspan.engine.proxy import ProxyCall
from linkspan.engine.readback import Doubt
from linkspan.errors import (
    IdempotencyConflictError,
    LinkspanError,
    ProviderError,
    ServerBusyError,
    WriteInProgressError,
    WriteNotDoneError,
    WriteOutcomeUnknownError,
)
from linkspan.journal_records import Write, WriteEnd, WriteState
from linkspan.usecases.admit_action import Admitted, AdmittedProxy
from linkspan.usecases.hall import Hall
from linkspan.usecases.kept_intent import seal_intent
from linkspan.usecases.process_life import sender_is_gone
from linkspan.usecases.recording import Recording
from linkspan.usecases.settle_line import open_answer, seal_answer, settle_line
from linkspan.usecases.settle_write import InDoubt, Settled, settle
from linkspan.usecases.write_in_doubt import KEY_KEPT, UNKNOWN_GUARDED, duplicate_error, guarded_until, unknown_error

_TRIES = 5
_LOOK_AGAIN = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WriteWish:
    """What a caller says of a write besides its content (see ActionRequest)."""

    idempotency_key: str | None = None
    allow_duplicate: bool = False
    caller_gone: Callable[[], Awaitable[bool]] | None = None
    repeated_by_clients: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A write's result under its run's id; `replayed`: it is the answer of an earlier run."""

    result: Result
    run_id: str
    replayed: bool = False


@dataclass(slots=True)
class _Outcome:
    """How the write stands, to be noted when it ends in whatever way."""

    record_id: str | None
    state: WriteState = WriteState.UNKNOWN
    accepted: bool = False
    settles_from: datetime | None = None
    answer: bytes | None = None


@dataclass(frozen=True, slots=True)
class JournalledWrite:
    """One write: its intent is committed, it is sent, and its end is noted; what the provider itself cannot tell becomes `unknown`."""

    hall: Hall
    admitted: Admitted | AdmittedProxy
    call: Call | ProxyCall
    recording: Recording
    wish: WriteWish

    async def run(self) -> Written:
        """Write once. Raises what the engine raises, PossibleDuplicateError, IdempotencyConflictError, WriteInProgressError, WriteNotDoneError."""
        self.hall.in_flight.add(self.recording.run_id)
        try:
            line = await self._open()
            return line if isinstance(line, Written) else await self._carried_out(line)
        finally:
            self.hall.in_flight.discard(self.recording.run_id)

    async def _carried_out(self, line: Write) -> Written:
        outcome = _Outcome(self.call.path.get("id"))
        self.recording.write_may_leave = True
        try:
            result = await self._send(line, outcome)
            outcome.answer = await seal_answer(self.hall, line, result)
        finally:
            await self._close(line, outcome)
        return Written(result, line.run_id)

    async def _send(self, line: Write, outcome: _Outcome) -> Result:
        notes = WriteNotes()
        try:
            result = await self.hall.engine.execute(self.call, self.admitted.tokens, self.recording, notes)
        except WriteOutcomeUnknownError as error:
            return await self._look_for(line, outcome, notes, error)
        except LinkspanError as error:
            if line.began_at is not None and isinstance(error, ProviderError):
                # The provider may refuse a repetition because the first one was done after all.
                settled = await self._settle(line, outcome, notes)
                if settled.state is WriteState.DONE and settled.result is not None:
                    return self._found(outcome, settled, settled.result)
            outcome.state = WriteState.REFUSED
            raise
        outcome.state, outcome.record_id = WriteState.DONE, _record_id(result) or outcome.record_id
        return result

    async def _look_for(
        self, line: Write, outcome: _Outcome, notes: WriteNotes, lost: WriteOutcomeUnknownError
    ) -> Result:
        """The result of a write whose answer was lost, as the provider shows it. Raises WriteNotDoneError, or the error with what was seen."""
        status = lost.provider.status if lost.provider else 0
        outcome.accepted = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        settled = await self._settle(line, outcome, notes)
        if settled.state is WriteState.DONE and settled.result is not None:
            return self._found(outcome, settled, settled.result)
        if settled.state is WriteState.NOT_DONE:
            outcome.state = WriteState.NOT_DONE
            raise WriteNotDoneError(provider=lost.provider) from lost
        raise unknown_error(lost.message, settled, keyed=line.idempotency_key is not None, provider=lost.provider)

    async def _settle(self, line: Write, outcome: _Outcome, notes: WriteNotes) -> Settled:
        if isinstance(self.call, ProxyCall):
            return Settled(WriteState.UNKNOWN, "It was passed on, so it is not known what to look for.")
        doubt = Doubt(
            line.first_began_at, line.provider_time, None, outcome.accepted, etag=notes.etag, location=notes.location
        )
        settled = await settle(self.hall, InDoubt(line, self.call, doubt), self.admitted.tokens, self.recording)
        outcome.settles_from = settled.seen_at
        return settled

    @staticmethod
    def _found(outcome: _Outcome, settled: Settled, result: Result) -> Result:
        outcome.state, outcome.record_id = WriteState.DONE, settled.record_id
        return result

    async def _open(self) -> Write | Written:
        """The journal's new line, or the answer that a write with the same idempotency key got. Raises the errors of `run`."""
        line = await self._new_line()
        key = line.idempotency_key
        for _ in range(_TRIES):
            first = await self._noted(line)
            if first is None:
                return line
            mine = key is not None and first.idempotency_key == key
            if mine and first.digest != self.call.digest and not is_over(first, line.started_at):
                told = f"The idempotency key was used by run {first.run_id} with another payload. Nothing was sent."
                raise IdempotencyConflictError(told, first_run_id=first.run_id)
            first, settled = await self._looked_for(first)
            if first.state is WriteState.NOT_DONE:
                line = replace(line, began_at=first.first_began_at, provider_time=first.provider_time)
            elif not mine:
                raise duplicate_error(first)
            if mine and not is_over(first, line.started_at):
                return await self._repeated(first, settled)
            if mine:
                await self.hall.journal.free_key(first)
        raise ServerBusyError("Too many equal writes are asked for at once.")

    async def _new_line(self) -> Write:
        account, recording, key = self.admitted.account, self.recording, self.wish.idempotency_key
        return Write(
            run_id=recording.run_id, project_id=account.project_id, account_id=account.id, action=self.call.action.id,
            digest=self.call.digest, state=WriteState.STARTED, started_at=recording.started_at, key_id=recording.key_id,
            # A key tells repetitions from new writes; without one an equal write has to wait until this one has ended.
            guarded_until=None if key else recording.started_at + UNKNOWN_GUARDED, idempotency_key=key,
            sealed_intent=None if isinstance(self.call, ProxyCall)
            else await seal_intent(self.hall, account.project_id, recording.run_id, self.call),
            process=self.hall.process, provider_time=self.hall.engine.provider_time(self.call.target),
        )  # fmt: skip

    async def _noted(self, line: Write) -> Write | None:
        """Commit the intent, or give the write that stands in its way."""
        try:
            return await self.hall.journal.open(line, allow_duplicate=self.wish.allow_duplicate)
        except asyncio.CancelledError:
            # Whether the line was committed or not: nothing has left.
            await self._close(line, _Outcome(None, WriteState.REFUSED))
            raise

    async def _looked_for(self, first: Write) -> tuple[Write, Settled | None]:
        """A write in the way as it stands once it was looked for: nobody else is at it, and its outcome is open."""
        if not first.is_open or (first.state is WriteState.STARTED and not await sender_is_gone(self.hall, first)):
            return first, None
        settled = await settle_line(self.hall, first, self.admitted.target, self.admitted.tokens, self.recording)
        return await self.hall.journal.read(first.project_id, first.run_id) or first, settled

    async def _repeated(self, first: Write, settled: Settled | None) -> Written:
        """What the first write with this key was answered. Raises an error where there is no such answer yet, or never will be."""
        if first.state is WriteState.STARTED:
            raise WriteInProgressError(first_run_id=first.run_id, retry_after=_LOOK_AGAIN)
        if first.state is WriteState.UNKNOWN or first.sealed_answer is None:
            told = f"Run {first.run_id} sent this write, and its outcome is unknown. It was not sent again."
            error = unknown_error(told, settled, keyed=True)
            error.first_run_id = first.run_id
            raise error
        return Written(await open_answer(self.hall, first, first.sealed_answer), first.run_id, replayed=True)

    async def _close(self, line: Write, outcome: _Outcome) -> None:
        """Note a write's end, also when this task is cancelled; a journal that cannot be written must not hide the provider's answer."""
        closing = asyncio.ensure_future(self._note_end(line, outcome))
        await asyncio.wait({closing})
        if (failure := closing.exception()) is not None:
            log.error(
                "journal_line_not_closed", run_id=line.run_id, state=outcome.state.value, reason=type(failure).__name__
            )

    async def _note_end(self, line: Write, outcome: _Outcome) -> None:
        gone = self.wish.caller_gone is not None and await self.wish.caller_gone()
        now = self.hall.clock()
        until = guarded_until(
            outcome.state, self.call.action.verb, now, caller_gone=gone,
            repeated_by_clients=self.wish.repeated_by_clients,
        )  # fmt: skip
        end = WriteEnd(
            outcome.state, now, outcome.record_id, until, outcome.answer, outcome.accepted, outcome.settles_from
        )
        await self.hall.journal.close(line.project_id, line.run_id, end)


def _record_id(result: Result) -> str | None:
    found = result.data.get("id") if isinstance(result.data, dict) else None
    return found if isinstance(found, str) else None


def is_over(first: Write, now: datetime) -> bool:
    """Whether a key may name a new write: nothing came of the first one, or it is too long ago."""
    return first.state in (WriteState.REFUSED, WriteState.NOT_DONE) or first.started_at < now - KEY_KEPT
