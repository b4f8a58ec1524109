"""Bodies of runs, sealed: kept only while a retention is set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DBAPIError

from linkspan.storage.database import Database
from linkspan.storage.house_tables import run_bodies

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SealedBodies:
    """What one run was asked and answered, sealed by the vault for owner `run:{run_id}`, field `bodies`."""

    run_id: str
    project_id: str
    account_id: str | None
    kept_at: datetime
    sealed: bytes


class BodyStore:
    """Reads and writes the bodies of runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, group: Sequence[SealedBodies]) -> None:
        """Store a group in one transaction; what the database can never take is left out, and the log says so."""
        try:
            await self._insert(group)
        except DBAPIError:
            if len(group) == 1:
                log.exception("run_bodies_not_storable", run_id=group[0].run_id)
                return
            for each in group:
                await self.add([each])

    async def _insert(self, group: Sequence[SealedBodies]) -> None:
        rows = [
            {
                "run_id": each.run_id,
                "project_id": each.project_id,
                "account_id": each.account_id,
                "kept_at": each.kept_at,
                "sealed": each.sealed,
            }
            for each in group
        ]
        async with self._database.begin() as connection:
            await connection.execute(insert(run_bodies), rows)

    async def read(self, project_id: str, run_id: str) -> bytes | None:
        """The sealed bodies of one run of a project."""
        query = select(run_bodies.c.sealed).where(run_bodies.c.project_id == project_id, run_bodies.c.run_id == run_id)
        async with self._database.read() as connection:
            sealed = (await connection.execute(query)).scalar()
        return None if sealed is None else bytes(sealed)

    async def prune(self, before: datetime) -> None:
        """Delete what was kept before a moment, in every project."""
        async with self._database.begin() as connection:
            await connection.execute(delete(run_bodies).where(run_bodies.c.kept_at < before))
