"""The log of grants: what happened to an account's access, written in the transaction that made it happen. No token is in it."""

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.model import SealedGrant, StateReason
from linkspan.storage.database import Database
from linkspan.storage.house_tables import grant_log


class GrantKind(enum.StrEnum):
    """What happened. `failed` passes by itself, and is noted once until something else happens; after `refused` a person must link again."""

    LINKED = "linked"
    RELINKED = "relinked"
    REFRESHED = "refreshed"
    FAILED = "failed"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class GrantNote:
    """One thing that happened to an account's grant; `expires_at`: until when the token that came of it works; `code`: the reason."""

    kind: GrantKind
    at: datetime
    code: str | None = None
    expires_at: datetime | None = None


class GrantLog:
    """Reads the log of grants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, project_id: str, account_id: str, since: datetime, *, limit: int = 1000) -> list[GrantNote]:
        """The newest notes of an account from a moment on, oldest first, behind the last one before it, which says how things stood."""
        here = select(grant_log).where(grant_log.c.project_id == project_id, grant_log.c.account_id == account_id)
        order = (grant_log.c.at.desc(), grant_log.c.position.desc())
        async with self._database.read() as connection:
            later = await connection.execute(here.where(grant_log.c.at >= since).order_by(*order).limit(limit))
            found = [_note(row) for row in later.mappings()]
            if len(found) < limit:
                before = await connection.execute(here.where(grant_log.c.at < since).order_by(*order).limit(1))
                found.extend(_note(row) for row in before.mappings())
        return found[::-1]

    async def until(self, project_id: str, account_id: str, moment: datetime, *, limit: int = 50) -> list[GrantNote]:
        """The last notes of an account up to a moment, newest first."""
        here = (grant_log.c.project_id == project_id, grant_log.c.account_id == account_id, grant_log.c.at <= moment)
        query = select(grant_log).where(*here).order_by(grant_log.c.at.desc(), grant_log.c.position.desc()).limit(limit)
        async with self._database.read() as connection:
            return [_note(row) for row in (await connection.execute(query)).mappings()]

    async def prune(self, before: datetime) -> int:
        """Delete notes from before a moment, in every project: how many."""
        async with self._database.begin() as connection:
            return (await connection.execute(delete(grant_log).where(grant_log.c.at < before))).rowcount


async def note_grant(connection: AsyncConnection, account: tuple[str, str], note: GrantNote) -> None:
    """Append a note on an account, given as (project id, account id), within the caller's transaction."""
    await connection.execute(
        insert(grant_log).values(
            project_id=account[0],
            account_id=account[1],
            at=note.at,
            kind=note.kind.value,
            code=note.code,
            expires_at=note.expires_at,
        )
    )


async def note_token(connection: AsyncConnection, grant: SealedGrant, kind: GrantKind, at: datetime) -> None:
    """Append that a grant has got a new token."""
    await note_grant(connection, (grant.project_id, grant.account_id), GrantNote(kind, at, None, grant.expires_at))


async def note_failure(connection: AsyncConnection, grant: SealedGrant, reason: StateReason, *, refused: bool) -> None:
    """Append that refreshing a grant failed, unless it has failed for the same reason before and nothing has happened since."""
    if refused or grant.failure is None or grant.failure.code != reason.code:
        kind = GrantKind.REFUSED if refused else GrantKind.FAILED
        await note_grant(connection, (grant.project_id, grant.account_id), GrantNote(kind, reason.at, reason.code))


async def forget_grants(connection: AsyncConnection, project_id: str, account_id: str) -> None:
    """Delete the notes of an account that is deleted."""
    here = (grant_log.c.project_id == project_id, grant_log.c.account_id == account_id)
    await connection.execute(delete(grant_log).where(*here))


def _note(row: RowMapping) -> GrantNote:
    return GrantNote(GrantKind(row["kind"]), row["at"], row["code"], row["expires_at"])
