"""All data of one origin owner: given out, and erased for good."""

from collections.abc import AsyncGenerator
from datetime import datetime

from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Caller, KeyScope, Secret
from linkspan.storage.owner_store import Erased
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.run_bodies import open_bodies

_SHOWN = 24


async def export_owner(hall: Hall, caller: Caller, owner_id: str) -> AsyncGenerator[dict[str, object], None]:
    """Each row of the owner, with what `record` it is, tokens and digests left out, moments as text; the export itself is audited.

    Raises InvalidInputError for an empty id, MissingScopeError; an owner that is not known has no records.
    """
    require(caller, KeyScope.PLATFORM_READ)
    require(caller, KeyScope.LOGS_READ)
    _check(owner_id)
    await hall.run_log.flush()
    await hall.body_log.flush()
    await hall.audit.add(note_of(hall, caller, "owner.exported", _mark(hall, owner_id)))
    return _records(hall, caller.project_id, owner_id)


async def erase_owner(hall: Hall, caller: Caller, owner_id: str) -> Erased:
    """Erase accounts, grants, runs, journal lines, sessions and events of the owner, accounts deleted before included.

    Webhooks are told `account.deleted` without whose it was. The audit log stays: it names accounts and fields, and the owner only by a
    digest. Raises InvalidInputError, MissingScopeError.
    """
    require(caller, KeyScope.PLATFORM_WRITE)
    _check(owner_id)
    await hall.run_log.flush()
    await hall.body_log.flush()
    note = note_of(hall, caller, "owner.erased", _mark(hall, owner_id))
    erased, account_ids = await hall.owners.erase(caller.project_id, owner_id, note.at, note)
    hall.warm.drop()
    for account_id in account_ids:
        hall.tokens.forget(account_id)
    return erased


async def _records(hall: Hall, project_id: str, owner_id: str) -> AsyncGenerator[dict[str, object], None]:
    async for kind, rows in hall.owners.rows(project_id, owner_id):
        for row in rows:
            if isinstance(sealed := row.get("sealed"), bytes):
                opened = await open_bodies(hall, project_id, str(row["run_id"]), sealed)
                yield {"record": kind, "run_id": row["run_id"], **opened}
                continue
            yield {"record": kind, **{name: _plain(value) for name, value in row.items()}}


def _plain(value: object) -> object:
    """A cell as JSON has it: moments as text."""
    return value.isoformat() if isinstance(value, datetime) else value


def _mark(hall: Hall, owner_id: str) -> str:
    """What stands for an owner in the audit log: it outlives the owner's data, so it must not tell who it was."""
    return "owner_" + hall.vault.digest("audit-owner", Secret(owner_id))[:_SHOWN]


def _check(owner_id: str) -> None:
    if not owner_id.strip():
        raise InvalidInputError(mistakes=[Mistake("origin_owner_id", "is empty")])
