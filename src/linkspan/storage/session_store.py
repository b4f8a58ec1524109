"""Connect sessions, found by the digest of their token."""

from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select

from linkspan.model import ConnectSession, Owner
from linkspan.storage.database import Database
from linkspan.storage.tables import connect_sessions


class SessionStore:
    """Reads and writes connect sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: ConnectSession, token_digest: str) -> None:
        """Store a new session under the digest of its token."""
        async with self._database.begin() as connection:
            await connection.execute(
                insert(connect_sessions).values(
                    id=session.id,
                    project_id=session.project_id,
                    profile_id=session.profile_id,
                    connector=session.connector,
                    token_digest=token_digest,
                    owner_id=session.owner.id,
                    owner_name=session.owner.name,
                    owner_username=session.owner.username,
                    account_id=session.account_id,
                    multiple=session.multiple,
                    label=session.label,
                    kind=session.kind,
                    metadata=dict(session.metadata),
                    created_at=session.created_at,
                    expires_at=session.expires_at,
                    used_at=session.used_at,
                    return_url=session.return_url,
                    read_only=session.read_only,
                )
            )

    async def find(self, token_digest: str) -> ConnectSession | None:
        """The session of that token, in whatever project: the token is what names the project."""
        query = select(connect_sessions).where(connect_sessions.c.token_digest == token_digest)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _session(row) if row else None

    async def read(self, project_id: str, session_id: int) -> ConnectSession | None:
        """One session of a project."""
        query = select(connect_sessions).where(
            connect_sessions.c.project_id == project_id, connect_sessions.c.id == session_id
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _session(row) if row else None

    async def remove(self, project_id: str, session_id: int) -> bool:
        """Delete a session with its tries, those under way included; False: there is no such session in the project."""
        here = delete(connect_sessions).where(
            connect_sessions.c.project_id == project_id, connect_sessions.c.id == session_id
        )
        async with self._database.begin() as connection:
            return (await connection.execute(here)).rowcount == 1

    async def prune(self, before: datetime) -> int:
        """Delete sessions that ended before a moment, with their tries: how many."""
        async with self._database.begin() as connection:
            return (
                await connection.execute(delete(connect_sessions).where(connect_sessions.c.expires_at < before))
            ).rowcount


def _session(row: RowMapping) -> ConnectSession:
    return ConnectSession(
        id=row["id"],
        project_id=row["project_id"],
        profile_id=row["profile_id"],
        connector=row["connector"],
        owner=Owner(row["owner_id"], row["owner_name"], row["owner_username"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        account_id=row["account_id"],
        multiple=row["multiple"],
        label=row["label"],
        kind=row["kind"],
        metadata=row["metadata"],
        used_at=row["used_at"],
        return_url=row["return_url"],
        read_only=row["read_only"],
    )
