"""How a write in doubt ended: what the provider shows, weighed against everything else that may have made it. Never a guess."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from linkspan.engine.call import Call, Result, StepSink, TokenSource
from linkspan.engine.likeness import Likeness, likeness
from linkspan.engine.odata_v4 import LAST_WRITER_WINS
from linkspan.engine.readback import Doubt, Sighting
from linkspan.engine.shape import Record, shaper_of
from linkspan.errors import LinkspanError
from linkspan.journal_records import Write, WriteState
from linkspan.model import Verb
from linkspan.usecases.hall import Hall
from linkspan.usecases.kept_intent import body_of

_LOOK_AGAIN = 2.0


@dataclass(frozen=True, slots=True)
class Settled:
    """Done, not done or unknown; `about` says why in a sentence.

    Done: `result` is what the first answer would have been. Unknown: `candidates` are the ids of records that may be it, `wait` the seconds
    after which looking again may tell more. `seen_at`: the time at the provider when it was looked for.
    """

    state: WriteState
    about: str
    result: Result | None = None
    record_id: str | None = None
    candidates: tuple[str, ...] = ()
    wait: float | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A write in doubt: its line in the journal, what it sent, and what is known."""

    line: Write
    call: Call
    doubt: Doubt


async def settle(hall: Hall, write: InDoubt, tokens: TokenSource, steps: StepSink) -> Settled:
    """Ask the provider; a question that fails leaves it unknown."""
    try:
        seen = await hall.engine.look(write.call, write.doubt, tokens, steps)
        by_records = seen.happened is None and write.call.action.verb is Verb.CREATE
        settled = await _by_records(hall, write, seen) if by_records else _by_sight(write, seen)
    except LinkspanError as error:
        return Settled(WriteState.UNKNOWN, f"Looking for it at the provider failed: {error.message}", wait=_LOOK_AGAIN)
    return replace(settled, seen_at=seen.seen_at)


def _by_sight(write: InDoubt, seen: Sighting) -> Settled:
    """What is concluded where the provider's own word is enough."""
    if seen.happened:
        return _done(write.call, seen.equal[0] if seen.equal else None)
    if seen.happened is None:
        return Settled(WriteState.UNKNOWN, "The provider does not show whether it happened.", candidates=_ids(seen.may))
    if write.doubt.accepted:
        return Settled(WriteState.UNKNOWN, "The provider accepted it, but does not show it.", candidates=_ids(seen.may))
    if seen.fenced or seen.settles_in <= 0:
        return Settled(WriteState.NOT_DONE, "The provider shows nothing of it.")
    about = "The provider shows nothing of it, but might still be at it."
    return Settled(WriteState.UNKNOWN, about, wait=seen.settles_in)


async def _by_records(hall: Hall, write: InDoubt, seen: Sighting) -> Settled:
    """Which of the records that a create is known by is its own.

    A record that another write is known to have made is that one's. Writes in doubt that sent the same are owed one record each: which of
    them gets which makes no difference. Where any other write may have made it, nothing is concluded.
    """
    others = await hall.journal.others(write.line, [*_ids(seen.equal), *_ids(seen.may)])
    taken = {other.record_id for other in others if not other.is_open}
    equal = sorted((each for each in seen.equal if each.get("id") not in taken), key=lambda each: str(each.get("id")))
    may = [each for each in seen.may if each.get("id") not in taken]
    twins = [other for other in others if other.is_open and other.digest == write.line.digest]
    if may or len(equal) > len(twins) + 1 or await _contested(hall, write.call, equal, others):
        about = "The provider shows records that may be it."
        return Settled(WriteState.UNKNOWN, about, candidates=_ids([*equal, *may]), wait=seen.settles_in or None)
    if equal and any(twin.state is WriteState.STARTED for twin in twins):
        about = "An equal write is under way, and the record may be that one's."
        return Settled(WriteState.UNKNOWN, about, candidates=_ids(equal), wait=_LOOK_AGAIN)
    place = sum((twin.started_at, twin.run_id) < (write.line.started_at, write.line.run_id) for twin in twins)
    if place < len(equal):
        return _done(write.call, equal[place])
    return _by_sight(write, Sighting(happened=False, fenced=seen.fenced, settles_in=seen.settles_in))


async def _contested(hall: Hall, call: Call, equal: Sequence[Record], others: Sequence[Write]) -> bool:
    """Whether another open write, which sent something else, may have made one of the records."""
    for other in others if equal else ():
        if not other.is_open or other.digest == call.digest:
            continue
        body = await body_of(hall, other)
        theirs = None if body is None else msgspec.structs.replace(call, body=body)
        if theirs is None or any(likeness(record, theirs) is not Likeness.OTHER for record in equal):
            return True
    return False


def _done(call: Call, record: Record | None) -> Settled:
    verb = call.action.verb
    shown = None
    if record is not None and verb in (Verb.CREATE, Verb.UPDATE):
        shown = shaper_of(call.action.entity, call.action.contract)(dict(record))
    wins = LAST_WRITER_WINS if call.if_match is None and verb in (Verb.UPDATE, Verb.DELETE) else None
    result = Result(shown, concurrency=wins, rows=0 if shown is None else 1)
    found = shown.get("id") if shown is not None else None
    record_id = found if isinstance(found, str) else call.path.get("id")
    return Settled(WriteState.DONE, "The provider shows that it happened.", result, record_id)


def _ids(records: Sequence[Record]) -> tuple[str, ...]:
    return tuple(str(record["id"]) for record in records if "id" in record)
