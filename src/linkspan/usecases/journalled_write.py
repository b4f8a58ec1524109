"""One write: its intent is committed before it leaves, an idempotency key makes it happen once, and its end is noted whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from linkspan.engine import json_text
from linkspan.engine.call import Call, Result
from linkspan.engine.proxy import ProxyCall
from linkspan.errors import (
    IdempotencyConflictError,
    LinkspanError,
    ServerBusyError,
    WriteInProgressError,
    WriteOutcomeUnknownError,
)
from linkspan.journal_records import Write, WriteEnd, WriteState
from linkspan.model import Secret
from linkspan.usecases.admit_action import Admitted, AdmittedProxy
from linkspan.usecases.hall import Hall
from linkspan.usecases.recording import Recording
from linkspan.usecases.write_in_doubt import KEY_KEPT, UNKNOWN_GUARDED, duplicate_error, guarded_until

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


@dataclass(frozen=True, slots=True)
class JournalledWrite:
    """One write: its intent is committed, it is sent, and its end is noted; what is not known to have ended becomes `unknown`."""

    hall: Hall
    admitted: Admitted | AdmittedProxy
    call: Call | ProxyCall
    recording: Recording
    wish: WriteWish

    async def run(self) -> Written:
        """Write once. Raises what the engine raises, PossibleDuplicateError, IdempotencyConflictError, WriteInProgressError."""
        line = await self._open()
        if isinstance(line, Written):
            return line
        state, record_id, answer = WriteState.UNKNOWN, self.call.path.get("id"), None
        self.recording.write_may_leave = True
        try:
            result = await self.hall.engine.execute(self.call, self.admitted.tokens, self.recording)
            state = WriteState.DONE
            record_id = _record_id(result) or record_id
            answer = await self._sealed(line, result)
        except WriteOutcomeUnknownError:
            raise
        except LinkspanError:
            state = WriteState.REFUSED
            raise
        finally:
            await self._close(line, state, record_id, answer)
        return Written(result, line.run_id)

    async def _open(self) -> Write | Written:
        """The journal's new line, or the answer that a write with the same idempotency key got. Raises the errors of `run`."""
        account, recording, key = self.admitted.account, self.recording, self.wish.idempotency_key
        line = Write(
            run_id=recording.run_id, project_id=account.project_id, account_id=account.id, action=self.call.action.id,
            digest=self.call.digest, state=WriteState.STARTED, started_at=recording.started_at, key_id=recording.key_id,
            # A key tells repetitions from new writes; without one an equal write has to wait until this one has ended.
            guarded_until=None if key else recording.started_at + UNKNOWN_GUARDED, idempotency_key=key,
        )  # fmt: skip
        for _ in range(_TRIES):
            try:
                first = await self.hall.journal.open(line, allow_duplicate=self.wish.allow_duplicate)
            except asyncio.CancelledError:
                # Whether the line was committed or not: nothing has left.
                await self._close(line, WriteState.REFUSED, None, None)
                raise
            if first is None:
                return line
            if key is None or first.idempotency_key != key:
                raise duplicate_error(first)
            if not is_over(first, recording.started_at):
                return await self._repeated(first)
            await self.hall.journal.free_key(first)
        raise ServerBusyError("Too many writes with this idempotency key are asked for at once.")

    async def _repeated(self, first: Write) -> Written:
        """What the first write with this key was answered. Raises an error where there is no such answer yet, or never will be."""
        if first.digest != self.call.digest:
            told = f"The idempotency key was used by run {first.run_id} with another payload. Nothing was sent."
            raise IdempotencyConflictError(told, first_run_id=first.run_id)
        if first.state is WriteState.STARTED:
            raise WriteInProgressError(first_run_id=first.run_id, retry_after=_LOOK_AGAIN)
        if first.state is WriteState.UNKNOWN or first.sealed_answer is None:
            told = f"Run {first.run_id} sent this write, and its outcome is unknown. It was not sent again."
            raise WriteOutcomeUnknownError(told, first_run_id=first.run_id)
        text = await self.hall.vault.open(first.project_id, f"write:{first.run_id}", "answer", first.sealed_answer)
        told_before = json_text.parse(text.reveal().encode())
        kept = told_before if isinstance(told_before, dict) else {}
        result = Result(kept.get("data"), concurrency=kept.get("concurrency"), rows=int(kept.get("rows", 0)))
        return Written(result, first.run_id, replayed=True)

    async def _sealed(self, line: Write, result: Result) -> bytes | None:
        """The answer for a repetition with the same key."""
        if line.idempotency_key is None:
            return None
        kept = {"data": result.data, "concurrency": result.concurrency, "rows": result.rows}
        text = Secret(json_text.dump(kept).decode())
        return await self.hall.vault.seal(line.project_id, f"write:{line.run_id}", "answer", text)

    async def _close(self, line: Write, state: WriteState, record_id: str | None, answer: bytes | None) -> None:
        """Note a write's end, also when this task is cancelled; a journal that cannot be written must not hide the provider's answer."""
        closing = asyncio.ensure_future(self._note_end(line, state, record_id, answer))
        await asyncio.wait({closing})
        if (failure := closing.exception()) is not None:
            log.error("journal_line_not_closed", run_id=line.run_id, state=state.value, reason=type(failure).__name__)

    async def _note_end(self, line: Write, state: WriteState, record_id: str | None, answer: bytes | None) -> None:
        gone = self.wish.caller_gone is not None and await self.wish.caller_gone()
        now = self.hall.clock()
        until = guarded_until(
            state, self.call.action.verb, now, caller_gone=gone, repeated_by_clients=self.wish.repeated_by_clients
        )
        end = WriteEnd(state, now, record_id, until, answer)
        await self.hall.journal.close(line.project_id, line.run_id, end)


def _record_id(result: Result) -> str | None:
    found = result.data.get("id") if isinstance(result.data, dict) else None
    return found if isinstance(found, str) else None


def is_over(first: Write, now: datetime) -> bool:
    """Whether a key may name a new write: the provider refused the first one, so nothing came of it, or it is too long ago."""
    return first.state is WriteState.REFUSED or first.started_at < now - KEY_KEPT
