"""Who changed what: the note that a change carries into its transaction, and the log of them."""

from collections.abc import AsyncGenerator, Iterable, Sequence

from linkspan.audit_records import AuditEntry, AuditNote
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall

_PAGE = 500


def note_of(hall: Hall, caller: Caller, event: str, subject_id: str, fields: Iterable[str] = ()) -> AuditNote:
    """What the audit log shall say of a change; `fields` are names, sorted here."""
    return AuditNote(
        project_id=caller.project_id,
        at=hall.clock(),
        source=caller.source,
        event=event,
        subject_id=subject_id,
        key_id=caller.key_id,
        fields=tuple(sorted(fields)),
    )


async def read_audit(
    hall: Hall, caller: Caller, *, after: int = 0, limit: int = 100, subject_id: str | None = None
) -> list[AuditEntry]:
    """The project's entries behind a position, oldest first; `subject_id`: of one thing only."""
    require(caller, KeyScope.LOGS_READ)
    return await hall.audit.list(caller.project_id, after=after, limit=limit, subject_id=subject_id)


async def export_audit(hall: Hall, caller: Caller) -> AsyncGenerator[Sequence[AuditEntry], None]:
    """The whole log of the project in groups, oldest first."""
    require(caller, KeyScope.LOGS_READ)
    after = 0
    while group := await read_audit(hall, caller, after=after, limit=_PAGE):
        yield group
        after = group[-1].position
