"""Data keys of the vault, wrapped by the master key."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from linkspan.storage.database import Database
from linkspan.storage.tables import data_keys


class DataKeyStore:
    """Reads and writes wrapped data keys by scope (`installation`, or a project's id) and version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, scope: str) -> dict[int, tuple[bytes, str]]:
        """Every version of a scope's key: (wrapped key, id of the master key that wrapped it)."""
        query = select(data_keys).where(data_keys.c.scope == scope)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings()
            return {row["version"]: (bytes(row["wrapped"]), row["master_key_id"]) for row in rows}

    async def add(self, scope: str, version: int, *, wrapped: bytes, master_key_id: str, now: datetime) -> bool:
        """Store a new version; False: another process was quicker."""
        try:
            async with self._database.begin() as connection:
                await connection.execute(
                    insert(data_keys).values(
                        scope=scope, version=version, wrapped=wrapped, master_key_id=master_key_id, created_at=now
                    )
                )
        except IntegrityError:
            return False
        return True
