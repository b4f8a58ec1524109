"""When a token counts as fresh, due or over."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkspan.model import SealedGrant


@dataclass(frozen=True, slots=True)
class Timing:
    """The life cycle's times, in seconds where not said otherwise.

    `due_share`: from which share of its lifetime a token is refreshed, less up to `jitter` of the lifetime, so that many accounts
    and processes do not refresh at once. `skew`: how long before its end a token is not used any more (clocks differ).
    `lease`: after which a dead owner is taken over from. `patience`: how long a caller waits for another process.
    `ahead`: a grant from further in the future was renewed while a clock was wrong, and is not trusted.
    `pause`: how long a failed refresh is not repeated, `retry_pause` before the one repetition within a refresh.
    """

    due_share: float = 0.85
    jitter: float = 0.1
    skew: float = 60.0
    lease: float = 30.0
    patience: float = 75.0
    poll: float = 0.1
    pause: float = 3.0
    retry_pause: float = 0.3
    ahead: float = 300.0

    def is_fresh(self, grant: SealedGrant, now: datetime) -> bool:
        """Whether it is too early for anybody to refresh."""
        lifetime = grant.expires_at - grant.obtained_at
        if grant.obtained_at > now + timedelta(seconds=self.ahead):
            return False
        return now < grant.obtained_at + lifetime * (self.due_share - self.jitter)

    def due_at(self, grant: SealedGrant) -> datetime:
        """From when on a refresh should be under way; each call draws a jitter of its own."""
        lifetime = grant.expires_at - grant.obtained_at
        spread = random.random() * self.jitter  # noqa: S311  spreading load is no secret
        return grant.obtained_at + lifetime * (self.due_share - spread)

    def over_at(self, grant: SealedGrant) -> datetime:
        """From when on the token is not used any more: its end less the skew, which is at most a tenth of a short life."""
        lifetime = grant.expires_at - grant.obtained_at
        return grant.expires_at - min(timedelta(seconds=self.skew), lifetime / 10)
