"""Whether a failed provider request is sent again: a function of the failure and of whether the request writes."""

import enum
import random
from collections.abc import Mapping
from dataclasses import dataclass

from linkspan.errors import LinkspanError


class FailureKind(enum.StrEnum):
    """What went wrong, as far as repeating is concerned."""

    NOT_SENT = "not_sent"  # nothing left: no connection was made
    BLOCKED = "blocked"  # nothing left: our own egress guard, or a certificate that does not fit
    LIMITED = "limited"  # the provider refused before acting: too many requests
    DECLARED = "declared"  # the provider refused before acting, with a code that the connector declares as such
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - the provider refused before acting: the access token
    REFUSED = "refused"  # the provider understood and said no
    UNAVAILABLE = "unavailable"  # a server error, after who knows what
    LOST = "lost"  # the answer did not arrive, or not whole
    UNREADABLE = "unreadable"  # a whole answer that makes no sense


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed request: `error` is what the caller gets if it is not sent again; `wait` what the provider asked for, in seconds."""

    kind: FailureKind
    error: LinkspanError
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the engine tries for one request. `timeout`: seconds for one try; `budget`: seconds after which no new try begins."""

    timeout: float = 100.0
    tries: int = 4
    first_pause: float = 0.3
    longest_pause: float = 10.0
    budget: float = 30.0


# (a read is sent again, a write is sent again). A write only when it provably never left, or was refused before it acted.
_AGAIN: Mapping[FailureKind, tuple[bool, bool]] = {
    FailureKind.NOT_SENT: (True, True),
    FailureKind.BLOCKED: (False, False),
    FailureKind.LIMITED: (True, True),
    FailureKind.DECLARED: (True, True),
    FailureKind.TOKEN_REFUSED: (False, False),  # the exchange renews the token once, which is no retry of this kind
    FailureKind.REFUSED: (False, False),
    FailureKind.UNAVAILABLE: (True, False),
    FailureKind.LOST: (True, False),
    FailureKind.UNREADABLE: (False, False),
}


def pause_before_retry(failure: Failure, patience: Patience, *, writes: bool, tries: int, spent: float) -> float | None:
    """Seconds to wait before sending again after `tries` tries and `spent` seconds; None: do not send again.

    Without the provider's word the pause doubles each time, with jitter so that callers do not come back together.
    """
    if not _AGAIN[failure.kind][writes] or tries >= patience.tries:
        return None
    pause = failure.wait
    if pause is None:
        most = min(patience.longest_pause, patience.first_pause * 2 ** (tries - 1))
        pause = most * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
    if pause > patience.longest_pause or spent + pause > patience.budget:
        return None
    return pause
