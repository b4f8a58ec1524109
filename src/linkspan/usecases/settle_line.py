"""One open line of the journal: its write is looked for at the provider, and what came of it is noted."""

from linkspan.engine import json_text
from linkspan.engine.call import Result, StepSink, Target, TokenSource
from linkspan.engine.readback import Doubt
from linkspan.errors import LinkspanError
from linkspan.journal_records import Write, WriteEnd, WriteState
from linkspan.model import Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.kept_intent import open_intent
from linkspan.usecases.settle_write import InDoubt, Settled, settle

_ANY = "*"


async def settle_line(hall: Hall, line: Write, target: Target, tokens: TokenSource, steps: StepSink) -> Settled:
    """Look for an open line's write where its account points now, and note the end. The line's process must not be at it any more."""
    settled = await _asked(hall, line, target, tokens, steps)
    learned = line.settles_from is None and settled.seen_at is not None
    if settled.state is not line.state or learned:
        answer = await seal_answer(hall, line, settled.result) if settled.result is not None else None
        until = None if settled.state is WriteState.NOT_DONE else line.guarded_until
        end = WriteEnd(
            settled.state,
            hall.clock(),
            settled.record_id,
            until,
            answer,
            line.accepted,
            line.settles_from or settled.seen_at,
        )
        await hall.journal.close(line.project_id, line.run_id, end, was=line.state)
    return settled


async def _asked(hall: Hall, line: Write, target: Target, tokens: TokenSource, steps: StepSink) -> Settled:
    try:
        call = await open_intent(hall, line, target)
    except LinkspanError as error:
        return Settled(WriteState.UNKNOWN, error.message)
    if call is None:
        return Settled(WriteState.UNKNOWN, "What it sent is not kept any more.")
    etag = None if call.if_match == _ANY else call.if_match
    doubt = Doubt(line.first_began_at, line.provider_time, line.settles_from, line.accepted, etag=etag)
    return await settle(hall, InDoubt(line, call, doubt), tokens, steps)


async def seal_answer(hall: Hall, line: Write, result: Result) -> bytes | None:
    """The answer for repetitions of a write with an idempotency key."""
    if line.idempotency_key is None:
        return None
    kept = {"data": result.data, "concurrency": result.concurrency, "rows": result.rows}
    text = Secret(json_text.dump(kept).decode())
    return await hall.vault.seal(line.project_id, f"write:{line.run_id}", "answer", text)


async def open_answer(hall: Hall, line: Write, sealed: bytes) -> Result:
    """The answer that `seal_answer` kept."""
    text = await hall.vault.open(line.project_id, f"write:{line.run_id}", "answer", sealed)
    told_before = json_text.parse(text.reveal().encode())
    kept = told_before if isinstance(told_before, dict) else {}
    return Result(kept.get("data"), concurrency=kept.get("concurrency"), rows=int(kept.get("rows", 0)))
