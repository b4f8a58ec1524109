"""API keys, found by the HMAC of their text."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, delete, insert, or_, select, update

from linkspan.audit_records import AuditNote
from linkspan.model import ApiKey, KeyScope
from linkspan.storage.audit_store import note_audit
from linkspan.storage.change_counter import bump
from linkspan.storage.database import Database
from linkspan.storage.permit_tables import permits
from linkspan.storage.tables import api_keys


class KeyStore:
    """Reads and writes API keys; their text is never here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey, digest: str, note: AuditNote | None = None) -> None:
        """Store a new key under the HMAC of its text."""
        async with self._database.begin() as connection:
            await connection.execute(
                insert(api_keys).values(
                    id=key.id,
                    project_id=key.project_id,
                    name=key.name,
                    prefix=key.prefix,
                    digest=digest,
                    scopes=sorted(key.scopes),
                    enabled=key.enabled,
                    created_at=key.created_at,
                    expires_at=key.expires_at,
                    per_minute=key.per_minute,
                )
            )
            await note_audit(connection, note)
            await bump(connection)

    async def find(self, digest: str) -> ApiKey | None:
        """The key of that digest, in whatever project: it is what names the project."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(api_keys).where(api_keys.c.digest == digest))).mappings().first()
        return _key(row) if row else None

    async def read(self, project_id: str, key_id: str) -> ApiKey | None:
        """One key of a project."""
        query = select(api_keys).where(api_keys.c.project_id == project_id, api_keys.c.id == key_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _key(row) if row else None

    async def list(self, project_id: str) -> list[ApiKey]:
        """Every key of a project, oldest first."""
        query = (
            select(api_keys).where(api_keys.c.project_id == project_id).order_by(api_keys.c.created_at, api_keys.c.id)
        )
        async with self._database.read() as connection:
            return [_key(row) for row in (await connection.execute(query)).mappings()]

    async def change(
        self, project_id: str, key_id: str, values: Mapping[str, object], note: AuditNote | None = None
    ) -> bool:
        """Set name, enabled, scopes, expires_at or per_minute of a key; False: there is no such key in the project."""
        cells = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in values.items()}
        statement = update(api_keys).where(api_keys.c.project_id == project_id, api_keys.c.id == key_id)
        async with self._database.begin() as connection:
            await bump(connection)
            changed = (await connection.execute(statement.values(id=key_id, **cells))).rowcount == 1
            await note_audit(connection, note if changed else None)
            return changed

    async def remove(self, project_id: str, key_id: str, note: AuditNote | None = None) -> bool:
        """Delete a key, and with it the permits that were given with it; False: there is no such key in the project."""
        statement = delete(api_keys).where(api_keys.c.project_id == project_id, api_keys.c.id == key_id)
        given = delete(permits).where(permits.c.project_id == project_id, permits.c.key_id == key_id)
        async with self._database.begin() as connection:
            await bump(connection)
            await connection.execute(given)
            removed = (await connection.execute(statement)).rowcount == 1
            await note_audit(connection, note if removed else None)
            return removed

    async def note_used(self, uses: Iterable[tuple[str, str, datetime]]) -> None:
        """Store last uses, given as (project id, key id, moment); an older moment never replaces a newer one."""
        cells = [{"project": project, "key": key, "moment": moment} for project, key, moment in uses]
        if not cells:
            return
        statement = (
            update(api_keys)
            .where(
                api_keys.c.project_id == bindparam("project"),
                api_keys.c.id == bindparam("key"),
                or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < bindparam("moment")),
            )
            .values(last_used_at=bindparam("moment"))
        )
        async with self._database.begin() as connection:
            await connection.execute(statement, cells)


def _key(row: RowMapping) -> ApiKey:
    return ApiKey(
        id=row["id"],
        project_id=row["project_id"],
        name=row["name"],
        prefix=row["prefix"],
        scopes=frozenset(KeyScope(scope) for scope in row["scopes"]),
        enabled=row["enabled"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
        per_minute=row["per_minute"],
    )
