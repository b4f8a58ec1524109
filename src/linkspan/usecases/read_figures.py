"""Reading figures of the log: what ran over a range of time, how long it took, why it failed, and how close an account is to limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkspan.connectors.action import ProviderLimits
from linkspan.model import Caller, KeyScope
from linkspan.storage.grant_log import GrantNote
from linkspan.storage.run_figures import Cause, LimitPart, RunPart, Span
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import read_account


@dataclass(frozen=True, slots=True)
class Range:
    """A range of time that can be asked for, in parts that make a readable picture."""

    name: str
    part: timedelta
    parts: int


RANGES: Mapping[str, Range] = {
    "hour": Range("Last hour", timedelta(minutes=2), 30),
    "day": Range("Last day", timedelta(minutes=30), 48),
    "week": Range("Last week", timedelta(hours=4), 42),
    "month": Range("Last 30 days", timedelta(days=1), 30),
}
USUAL = "day"


@dataclass(frozen=True, slots=True)
class Figures:
    """What ran in a span: only parts in which something ran are there."""

    span: Span
    parts: Sequence[RunPart]
    causes: Sequence[Cause]

    @property
    def runs(self) -> int:
        """How many runs began."""
        return sum(part.runs for part in self.parts)

    @property
    def failed(self) -> int:
        """How many of these failed."""
        return sum(part.failed for part in self.parts)


@dataclass(frozen=True, slots=True)
class LimitsUsed:
    """How close an account came to what its provider allows one user; `limits` None: its connector is not here any more."""

    span: Span
    parts: Sequence[LimitPart]
    limits: ProviderLimits | None


@dataclass(frozen=True, slots=True)
class GrantHistory:
    """What happened to an account's access, oldest first; the first note may lie before the span and says how it began. `now`: when read."""

    span: Span
    notes: Sequence[GrantNote]
    now: datetime


def span_of(name: str, now: datetime) -> Span:
    """The span of a range by its name, the usual one for any other: parts begin at round moments, and the last holds `now`."""
    wanted = RANGES.get(name, RANGES[USUAL])
    seconds = int(wanted.part.total_seconds())
    begun = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, now.tzinfo)
    return Span(begun - wanted.part * (wanted.parts - 1), wanted.part, wanted.parts)


async def read_figures(hall: Hall, caller: Caller, name: str, account_id: str | None = None) -> Figures:
    """Figures of the caller's project, or of one account of it, over a range. Raises MissingScopeError."""
    require(caller, KeyScope.LOGS_READ)
    await hall.run_log.flush()
    span = span_of(name, hall.clock())
    parts = await hall.figures.runs(caller.project_id, span, account_id)
    causes = await hall.figures.causes(caller.project_id, span, account_id) if any(one.failed for one in parts) else []
    return Figures(span, parts, causes)


async def read_limits_used(hall: Hall, caller: Caller, name: str, account_id: str) -> LimitsUsed:
    """What an account used of its provider's limits. Raises MissingScopeError, NotFoundError."""
    require(caller, KeyScope.LOGS_READ)
    account = await read_account(hall, caller, account_id)
    connector, span = hall.catalog.connectors.get(account.connector), span_of(name, hall.clock())
    if connector is None:
        return LimitsUsed(span, (), None)
    await hall.run_log.flush()
    window = timedelta(seconds=connector.limits.window)
    return LimitsUsed(span, await hall.figures.limits(caller.project_id, account.id, span, window), connector.limits)


async def read_grant_history(hall: Hall, caller: Caller, name: str, account_id: str) -> GrantHistory:
    """What happened to an account's access over a range. Raises MissingScopeError, NotFoundError."""
    account, now = await read_account(hall, caller, account_id), hall.clock()
    span = span_of(name, now)
    return GrantHistory(span, await hall.grant_log.read(caller.project_id, account.id, span.start), now)
