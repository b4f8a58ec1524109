"""The generation of everything that the hot path remembers: one number, raised in the transaction of each such write."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.storage.database import Database
from linkspan.storage.tables import changes


class ChangeCounter:
    """Read by every process each second, to drop its caches when it has moved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> int:
        """The generation now."""
        async with self._database.read() as connection:
            return int((await connection.execute(select(changes.c.generation))).scalar_one())


async def bump(connection: AsyncConnection) -> None:
    """Raise the generation within the caller's transaction."""
    await connection.execute(update(changes).values(generation=changes.c.generation + 1))
