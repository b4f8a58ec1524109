"""What happened to a linked account, out of the log of its access and the audit log, as one story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from linkspan.audit_records import AuditNote
from linkspan.model import Caller, KeyScope
from linkspan.storage.grant_log import GrantKind, GrantNote
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import read_account

_MOST = 200
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# What is written when it passes by itself: many in a row are told as one.
_QUIET = GrantKind.REFRESHED.value


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One thing that happened: `kind` is a grant's kind or an audited event; `times`: how often in a row, the newest at `at`.

    `source` and `by` say who did it where somebody did; `code`: the reason of a failure; `fields`: names of what was changed.
    """

    kind: str
    at: datetime
    times: int = 1
    code: str | None = None
    source: str | None = None
    by: str | None = None
    fields: Sequence[str] = ()


async def read_account_events(hall: Hall, caller: Caller, account_id: str) -> Sequence[AccountEvent]:
    """The newest events of an account, newest first. Raises NotFoundError."""
    account = await read_account(hall, caller, account_id)
    require(caller, KeyScope.LOGS_READ)
    grants = await hall.grant_log.read(caller.project_id, account.id, _LONG_AGO, limit=_MOST)
    notes = await hall.audit.newest(caller.project_id, account.id, limit=_MOST)
    names = {member.person.id: member.person.name for member in await hall.people.list(caller.project_id)}
    both = [*(_of_grant(note) for note in grants), *(_of_audit(entry.note, names) for entry in notes)]
    return _folded(sorted(both, key=lambda event: event.at, reverse=True))[:_MOST]


def _of_grant(note: GrantNote) -> AccountEvent:
    return AccountEvent(note.kind.value, note.at, code=note.code)


def _of_audit(note: AuditNote, names: Mapping[str, str]) -> AccountEvent:
    by = names.get(note.key_id) if note.key_id and note.source == "console" else None
    return AccountEvent(note.event, note.at, source=note.source, by=by, fields=note.fields)


def _folded(events: Sequence[AccountEvent]) -> Sequence[AccountEvent]:
    """Refreshes in a row become one event."""
    folded: list[AccountEvent] = []
    for event in events:
        if folded and event.kind == folded[-1].kind == _QUIET:
            folded[-1] = replace(folded[-1], times=folded[-1].times + 1)
        else:
            folded.append(event)
    return folded
