"""Watches: who waits in another window for a linking to end."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.link_records import LinkWatch, WatchState
from linkspan.model import LinkAttempt
from linkspan.storage.database import Database
from linkspan.storage.link_tables import link_watches
from linkspan.storage.tables import link_attempts

_OPEN = (WatchState.PENDING.value, WatchState.ERROR.value)


class WatchStore:
    """Reads and writes watches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, watch: LinkWatch) -> None:
        """Store a new watch."""
        async with self._database.begin() as connection:
            await connection.execute(
                insert(link_watches).values(
                    id=watch.id,
                    project_id=watch.project_id,
                    session_id=watch.session_id,
                    state=watch.state.value,
                    created_at=watch.created_at,
                    expires_at=watch.expires_at,
                )
            )

    async def read(self, session: tuple[str, int], watch_id: str) -> LinkWatch | None:
        """A watch of a session, given as (project id, session id)."""
        query = select(link_watches).where(_of(session), link_watches.c.id == watch_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return LinkWatch(
            id=row.id,
            project_id=row.project_id,
            session_id=row.session_id,
            state=WatchState(row.state),
            created_at=row.created_at,
            expires_at=row.expires_at,
            account_id=row.account_id,
            error_code=row.error_code,
            error_text=row.error_text,
        )

    async def fail(self, session: tuple[str, int], code: str, text: str) -> None:
        """Tell those who watch a session that its latest try failed; a later one may still end well."""
        here = update(link_watches).where(_of(session), link_watches.c.state.in_(_OPEN))
        async with self._database.begin() as connection:
            await connection.execute(here.values(state=WatchState.ERROR.value, error_code=code, error_text=text))

    async def cancel(self, session: tuple[str, int], watch_id: str, now: datetime) -> bool:
        """Stop waiting, and let no try that has begun end well; a new one may. False: it had ended already."""
        return await self._cancel(session, now, link_watches.c.id == watch_id) == 1

    async def cancel_all(self, session: tuple[str, int], now: datetime) -> None:
        """As `cancel`, for everybody who waits for the session: its person has given up."""
        await self._cancel(session, now, true())

    async def _cancel(self, session: tuple[str, int], now: datetime, which: ColumnElement[bool]) -> int:
        tries = update(link_attempts).where(
            link_attempts.c.project_id == session[0],
            link_attempts.c.session_id == session[1],
            link_attempts.c.done_at.is_(None),
        )
        here = update(link_watches).where(_of(session), which, link_watches.c.state.in_(_OPEN))
        async with self._database.begin() as connection:
            # The tries first, as whoever completes one holds it before the watches.
            await connection.execute(tries.values(cancelled_at=now, access=None, refresh=None))
            return (await connection.execute(here.values(state=WatchState.CANCELLED.value))).rowcount


async def is_cancelled(connection: AsyncConnection, attempt: LinkAttempt) -> bool:
    """Whether a try was cancelled meanwhile; if not, it can no longer be until the transaction ends."""
    query = select(link_attempts.c.cancelled_at).where(
        link_attempts.c.project_id == attempt.project_id, link_attempts.c.id == attempt.id
    )
    return await connection.scalar(query.with_for_update()) is not None


async def settle_watches(connection: AsyncConnection, attempt: LinkAttempt, account_id: str) -> None:
    """Tell everybody who waits for the session that its account is linked, within the transaction that links it."""
    here = update(link_watches).where(_of((attempt.project_id, attempt.session_id)), link_watches.c.state.in_(_OPEN))
    cells = {"state": WatchState.AUTHENTICATED.value, "account_id": account_id, "error_code": None, "error_text": None}
    await connection.execute(here.values(cells))


def _of(session: tuple[str, int]) -> ColumnElement[bool]:
    return and_(link_watches.c.project_id == session[0], link_watches.c.session_id == session[1])
