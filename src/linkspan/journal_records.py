"""Frozen records of the journal of writes: what was meant to be written, and how it ended."""

import enum
from dataclasses import dataclass
from datetime import datetime


class WriteState(enum.StrEnum):
    """Where a journalled write stands. `not_done`: its answer was lost, and the provider was asked and shows that nothing happened."""

    STARTED = "started"
    DONE = "done"
    REFUSED = "refused"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Write:
    """A write's line in the journal: committed before the request leaves (design: Writes). `digest`: SHA-256 of the normalised intent.

    An equal write (same key, account and digest) is refused until `guarded_until`; None: this line stands in nobody's way. The caller's
    `idempotency_key` belongs to one write of an action on an account; `sealed_answer` is what a repetition with that key is answered.

    For reading back: `sealed_intent` is what was sent, for as long as the outcome is open; `process` sent it; `provider_time` is the
    provider's clock when it began; `began_at` is when the first try of a repeated write began; `accepted`: the provider answered 2xx.
    `settles_from` is the provider's time when it was first looked for.
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
    sealed_intent: bytes | None = None
    process: str | None = None
    provider_time: datetime | None = None
    began_at: datetime | None = None
    accepted: bool = False
    settles_from: datetime | None = None

    @property
    def first_began_at(self) -> datetime:
        """When its first try began."""
        return self.began_at or self.started_at

    @property
    def is_open(self) -> bool:
        """Whether its outcome is not known."""
        return self.state in (WriteState.STARTED, WriteState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class WriteEnd:
    """How a write ended. `record_id` is the provider's id of the record, where known; `sealed_answer` is for repetitions of its key.

    Without `guarded_until` equal writes may follow now. `accepted`, `settles_from`: see Write.
    """

    state: WriteState
    finished_at: datetime
    record_id: str | None = None
    guarded_until: datetime | None = None
    sealed_answer: bytes | None = None
    accepted: bool = False
    settles_from: datetime | None = None
