"""Passkeys of people at the console, and the one-time values that were used."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.audit_records import AuditNote
from linkspan.people_records import Passkey, Spent
from linkspan.storage.audit_store import note_audit
from linkspan.storage.database import Database
from linkspan.storage.people_tables import passkeys, people, spent_values


class PasskeyStore:
    """Reads and writes passkeys; like their people, they are known to the whole installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, person_id: str) -> list[Passkey]:
        """The passkeys of a person, oldest first."""
        query = select(passkeys).where(passkeys.c.person_id == person_id).order_by(passkeys.c.created_at, passkeys.c.id)
        async with self._database.read() as connection:
            return [_passkey(row) for row in (await connection.execute(query)).mappings()]

    async def find(self, credential_id: str) -> Passkey | None:
        """The passkey that an authenticator knows by that id."""
        query = select(passkeys).where(passkeys.c.credential_id == credential_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _passkey(row) if row else None

    async def add(self, passkey: Passkey, spent: Spent, notes: Sequence[AuditNote], *, most: int) -> bool:
        """Store a new passkey; False: the challenge was used before, the passkey is known, or its person has `most` already."""
        try:
            async with self._database.begin() as connection:
                # The person's row is locked, so that several at once cannot pass the limit.
                locked = select(people.c.id).where(people.c.id == passkey.person_id).with_for_update()
                await connection.execute(locked)
                mine = select(func.count()).select_from(passkeys).where(passkeys.c.person_id == passkey.person_id)
                if (await connection.execute(mine)).scalar_one() >= most:
                    return False
                await _spend(connection, spent)
                await connection.execute(insert(passkeys).values(**_cells(passkey)))
                await _note(connection, notes)
        except IntegrityError:
            return False
        return True

    async def use(self, passkey: Passkey, counter: int, spent: Spent, now: datetime) -> bool:
        """Note a use and the counter it showed; False: the challenge was used before, or the passkey was used, locked or removed meanwhile."""
        change = (
            update(passkeys)
            .where(passkeys.c.id == passkey.id, passkeys.c.counter == passkey.counter, passkeys.c.locked_at.is_(None))
            .values(counter=counter, last_used=now)
        )
        try:
            async with self._database.begin() as connection:
                await _spend(connection, spent)
                return (await connection.execute(change)).rowcount == 1
        except IntegrityError:
            return False

    async def lock(self, passkey: Passkey, now: datetime, notes: Sequence[AuditNote]) -> None:
        """Refuse a passkey from now on; the notes are written once, however often it is tried."""
        change = (
            update(passkeys).where(passkeys.c.id == passkey.id, passkeys.c.locked_at.is_(None)).values(locked_at=now)
        )
        async with self._database.begin() as connection:
            if (await connection.execute(change)).rowcount == 1:
                await _note(connection, notes)

    async def remove(self, person_id: str, passkey_id: str, notes: Sequence[AuditNote]) -> bool:
        """Remove a passkey of this person; False: they have no such one."""
        gone = delete(passkeys).where(passkeys.c.id == passkey_id, passkeys.c.person_id == person_id)
        async with self._database.begin() as connection:
            removed = (await connection.execute(gone)).rowcount == 1
            if removed:
                await _note(connection, notes)
        return removed

    async def spend(self, spent: Spent) -> bool:
        """Mark a one-time value as used; False: it was before."""
        try:
            async with self._database.begin() as connection:
                await _spend(connection, spent)
        except IntegrityError:
            return False
        return True

    async def prune(self, now: datetime) -> int:
        """Forget the used values that are too old to come again: how many."""
        async with self._database.begin() as connection:
            return (await connection.execute(delete(spent_values).where(spent_values.c.until <= now))).rowcount


async def _spend(connection: AsyncConnection, spent: Spent) -> None:
    """Raises IntegrityError when it was spent before."""
    await connection.execute(insert(spent_values).values(digest=spent.digest, until=spent.until))


async def _note(connection: AsyncConnection, notes: Sequence[AuditNote]) -> None:
    for note in notes:
        await note_audit(connection, note)


def _cells(passkey: Passkey) -> dict[str, object]:
    return {
        "id": passkey.id,
        "person_id": passkey.person_id,
        "name": passkey.name,
        "credential_id": passkey.credential_id,
        "public_key": passkey.public_key,
        "counter": passkey.counter,
        "synced": passkey.synced,
        "created_at": passkey.created_at,
        "last_used": passkey.last_used,
        "locked_at": passkey.locked_at,
    }


def _passkey(row: RowMapping) -> Passkey:
    return Passkey(**row)
