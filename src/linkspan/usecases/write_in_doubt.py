"""How long an equal write is held back, and what is said to whoever asks for it (docs/actions.md, Duplicates)."""

from datetime import datetime, timedelta

from linkspan.errors import PossibleDuplicateError, ProviderAnswer, WriteOutcomeUnknownError
from linkspan.journal_records import Write, WriteState
from linkspan.model import Verb
from linkspan.usecases.settle_write import Settled

UNKNOWN_GUARDED = timedelta(hours=24)
"""How long a write that is running, or whose outcome is unknown here or to its caller, stands in the way of an equal one."""

ANSWER_IN_DOUBT = timedelta(seconds=10)
"""How long a finished create or operation does so on a door whose clients repeat by themselves: a cut after our last byte cannot be seen."""


KEY_KEPT = timedelta(days=30)
"""How long an idempotency key names one write."""


def guarded_until(
    state: WriteState, verb: Verb, finished_at: datetime, *, caller_gone: bool, repeated_by_clients: bool
) -> datetime | None:
    """Until when a finished write stands in the way of an equal one; None: no longer."""
    if state is WriteState.UNKNOWN or (state is WriteState.DONE and caller_gone):
        return finished_at + UNKNOWN_GUARDED
    if state is WriteState.DONE and verb in (Verb.CREATE, Verb.ACT) and repeated_by_clients:
        return finished_at + ANSWER_IN_DOUBT
    return None


def unknown_error(
    told: str, settled: Settled | None, *, keyed: bool, provider: ProviderAnswer | None = None
) -> WriteOutcomeUnknownError:
    """What to answer of a write whose outcome is unknown: why, which records may be it, and whether asking again can tell more."""
    if settled is None:
        return WriteOutcomeUnknownError(told, provider=provider)
    step = None
    if keyed and settled.wait is not None:
        step = f"Ask again with the same key in {max(1, round(settled.wait))} seconds: Linkspan looks for the record again, and sends nothing twice."
    elif settled.candidates:
        step = "Look at the records in candidate_ids: one of them may be what was written. Linkspan has not sent the write again."
    error = WriteOutcomeUnknownError(
        f"{told} {settled.about}", next_step=step, provider=provider, retry_after=settled.wait if keyed else None
    )
    error.candidates = settled.candidates
    return error


def duplicate_error(first: Write) -> PossibleDuplicateError:
    """What to answer in place of a write that equals `first`."""
    record = f" (record {first.record_id})" if first.record_id else ""
    told = {WriteState.STARTED: "has not ended yet", WriteState.UNKNOWN: "has an unknown outcome"}.get(
        first.state, f"succeeded{record}, but its answer may not have arrived"
    )
    message = f"An equal write by this API key on this account, run {first.run_id}, {told}. Nothing was sent."
    return PossibleDuplicateError(message, first_run_id=first.run_id)
