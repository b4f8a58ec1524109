"""The log of runs, with their steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.model import Run, Step
from linkspan.storage.database import Database
from linkspan.storage.tables import accounts, run_steps, runs

DOOR_OF_GUESS = "unknown"
"""Door of a run that was logged in place of a process that seemed dead."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs a list shall hold, newest first; None means any. `before`: a run id, to go on behind it.

    `failed`: True only runs with an error, False only those without.
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


class RunStore:
    """Reads and writes runs; a run id orders by start, so that the newest page needs no other index."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, group: Sequence[Run]) -> None:
        """Store finished runs in one transaction; each success is the sign of health of its account."""
        steps = [_step_cells(run, step) for run in group for step in run.steps]
        async with self._database.begin() as connection:
            await connection.execute(insert(runs), [_run_cells(run) for run in group])
            if steps:
                await connection.execute(insert(run_steps), steps)
            await _note_successes(connection, group)

    async def put_over_guess(self, run: Run) -> None:
        """Store a run whose id exists: the word of the process that ran it wins over a guess (`DOOR_OF_GUESS`), never the reverse."""
        guess = (runs.c.project_id == run.project_id, runs.c.id == run.id, runs.c.door == DOOR_OF_GUESS)
        async with self._database.begin() as connection:
            if not (await connection.execute(delete(runs).where(*guess))).rowcount:
                return
            await connection.execute(insert(runs), [_run_cells(run)])
            if run.steps:
                await connection.execute(insert(run_steps), [_step_cells(run, step) for step in run.steps])
            await _note_successes(connection, [run])

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
        if wanted.before is not None:
            query = query.where(runs.c.id < wanted.before)
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(runs.c.id.desc()).limit(wanted.limit))).mappings().all()
            steps = await _steps(connection, project_id, [row["id"] for row in rows])
        return [_run(row, steps.get(row["id"], [])) for row in rows]

    async def prune(self, before: datetime) -> int:
        """Delete runs that started before a moment, in every project: how many."""
        async with self._database.begin() as connection:
            return (await connection.execute(delete(runs).where(runs.c.started_at < before))).rowcount


async def _note_successes(connection: AsyncConnection, group: Sequence[Run]) -> None:
    latest: dict[tuple[str, str], datetime] = {}
    for run in group:
        if run.account_id is not None and run.error_code is None:
            key = (run.project_id, run.account_id)
            latest[key] = max(run.started_at, latest.get(key, run.started_at))
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
        await connection.execute(statement, cells)


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


def _run_cells(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "project_id": run.project_id,
        "account_id": _fit(run.account_id, 40),
        "profile_id": _fit(run.profile_id, 36),
        "connector": _fit(run.connector, 64),
        "action": _fit(run.action, 128),
        "verb": run.verb,
        "door": run.door,
        "key_id": run.key_id,
        "started_at": run.started_at,
        "duration_ms": run.duration_ms,
        "status": run.status,
        "error_code": run.error_code,
        "error_message": _fit(run.error_message),
        "row_count": run.rows,
    }


def _step_cells(run: Run, step: Step) -> dict[str, object]:
    return {
        "run_id": run.id,
        "position": step.index,
        "project_id": run.project_id,
        "method": step.method,
        "url": _fit(step.url),
        "status": step.status,
        "duration_ms": step.duration_ms,
        "started_at": step.started_at,
        "request_id": _fit(step.request_id),
        "error": _fit(step.error),
    }


def _fit(text: str | None, longest: int = 10_000) -> str | None:
    """Text from outside as both databases can take it: PostgreSQL refuses NUL, and lone surrogates are no UTF-8."""
    if text is None:
        return None
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
