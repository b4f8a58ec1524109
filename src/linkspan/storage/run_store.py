"""The log of runs, with their steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection, RowMapping, Table, bindparam, delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.model import Run, Step
from linkspan.storage.column_types import microseconds
from linkspan.storage.database import Database
from linkspan.storage.tables import accounts, run_steps, runs

DOOR_OF_GUESS = "unknown"
"""Door of a run that was logged in place of a process that seemed dead."""
# SQLite takes at most 32,766 cells in one statement, PostgreSQL 65,535.
_MOST_CELLS = 30_000


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs a list shall hold, newest first unless `oldest_first`; None means any. `before`: a run id, to go on behind it.

    `failed`: True only runs with an error, False only those without. `among`: for each named column the values of which a run has one.
    """

    account_id: str | None = None
    action: str | None = None
    connector: str | None = None
    error_code: str | None = None
    failed: bool | None = None
    door: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: str | None = None
    limit: int = 100
    oldest_first: bool = False
    among: Mapping[str, Sequence[str | int]] = field(default_factory=dict)


class RunStore:
    """Reads and writes runs; a run id orders by start, so that the newest page needs no other index."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, group: Sequence[Run]) -> None:
        """Store finished runs in one transaction; each success is the sign of health of its account.

        A run stored already is left as it is, but the word of the process that ran it wins over a guess (`DOOR_OF_GUESS`).
        """
        await self._database.write_group(lambda connection: _store(connection, group))

    async def read(self, project_id: str, run_id: str) -> Run | None:
        """One run of a project, with its steps."""
        query = select(runs).where(runs.c.project_id == project_id, runs.c.id == run_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
            if row is None:
                return None
            steps = await _steps(connection, project_id, [run_id])
        return _run(row, steps.get(run_id, []))

    async def list(self, project_id: str, wanted: RunFilter) -> list[Run]:
        """The runs of a project that fit, newest first, with their steps."""
        query = select(runs).where(runs.c.project_id == project_id)
        for column, value in (
            (runs.c.account_id, wanted.account_id),
            (runs.c.action, wanted.action),
            (runs.c.connector, wanted.connector),
            (runs.c.error_code, wanted.error_code),
            (runs.c.door, wanted.door),
        ):
            if value is not None:
                query = query.where(column == value)
        if wanted.failed is not None:
            query = query.where(runs.c.error_code.is_not(None) if wanted.failed else runs.c.error_code.is_(None))
        if wanted.since is not None:
            query = query.where(runs.c.started_at >= wanted.since)
        if wanted.until is not None:
            query = query.where(runs.c.started_at < wanted.until)
        for name, values in wanted.among.items():
            query = query.where(runs.c[name].in_(values))
        if wanted.before is not None:
            query = query.where(runs.c.id > wanted.before if wanted.oldest_first else runs.c.id < wanted.before)
        order = runs.c.id.asc() if wanted.oldest_first else runs.c.id.desc()
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(order).limit(wanted.limit))).mappings().all()
            steps = await _steps(connection, project_id, [row["id"] for row in rows])
        return [_run(row, steps.get(row["id"], [])) for row in rows]

    async def prune(self, before: datetime) -> int:
        """Delete runs that started before a moment, in every project: how many."""
        async with self._database.begin() as connection:
            return (await connection.execute(delete(runs).where(runs.c.started_at < before))).rowcount


def _store(connection: Connection, group: Sequence[Run]) -> None:
    """Few statements of many rows: a statement for each row would hand the interpreter back and forth between the threads."""
    if _insert(connection, runs, [_run_cells(run) for run in group]) < len(group):
        # Stored before by us, or, after a jump of the clock, given up by another process while it went on.
        ours = tuple_(runs.c.project_id, runs.c.id).in_([(run.project_id, run.id) for run in group])
        guesses = delete(runs).where(runs.c.door == DOOR_OF_GUESS, ours)
        if connection.execute(guesses).rowcount:
            _insert(connection, runs, [_run_cells(run) for run in group if run.door != DOOR_OF_GUESS])
            _insert(connection, runs, [_run_cells(run) for run in group if run.door == DOOR_OF_GUESS])
    _insert(connection, run_steps, [_step_cells(run, step) for run in group for step in run.steps])
    _note_successes(connection, group)


def _insert(connection: Connection, table: Table, rows: list[tuple[object, ...]]) -> int:
    """Add rows that hold a cell for each column, but for those whose key is there: how many. SQLAlchemy's own insert costs several times more."""
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    columns = [column.name for column in table.columns]
    one = f"({', '.join([mark] * len(columns))})"
    most, added = _MOST_CELLS // len(columns), 0
    for part in (rows[start : start + most] for start in range(0, len(rows), most)):
        # Only names of our own tables and marks are put into the statement.
        statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {', '.join([one] * len(part))} ON CONFLICT DO NOTHING"  # noqa: S608
        added += connection.exec_driver_sql(statement, tuple(chain.from_iterable(part))).rowcount
    return added


def _note_successes(connection: Connection, group: Sequence[Run]) -> None:
    latest: dict[tuple[str, str], datetime] = {}
    for run in group:
        if run.account_id is not None and run.error_code is None:
            key, started_at = (run.project_id, run.account_id), run.started_at
            if started_at >= latest.get(key, started_at):
                latest[key] = started_at
    if latest:
        statement = (
            update(accounts)
            .where(
                accounts.c.project_id == bindparam("project"),
                accounts.c.id == bindparam("account"),
                or_(accounts.c.last_success_at.is_(None), accounts.c.last_success_at < bindparam("moment")),
            )
            .values(last_success_at=bindparam("moment"))
        )
        cells = [{"project": key[0], "account": key[1], "moment": moment} for key, moment in sorted(latest.items())]
        connection.execute(statement, cells)


async def _steps(connection: AsyncConnection, project_id: str, run_ids: Sequence[str]) -> dict[str, list[Step]]:
    query = select(run_steps).where(run_steps.c.project_id == project_id, run_steps.c.run_id.in_(run_ids))
    found: dict[str, list[Step]] = {}
    for row in (await connection.execute(query.order_by(run_steps.c.run_id, run_steps.c.position))).mappings():
        found.setdefault(row["run_id"], []).append(
            Step(
                index=row["position"],
                method=row["method"],
                url=row["url"],
                status=row["status"],
                duration_ms=row["duration_ms"],
                started_at=row["started_at"],
                request_id=row["request_id"],
                error=row["error"],
            )
        )
    return found


def _run_cells(run: Run) -> tuple[object, ...]:
    """A run in the order of the table's columns. The ids are our own; what a caller or a provider wrote is made to fit."""
    return (
        run.id,
        run.project_id,
        run.account_id,
        run.profile_id,
        _fit(run.connector, 64),
        _fit(run.action, 128),
        run.verb,
        run.door,
        run.key_id,
        microseconds(run.started_at),
        run.duration_ms,
        run.status,
        run.error_code,
        _fit(run.error_message),
        run.rows,
    )


def _step_cells(run: Run, step: Step) -> tuple[object, ...]:
    """A step in the order of the table's columns."""
    return (
        run.id,
        step.index,
        run.project_id,
        step.method,
        _fit(step.url),
        step.status,
        step.duration_ms,
        microseconds(step.started_at),
        _fit(step.request_id),
        _fit(step.error),
    )


def _fit(text: str | None, longest: int = 10_000) -> str | None:
    """Text from outside as both databases can take it: PostgreSQL refuses NUL, and lone surrogates are no UTF-8."""
    if text is None or (len(text) <= longest and text.isascii() and "\0" not in text):
        return text
    return text[:longest].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _run(row: RowMapping, steps: Sequence[Step]) -> Run:
    return Run(
        id=row["id"],
        project_id=row["project_id"],
        account_id=row["account_id"],
        profile_id=row["profile_id"],
        connector=row["connector"],
        action=row["action"],
        verb=row["verb"],
        door=row["door"],
        key_id=row["key_id"],
        started_at=row["started_at"],
        duration_ms=row["duration_ms"],
        status=row["status"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        rows=row["row_count"],
        steps=tuple(steps),
    )
