"""Permits with their codes and tokens: each code and each refresh token works once, and one that comes twice ends its permit."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.audit_records import AuditNote
from linkspan.permit_records import Permit, PermitCode, PermitToken, TokenKind
from linkspan.storage.audit_store import note_audit
from linkspan.storage.change_counter import bump
from linkspan.storage.database import Database
from linkspan.storage.permit_tables import permit_codes, permit_tokens, permits


class PermitStore:
    """Reads and writes permits; texts of codes and tokens are never here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, permit: Permit, code: PermitCode, digest: str, note: AuditNote) -> None:
        """Store a permit with the code that the client gets for it."""
        async with self._database.begin() as connection:
            await connection.execute(insert(permits).values(_cells(permit)))
            await connection.execute(
                insert(permit_codes).values(
                    digest=digest,
                    project_id=code.project_id,
                    permit_id=code.permit_id,
                    client_id=code.client_id,
                    redirect_uri=code.redirect_uri,
                    challenge=code.challenge,
                    issued_at=code.issued_at,
                    expires_at=code.expires_at,
                )
            )
            await note_audit(connection, note)

    async def find_code(self, digest: str) -> PermitCode | None:
        """The code of that digest, in whatever project: it is what names the project."""
        async with self._database.read() as connection:
            row = (
                (await connection.execute(select(permit_codes).where(permit_codes.c.digest == digest)))
                .mappings()
                .first()
            )
        return _code(row) if row else None

    async def find_token(self, digest: str) -> tuple[Permit, PermitToken] | None:
        """The token of that digest with its permit, in whatever project."""
        query = select(permit_tokens).where(permit_tokens.c.digest == digest)
        async with self._database.read() as connection:
            token = (await connection.execute(query)).mappings().first()
            if token is None:
                return None
            here = _here(token["project_id"], token["permit_id"])
            row = (await connection.execute(select(permits).where(here))).mappings().first()
        return (_permit(row), _token(token)) if row else None

    async def redeem(
        self, code: PermitCode, digest: str, tokens: Sequence[PermitToken], *, until: datetime, reused: AuditNote
    ) -> bool:
        """Use the code up for tokens, and let the permit live until then; False: it was used before, and its permit is gone now."""
        mine = and_(permit_codes.c.project_id == code.project_id, permit_codes.c.digest == digest)
        use = update(permit_codes).where(mine, permit_codes.c.used_at.is_(None)).values(used_at=tokens[0].issued_at)
        async with self._database.begin() as connection:
            await _lock(connection, code.project_id, code.permit_id)
            if (await connection.execute(use)).rowcount != 1:
                await _end(connection, code.project_id, code.permit_id, reused)
                return False
            here = _here(code.project_id, code.permit_id)
            await connection.execute(update(permits).where(here).values(expires_at=until))
            await _insert(connection, code.project_id, code.permit_id, tokens)
            return True

    async def rotate(
        self, permit: Permit, digest: str, tokens: Sequence[PermitToken], *, until: datetime, reused: AuditNote
    ) -> bool:
        """Use a refresh token up for new tokens; False: it was used before, and its permit is gone now."""
        mine = and_(permit_tokens.c.project_id == permit.project_id, permit_tokens.c.digest == digest)
        fresh = and_(permit_tokens.c.kind == TokenKind.REFRESH, permit_tokens.c.used_at.is_(None))
        use = update(permit_tokens).where(mine, fresh).values(used_at=tokens[0].issued_at)
        async with self._database.begin() as connection:
            await _lock(connection, permit.project_id, permit.id)
            if (await connection.execute(use)).rowcount != 1:
                await _end(connection, permit.project_id, permit.id, reused)
                return False
            here = _here(permit.project_id, permit.id)
            await connection.execute(update(permits).where(here).values(expires_at=until))
            await _insert(connection, permit.project_id, permit.id, tokens)
            return True

    async def list(self, project_id: str, now: datetime, *, owner_id: str | None = None) -> list[Permit]:
        """The permits of a project (of one owner) that are not over, oldest first."""
        query = select(permits).where(permits.c.project_id == project_id, permits.c.expires_at > now)
        if owner_id is not None:
            query = query.where(permits.c.owner_id == owner_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(permits.c.created_at, permits.c.id))
            return [_permit(row) for row in rows.mappings()]

    async def read(self, project_id: str, permit_id: str) -> Permit | None:
        """One permit of a project."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(permits).where(_here(project_id, permit_id)))).mappings().first()
        return _permit(row) if row else None

    async def remove(self, project_id: str, permit_id: str, note: AuditNote) -> bool:
        """End a permit with all its codes and tokens; False: there is no such permit in the project."""
        async with self._database.begin() as connection:
            return await _end(connection, project_id, permit_id, note)

    async def note_used(self, uses: Iterable[tuple[str, str, datetime]]) -> None:
        """Store last uses, given as (project id, permit id, moment); an older moment never replaces a newer one."""
        cells = [{"project": project, "permit": permit, "moment": moment} for project, permit, moment in uses]
        if not cells:
            return
        later = or_(permits.c.last_used_at.is_(None), permits.c.last_used_at < bindparam("moment"))
        here = and_(permits.c.project_id == bindparam("project"), permits.c.id == bindparam("permit"))
        async with self._database.begin() as connection:
            await connection.execute(update(permits).where(here, later).values(last_used_at=bindparam("moment")), cells)

    async def prune(self, before: datetime) -> None:
        """Delete what ended before a moment, in every project."""
        async with self._database.begin() as connection:
            for table in (permits, permit_codes, permit_tokens):
                await connection.execute(delete(table).where(table.c.expires_at < before))


def _here(project_id: str, permit_id: str) -> ColumnElement[bool]:
    return and_(permits.c.project_id == project_id, permits.c.id == permit_id)


async def _lock(connection: AsyncConnection, project_id: str, permit_id: str) -> None:
    """Be the only one who changes this permit, in the order in which ending it takes its rows."""
    await connection.execute(select(permits.c.id).where(_here(project_id, permit_id)).with_for_update())


async def _end(connection: AsyncConnection, project_id: str, permit_id: str, note: AuditNote) -> bool:
    """Delete a permit, by the database's own rule with its codes and tokens; other processes forget it within a second."""
    gone = (await connection.execute(delete(permits).where(_here(project_id, permit_id)))).rowcount == 1
    await note_audit(connection, note if gone else None)
    await bump(connection)
    return gone


async def _insert(connection: AsyncConnection, project_id: str, permit_id: str, tokens: Sequence[PermitToken]) -> None:
    for token in tokens:
        await connection.execute(
            insert(permit_tokens).values(
                digest=token.digest,
                project_id=project_id,
                permit_id=permit_id,
                kind=token.kind.value,
                issued_at=token.issued_at,
                expires_at=token.expires_at,
            )
        )


def _cells(permit: Permit) -> dict[str, object]:
    return {
        "id": permit.id,
        "project_id": permit.project_id,
        "client_id": permit.client_id,
        "client_name": permit.client_name,
        "redirect_host": permit.redirect_host,
        "scopes": list(permit.scopes),
        "accounts": dict(permit.accounts),
        "actions": None if permit.actions is None else sorted(permit.actions),
        "resource": permit.resource,
        "refreshes": permit.refreshes,
        "key_id": permit.key_id,
        "owner_id": permit.owner_id,
        "created_at": permit.created_at,
        "expires_at": permit.expires_at,
    }


def _permit(row: RowMapping) -> Permit:
    return Permit(
        id=row["id"],
        project_id=row["project_id"],
        client_id=row["client_id"],
        client_name=row["client_name"],
        redirect_host=row["redirect_host"],
        scopes=tuple(row["scopes"]),
        accounts=row["accounts"],
        actions=None if row["actions"] is None else frozenset(row["actions"]),
        resource=row["resource"],
        refreshes=row["refreshes"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        key_id=row["key_id"],
        owner_id=row["owner_id"],
        last_used_at=row["last_used_at"],
    )


def _code(row: RowMapping) -> PermitCode:
    return PermitCode(
        project_id=row["project_id"],
        permit_id=row["permit_id"],
        client_id=row["client_id"],
        redirect_uri=row["redirect_uri"],
        challenge=row["challenge"],
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
    )


def _token(row: RowMapping) -> PermitToken:
    return PermitToken(
        digest=row["digest"],
        kind=TokenKind(row["kind"]),
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
    )
