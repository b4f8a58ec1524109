"""The journal of writes: the intent is committed here before the request leaves."""

from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update

from linkspan.model import Write, WriteState
from linkspan.storage.database import Database
from linkspan.storage.tables import writes


class WriteJournal:
    """Reads and writes lines of the journal. A line that stays `started` after a crash means: nobody knows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, write: Write) -> None:
        """Commit the intent; when this returns, it survives a power cut."""
        async with self._database.begin() as connection:
            await connection.execute(
                insert(writes).values(
                    run_id=write.run_id, project_id=write.project_id, account_id=write.account_id, action=write.action,
                    digest=write.digest, state=write.state.value, started_at=write.started_at,
                    finished_at=write.finished_at, record_id=write.record_id,
                )
            )

    async def close(
        self, project_id: str, run_id: str, state: WriteState, *, finished_at: datetime, record_id: str | None = None
    ) -> None:
        """Note how a write ended; `record_id` is the provider's id of the record, where known."""
        statement = update(writes).where(writes.c.project_id == project_id, writes.c.run_id == run_id)
        async with self._database.begin() as connection:
            await connection.execute(statement.values(state=state.value, finished_at=finished_at, record_id=record_id))

    async def read(self, project_id: str, run_id: str) -> Write | None:
        """The line of one run."""
        query = select(writes).where(writes.c.project_id == project_id, writes.c.run_id == run_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _write(row) if row else None

    async def unfinished(self, before: datetime) -> list[Write]:
        """Writes of every project that were started before a moment and never ended, oldest first."""
        query = select(writes).where(writes.c.state == WriteState.STARTED.value, writes.c.started_at < before)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(writes.c.started_at, writes.c.run_id))
            return [_write(row) for row in rows.mappings()]


def _write(row: RowMapping) -> Write:
    return Write(
        run_id=row["run_id"], project_id=row["project_id"], account_id=row["account_id"], action=row["action"],
        digest=row["digest"], state=WriteState(row["state"]), started_at=row["started_at"],
        finished_at=row["finished_at"], record_id=row["record_id"],
    )
