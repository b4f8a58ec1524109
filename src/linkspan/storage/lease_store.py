"""Leases: who may do a thing that only one process may do, for a short while."""

from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from linkspan.storage.database import Database
from linkspan.storage.tables import leases


class LeaseStore:
    """Rows with an owner and an end; a lease whose end has passed belongs to whoever takes it first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self, name: str, owner: str, *, now: datetime, until: datetime, dead: tuple[str, datetime] | None = None
    ) -> bool:
        """Become the owner if nobody else is, or take over from one whose time is over, or that is `dead` (owner, end) and still there."""
        open_to_us = [leases.c.expires_at <= now, leases.c.owner == owner]
        if dead is not None:
            open_to_us.append(and_(leases.c.owner == dead[0], leases.c.expires_at == dead[1]))
        free = update(leases).where(leases.c.name == name, or_(*open_to_us))
        async with self._database.begin() as connection:
            if (await connection.execute(free.values(owner=owner, expires_at=until))).rowcount == 1:
                return True
            if (await connection.execute(select(leases.c.name).where(leases.c.name == name))).first() is not None:
                return False
        try:
            async with self._database.begin() as connection:
                await connection.execute(insert(leases).values(name=name, owner=owner, expires_at=until))
        except IntegrityError:
            return False
        return True

    async def renew(self, name: str, owner: str, *, until: datetime) -> bool:
        """Stay the owner for longer; False: somebody else has taken over."""
        statement = update(leases).where(leases.c.name == name, leases.c.owner == owner).values(expires_at=until)
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def drop(self, name: str, owner: str) -> None:
        """Give a lease back, if it is still the owner's."""
        async with self._database.begin() as connection:
            await connection.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner))

    async def prune(self, prefix: str, before: datetime) -> None:
        """Delete leases whose name begins with `prefix` and that were over before a moment."""
        old = delete(leases).where(leases.c.name.startswith(prefix, autoescape=True), leases.c.expires_at < before)
        async with self._database.begin() as connection:
            await connection.execute(old)

    async def read(self, name: str) -> tuple[str, datetime] | None:
        """Owner and end of a lease, whether its time is over or not; None: nobody has it."""
        query = select(leases.c.owner, leases.c.expires_at).where(leases.c.name == name)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return (row.owner, row.expires_at) if row else None

    async def held(self, name: str, now: datetime) -> bool:
        """Whether anybody owns the lease at this moment."""
        query = select(leases.c.name).where(leases.c.name == name, leases.c.expires_at > now)
        async with self._database.read() as connection:
            return (await connection.execute(query)).first() is not None
