"""Frozen records of the journal of writes: what was meant to be written, and how it ended."""

import enum
from dataclasses import dataclass
from datetime import datetime


class WriteState(enum.StrEnum):
    """Where a journalled write stands."""

    STARTED = "started"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Write:
    """A write's line in the journal: committed before the request leaves (design: Writes). `digest`: SHA-256 of the normalised intent.

    An equal write (same key, account and digest) is refused until `guarded_until`; None: this line stands in nobody's way. The caller's
    `idempotency_key` belongs to one write of an action on an account; `sealed_answer` is what a repetition with that key is answered.
    """

    run_id: str
    project_id: str
    account_id: str
    action: str
    digest: str
    state: WriteState
    started_at: datetime
    finished_at: datetime | None = None
    record_id: str | None = None
    key_id: str | None = None
    guarded_until: datetime | None = None
    idempotency_key: str | None = None
    sealed_answer: bytes | None = None


@dataclass(frozen=True, slots=True)
class WriteEnd:
    """How a write ended. `record_id` is the provider's id of the record, where known; `sealed_answer` is for repetitions of its key.

    Without `guarded_until` equal writes may follow now.
    """

    state: WriteState
    finished_at: datetime
    record_id: str | None = None
    guarded_until: datetime | None = None
    sealed_answer: bytes | None = None
