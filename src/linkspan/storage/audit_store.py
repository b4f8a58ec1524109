"""The audit log: written in the transaction of the change that it tells of, never changed, read in order."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.audit_records import AuditEntry, AuditNote
from linkspan.storage.database import Database
from linkspan.storage.house_tables import audit_log


async def note_audit(connection: AsyncConnection, note: AuditNote | None) -> None:
    """Append a note within the caller's transaction; None: a change by nobody, such as one that Linkspan makes by itself."""
    if note is not None:
        await connection.execute(
            insert(audit_log).values(
                project_id=note.project_id,
                at=note.at,
                source=note.source,
                key_id=note.key_id,
                event=note.event,
                subject_id=note.subject_id,
                fields=list(note.fields),
            )
        )


class AuditStore:
    """Reads the audit log, and appends what no other store writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, note: AuditNote) -> None:
        """Append a note of something that changed nothing, such as an export."""
        async with self._database.begin() as connection:
            await note_audit(connection, note)

    async def list(self, project_id: str, *, after: int, limit: int, subject_id: str | None = None) -> list[AuditEntry]:
        """A project's entries behind a position (of one thing), oldest first."""
        query = select(audit_log).where(audit_log.c.project_id == project_id, audit_log.c.position > after)
        if subject_id is not None:
            query = query.where(audit_log.c.subject_id == subject_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(audit_log.c.position).limit(limit))
            return [_entry(row) for row in rows.mappings()]

    async def newest(self, project_id: str, subject_id: str, *, limit: int) -> Sequence[AuditEntry]:
        """A project's last entries on one thing, newest first."""
        query = select(audit_log).where(audit_log.c.project_id == project_id, audit_log.c.subject_id == subject_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(audit_log.c.position.desc()).limit(limit))
            return [_entry(row) for row in rows.mappings()]


def _entry(row: RowMapping) -> AuditEntry:
    note = AuditNote(
        project_id=row["project_id"],
        at=row["at"],
        source=row["source"],
        event=row["event"],
        subject_id=row["subject_id"],
        key_id=row["key_id"],
        fields=tuple(row["fields"]),
    )
    return AuditEntry(row["position"], note)
