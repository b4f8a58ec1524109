"""The journal of writes: the intent is committed here before the request leaves, and an equal write in doubt stands in its way."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from linkspan.errors import ServerBusyError
from linkspan.journal_records import Write, WriteEnd, WriteState
from linkspan.storage.database import Database
from linkspan.storage.tables import writes

_TRIES = 5


class WriteJournal:
    """Reads and writes lines of the journal. A line that stays `started` after a crash means: nobody knows.

    The guard against duplicates is a unique index over project, account, key and digest of all lines that are guarded: checking and
    noting are one statement in one commit, over all processes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, write: Write, *, allow_duplicate: bool = False) -> Write | None:
        """Commit the intent; when this returns None, it survives a power cut.

        Gives the write that stands in the way instead, if there is one: nothing is noted then. That is the write with the same
        idempotency key, or for a write without one an equal write that is guarded; `allow_duplicate` takes the guard over from it.
        """
        for _ in range(_TRIES):
            try:
                await self._insert(write, _equal(write) if allow_duplicate else None)
            except IntegrityError:
                first = await self._keyed(write) or await self._in_the_way(write)
                if first is not None:
                    return first
                await self._release(and_(_equal(write), writes.c.guarded_until <= write.started_at))
            else:
                return None
        raise ServerBusyError("Too many equal writes are asked for at once.")

    async def close(self, project_id: str, run_id: str, end: WriteEnd, *, was: WriteState | None = None) -> bool:
        """Note how a write ended; with `guarded_until` the line is guarded, unless another equal one is already.

        `was`: only if that is still its state; False: it is not, and nothing was noted.
        """
        cells: dict[str, object] = {
            "state": end.state.value,
            "finished_at": end.finished_at,
            "record_id": end.record_id,
            "sealed_answer": end.sealed_answer,
            "accepted": end.accepted,
            "settles_from": end.settles_from,
        }
        if end.state is not WriteState.UNKNOWN:
            cells["sealed_intent"] = None
        statement = update(writes).where(writes.c.project_id == project_id, writes.c.run_id == run_id)
        if was is not None:
            statement = statement.where(writes.c.state == was.value)
        guard = None if end.guarded_until is None else writes.c.digest
        try:
            async with self._database.begin() as connection:
                noted = await connection.execute(
                    statement.values(guard=guard, guarded_until=end.guarded_until, **cells)
                )
        except IntegrityError:
            async with self._database.begin() as connection:
                noted = await connection.execute(statement.values(guard=None, guarded_until=None, **cells))
        return noted.rowcount == 1

    async def read(self, project_id: str, run_id: str) -> Write | None:
        """The line of one run."""
        query = select(writes).where(writes.c.project_id == project_id, writes.c.run_id == run_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _write(row) if row else None

    async def free_key(self, write: Write) -> None:
        """Let the idempotency key of a write be used anew."""
        statement = update(writes).where(writes.c.project_id == write.project_id, writes.c.run_id == write.run_id)
        async with self._database.begin() as connection:
            await connection.execute(statement.values(idempotency_key=None, sealed_answer=None))

    async def free_keys(self, before: datetime) -> None:
        """Forget the idempotency keys and answers of writes that were started before a moment, in every project."""
        old = and_(writes.c.idempotency_key.is_not(None), writes.c.started_at < before)
        async with self._database.begin() as connection:
            await connection.execute(update(writes).where(old).values(idempotency_key=None, sealed_answer=None))

    async def unfinished(self, before: datetime) -> list[Write]:
        """Writes of every project that were started before a moment and never ended, oldest first."""
        query = select(writes).where(writes.c.state == WriteState.STARTED.value, writes.c.started_at < before)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(writes.c.started_at, writes.c.run_id))
            return [_write(row) for row in rows.mappings()]

    async def others(self, write: Write, record_ids: Collection[str]) -> list[Write]:
        """What else may have made the records that a create is looked for by: other open writes of its action, and those that made them.

        One statement, so that a write is seen either open or with its record.
        """
        made = and_(writes.c.state == WriteState.DONE.value, writes.c.record_id.in_(record_ids))
        is_open = writes.c.state.in_([WriteState.STARTED.value, WriteState.UNKNOWN.value])
        rival = and_(is_open, or_(writes.c.account_id == write.account_id, writes.c.digest == write.digest))
        query = select(writes).where(
            writes.c.project_id == write.project_id,
            writes.c.action == write.action,
            writes.c.run_id != write.run_id,
            or_(made, rival),
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(writes.c.started_at, writes.c.run_id))
            return [_write(row) for row in rows.mappings()]

    async def to_look_for(self) -> list[Write]:
        """Writes of every project whose outcome is open and can still be looked for, oldest first."""
        is_open = writes.c.state.in_([WriteState.STARTED.value, WriteState.UNKNOWN.value])
        query = select(writes).where(is_open, writes.c.sealed_intent.is_not(None))
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(writes.c.started_at, writes.c.run_id))
            return [_write(row) for row in rows.mappings()]

    async def forget_intent(self, write: Write) -> bool:
        """Stop keeping what a write sent: it will not be looked for any more."""
        statement = update(writes).where(writes.c.project_id == write.project_id, writes.c.run_id == write.run_id)
        async with self._database.begin() as connection:
            return (await connection.execute(statement.values(sealed_intent=None))).rowcount == 1

    async def give_up(self, write: Write) -> bool:
        """Note that nobody will ever tell how this write ended; False: somebody has told, or given it up, meanwhile."""
        started = and_(writes.c.run_id == write.run_id, writes.c.state == WriteState.STARTED.value)
        statement = update(writes).where(writes.c.project_id == write.project_id, started)
        async with self._database.begin() as connection:
            changed = await connection.execute(statement.values(state=WriteState.UNKNOWN.value))
        return changed.rowcount == 1

    async def _insert(self, write: Write, release: ColumnElement[bool] | None) -> None:
        async with self._database.begin() as connection:
            if release is not None:
                await connection.execute(update(writes).where(release).values(guard=None, guarded_until=None))
            await connection.execute(
                insert(writes).values(
                    run_id=write.run_id,
                    project_id=write.project_id,
                    account_id=write.account_id,
                    action=write.action,
                    digest=write.digest,
                    state=write.state.value,
                    started_at=write.started_at,
                    finished_at=write.finished_at,
                    record_id=write.record_id,
                    key_id=write.key_id or "",
                    guard=write.digest if write.guarded_until else None,
                    guarded_until=write.guarded_until,
                    idempotency_key=write.idempotency_key,
                    sealed_intent=write.sealed_intent,
                    process=write.process,
                    provider_time=write.provider_time,
                    began_at=write.began_at,
                )
            )

    async def _keyed(self, write: Write) -> Write | None:
        """The write that was asked for with the same idempotency key."""
        if write.idempotency_key is None:
            return None
        query = select(writes).where(
            writes.c.project_id == write.project_id,
            writes.c.account_id == write.account_id,
            writes.c.action == write.action,
            writes.c.idempotency_key == write.idempotency_key,
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _write(row) if row else None

    async def _in_the_way(self, write: Write) -> Write | None:
        query = select(writes).where(_equal(write), writes.c.guarded_until > write.started_at)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _write(row) if row else None

    async def _release(self, which: ColumnElement[bool]) -> None:
        async with self._database.begin() as connection:
            await connection.execute(update(writes).where(which).values(guard=None, guarded_until=None))


def _equal(write: Write) -> ColumnElement[bool]:
    """The guarded line that is equal to a write; at most one."""
    return and_(
        writes.c.project_id == write.project_id,
        writes.c.account_id == write.account_id,
        writes.c.key_id == (write.key_id or ""),
        writes.c.guard == write.digest,
    )


def _write(row: RowMapping) -> Write:
    return Write(
        run_id=row["run_id"], project_id=row["project_id"], account_id=row["account_id"], action=row["action"],
        digest=row["digest"], state=WriteState(row["state"]), started_at=row["started_at"],
        finished_at=row["finished_at"], record_id=row["record_id"], key_id=row["key_id"] or None,
        guarded_until=row["guarded_until"], idempotency_key=row["idempotency_key"], sealed_answer=row["sealed_answer"],
        sealed_intent=row["sealed_intent"], process=row["process"], provider_time=row["provider_time"],
        began_at=row["began_at"], accepted=row["accepted"], settles_from=row["settles_from"],
    )  # fmt: skip
