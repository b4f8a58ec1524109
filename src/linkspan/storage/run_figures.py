"""Figures of the log of runs, added up by the database: how many, how long, why they failed, and how close to a provider's limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from linkspan.storage.column_types import microseconds
from linkspan.storage.database import Database
from linkspan.storage.run_order import least_run_id
from linkspan.storage.tables import run_steps, runs

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in equal parts: `parts` of `part` each, from `start` on."""

    start: datetime
    part: timedelta
    parts: int

    @property
    def end(self) -> datetime:
        """The first moment behind it."""
        return self.start + self.part * self.parts


@dataclass(frozen=True, slots=True)
class RunPart:
    """The runs that began in one part of a span, by its number: durations in milliseconds, of all runs, failed ones too.

    `median`: half of the runs took no longer (p50); `slow`: 95 of 100 took no longer (p95, nearest rank).
    """

    part: int
    runs: int
    failed: int
    median: float
    slow: float


@dataclass(frozen=True, slots=True)
class Cause:
    """An error code, how many runs ended with it, and when the last of them began."""

    code: str
    runs: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class LimitPart:
    """The busiest moments in one part: most requests in one window of the provider's limit, and most requests under way at once."""

    part: int
    requests: int
    at_once: int


class RunFigures:
    """Reads figures of one project, or of one of its accounts; nothing leaves the database but the sums."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def runs(self, project_id: str, span: Span, account_id: str | None = None) -> list[RunPart]:
        """The parts in which something ran, in order."""
        inner = _ranked(project_id, span, account_id)
        query = select(
            inner.c.part,
            func.count().label("runs"),
            func.sum(inner.c.failed).label("failed"),
            func.min(_from_rank(inner, 50)).label("median"),
            func.min(_from_rank(inner, 95)).label("slow"),
        ).group_by(inner.c.part)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(inner.c.part))
            return [RunPart(row.part, row.runs, int(row.failed), row.median, row.slow) for row in rows]

    async def causes(
        self, project_id: str, span: Span, account_id: str | None = None, *, limit: int = 8
    ) -> list[Cause]:
        """The most frequent error codes, most frequent first."""
        query = (
            select(runs.c.error_code, func.count().label("runs"), func.max(runs.c.started_at).label("last_at"))
            .where(*_within(project_id, span, account_id), runs.c.error_code.is_not(None))
            .group_by(runs.c.error_code)
            .order_by(func.count().desc(), runs.c.error_code)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [Cause(row.error_code, row.runs, row.last_at) for row in await connection.execute(query)]

    async def limits(self, project_id: str, account_id: str, span: Span, window: timedelta) -> list[LimitPart]:
        """How close an account came to its provider's limits; windows lie end to end, so a burst over a border counts in halves."""
        requests, at_once = _by_window(project_id, account_id, span, window), _at_once(project_id, account_id, span)
        async with self._database.read() as connection:
            most = {row.part: row.most for row in await connection.execute(requests)}
            once = {row.part: row.most for row in await connection.execute(at_once)}
        return [LimitPart(part, most.get(part, 0), once.get(part, 0)) for part in sorted(most | once)]


def _within(project_id: str, span: Span, account_id: str | None) -> Sequence[ColumnElement[bool]]:
    # The id leads through the index to the start of the span; the moment decides.
    by_index = runs.c.id >= least_run_id(span.start)
    found = [runs.c.project_id == project_id, by_index, runs.c.started_at >= span.start, runs.c.started_at < span.end]
    return found if account_id is None else [*found, runs.c.account_id == account_id]


def _part(at: ColumnElement[int], span: Span) -> ColumnElement[int]:
    """The number of the part that a moment in microseconds is in: whole numbers are divided, and none is negative."""
    return (at - microseconds(span.start)) // (span.part // _MICROSECOND)


def _ranked(project_id: str, span: Span, account_id: str | None) -> Subquery:
    """Each run with its part, its rank by duration in the part, and how many the part has."""
    part = _part(type_coerce(runs.c.started_at, BigInteger), span)
    inner = (
        select(
            part.label("part"), runs.c.duration_ms, case((runs.c.error_code.is_not(None), 1), else_=0).label("failed")
        )
        .where(*_within(project_id, span, account_id))
        .subquery()
    )
    return select(
        inner,
        func.row_number().over(partition_by=inner.c.part, order_by=inner.c.duration_ms).label("rank"),
        func.count().over(partition_by=inner.c.part).label("of"),
    ).subquery()


def _from_rank(ranked: Subquery, percent: int) -> ColumnElement[float]:
    """The duration of the runs at and above a percentile's rank; the least of these is the percentile (nearest rank)."""
    return case((ranked.c.rank * 100 >= ranked.c.of * percent, ranked.c.duration_ms))


def _requests(project_id: str, account_id: str, span: Span) -> Subquery:
    """When the account's provider requests of the span began and ended, in microseconds."""
    began = type_coerce(run_steps.c.started_at, BigInteger)
    return (
        select(began.label("began"), (began + cast(run_steps.c.duration_ms * 1000, BigInteger)).label("ended"))
        .select_from(runs.join(run_steps, run_steps.c.run_id == runs.c.id))
        # A run may have begun just before the span and have sent within it; those few are left out.
        .where(
            *_within(project_id, span, account_id),
            run_steps.c.project_id == project_id,
            run_steps.c.started_at >= span.start,
            run_steps.c.started_at < span.end,
        )
        .subquery()
    )


def _by_window(project_id: str, account_id: str, span: Span, window: timedelta) -> Select[int, int]:
    """The most requests of one window, for each part."""
    sent, length = _requests(project_id, account_id, span), window // _MICROSECOND
    start = sent.c.began // length * length
    windows = select(func.min(sent.c.began).label("first"), func.count().label("sent")).group_by(start).subquery()
    part = _part(windows.c.first, span)
    return select(part.label("part"), func.max(windows.c.sent).label("most")).group_by(part)


def _at_once(project_id: str, account_id: str, span: Span) -> Select[int, int]:
    """The most requests under way at the same time, for each part in which one began."""
    sent = _requests(project_id, account_id, span)
    # An end comes before a beginning at the same moment.
    changes = union_all(
        select(sent.c.began.label("at"), literal(1).label("change")),
        select(sent.c.ended.label("at"), literal(-1).label("change")),
    ).subquery()
    running = select(
        changes.c.at,
        changes.c.change,
        func.sum(changes.c.change).over(order_by=(changes.c.at, changes.c.change), rows=(None, 0)).label("under_way"),
    ).subquery()
    part = _part(running.c.at, span)
    return (
        select(part.label("part"), func.max(running.c.under_way).label("most"))
        .where(running.c.change == 1)
        .group_by(part)
    )
