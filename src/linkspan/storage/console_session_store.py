"""Where people are signed in at the console."""

from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update

from linkspan.people_records import ConsoleSession
from linkspan.storage.database import Database
from linkspan.storage.people_tables import console_sessions, people


class ConsoleSessionStore:
    """Reads and writes sessions by the digest of their token; the token itself is in the browser alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: ConsoleSession) -> None:
        """Store a new session, and that the person has signed in."""
        signed_in = (
            update(people)
            .where(people.c.id == session.person_id)
            .values(last_sign_in=session.created_at, failed=0, closed_until=None)
        )
        async with self._database.begin() as connection:
            await connection.execute(
                insert(console_sessions).values(
                    digest=session.digest,
                    person_id=session.person_id,
                    created_at=session.created_at,
                    seen_at=session.seen_at,
                    expires_at=session.expires_at,
                )
            )
            await connection.execute(signed_in)

    async def find(self, digest: str) -> ConsoleSession | None:
        """The session of that digest, whether it is over or not."""
        query = select(console_sessions).where(console_sessions.c.digest == digest)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        if row is None:
            return None
        return ConsoleSession(row["digest"], row["person_id"], row["created_at"], row["seen_at"], row["expires_at"])

    async def see(self, digest: str, now: datetime) -> None:
        """Note that a session was used."""
        change = update(console_sessions).where(console_sessions.c.digest == digest).values(seen_at=now)
        async with self._database.begin() as connection:
            await connection.execute(change)

    async def end(self, digest: str) -> None:
        """Sign one browser out."""
        async with self._database.begin() as connection:
            await connection.execute(delete(console_sessions).where(console_sessions.c.digest == digest))

    async def others(self, session: ConsoleSession, now: datetime, idle_since: datetime) -> list[datetime]:
        """When the person's other sessions that are not over were last used, newest first."""
        mine = (console_sessions.c.person_id == session.person_id) & (console_sessions.c.digest != session.digest)
        alive = (console_sessions.c.expires_at > now) & (console_sessions.c.seen_at > idle_since)
        query = select(console_sessions.c.seen_at).where(mine, alive).order_by(console_sessions.c.seen_at.desc())
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def end_others(self, session: ConsoleSession) -> int:
        """Sign the person out everywhere else: how many sessions ended."""
        mine = (console_sessions.c.person_id == session.person_id) & (console_sessions.c.digest != session.digest)
        async with self._database.begin() as connection:
            return (await connection.execute(delete(console_sessions).where(mine))).rowcount

    async def prune(self, now: datetime, idle_since: datetime) -> int:
        """Delete the sessions that are over: how many."""
        over = or_(console_sessions.c.expires_at <= now, console_sessions.c.seen_at <= idle_since)
        async with self._database.begin() as connection:
            return (await connection.execute(delete(console_sessions).where(over))).rowcount
