"""Data keys of the vault, wrapped by the master key."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import delete, insert, select, update
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

    async def made(self, scope: str) -> Mapping[int, tuple[str, datetime]]:
        """Every version of a scope's key: (id of the master key that wrapped it, when it was made)."""
        query = select(data_keys.c.version, data_keys.c.master_key_id, data_keys.c.created_at)
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(data_keys.c.scope == scope))
            return {row.version: (row.master_key_id, row.created_at) for row in rows}

    async def scopes(self) -> Sequence[str]:
        """Every scope that has a key, by name."""
        query = select(data_keys.c.scope).distinct().order_by(data_keys.c.scope)
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def rewrap(self, scope: str, version: int, *, wrapped: tuple[bytes, bytes], master_key_id: str) -> bool:
        """Put the second wrapped text, of another master key, in place of the first; False: it is not there any more."""
        before, after = wrapped
        here = update(data_keys).where(
            data_keys.c.scope == scope, data_keys.c.version == version, data_keys.c.wrapped == before
        )
        async with self._database.begin() as connection:
            done = await connection.execute(here.values(wrapped=after, master_key_id=master_key_id))
            return done.rowcount == 1

    async def prune(self, scope: str, used: Collection[int], before: datetime) -> int:
        """Delete versions that nothing uses and that were followed by a newer one before a moment; how many."""
        query = select(data_keys.c.version, data_keys.c.created_at).where(data_keys.c.scope == scope)
        async with self._database.begin() as connection:
            rows = (await connection.execute(query.order_by(data_keys.c.version))).all()
            idle = [old.version for old, new in pairwise(rows) if new.created_at < before and old.version not in used]
            await connection.execute(delete(data_keys).where(data_keys.c.scope == scope, data_keys.c.version.in_(idle)))
        return len(idle)

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
