"""The database behind every store: SQLite in WAL mode by default, PostgreSQL by its address; the same statements for both."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import AdaptedConnection, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InterfaceError, MissingGreenlet, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from linkspan.errors import ServerBusyError

_BUSY_MILLISECONDS = 60_000
_POOL = 8
READ_ONLY = "linkspan_read_only"

log = structlog.get_logger(__name__)


class Database:
    """One process's connections.

    `begin()` is a transaction that may write, `read()` one that only reads, `write_group()` one that stores many rows. On SQLite
    writers queue up inside the process first: its own busy handler sleeps and is unfair. All raise ServerBusyError while the database
    is away, locked or full.
    """

    def __init__(self, engine: AsyncEngine, group_engine: Engine) -> None:
        self._engine, self._group_engine = engine, group_engine
        self._writing = asyncio.Lock() if engine.dialect.name == "sqlite" else None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed at the end, rolled back by an error."""
        with _translated():
            if self._writing is None:
                async with self._engine.begin() as connection:
                    yield connection
            else:
                async with self._writing, self._engine.begin() as connection:
                    yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads; on SQLite it never waits for writers."""
        with _translated():
            async with self._engine.connect() as connection:
                yield await connection.execution_options(**{READ_ONLY: True})

    async def write_group(self, work: Callable[[Connection], None]) -> None:
        """A writing transaction that is carried out whole in a thread, so that the event loop has no part in it but to wait.

        A caller who is cancelled waits for the end, for nothing stops a thread: the group may have been stored then.
        """
        with _translated():
            if self._writing is None:
                await _to_the_end(lambda: self._in_transaction(work))
            else:
                async with self._writing:
                    await _to_the_end(lambda: self._in_transaction(work))

    def _in_transaction(self, work: Callable[[Connection], None]) -> None:
        with self._group_engine.begin() as connection:
            work(connection)

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()
        self._group_engine.dispose()


async def _to_the_end(work: Callable[[], None]) -> None:
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


@contextmanager
def _translated() -> Iterator[None]:
    """The rooms above know our errors only."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        log.warning("database_failed", reason=str(getattr(error, "orig", error))[:500])
        raise ServerBusyError("The database cannot be reached at the moment.") from error


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


def open_database(url: str) -> Database:
    """Connect (lazily) to `sqlite:///path` or `postgresql://user:password@host/name`. The schema must be there already: see upgrade.py."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = create_async_engine(address.set(drivername="sqlite+aiosqlite"), pool_size=_POOL, max_overflow=_POOL)
        groups = create_engine(address.set(drivername="sqlite"), pool_size=1)
        prepare_sqlite(engine.sync_engine)
        prepare_sqlite(groups)
        return Database(engine, groups)
    address = address.set(drivername="postgresql+psycopg")
    return Database(
        create_async_engine(address, pool_size=_POOL, max_overflow=_POOL, pool_pre_ping=True),
        create_engine(address, pool_size=1, pool_pre_ping=True),
    )


class _Cursor(Protocol):
    def execute(self, statement: str) -> object: ...
    def close(self) -> object: ...


class _SqliteConnection(Protocol):
    isolation_level: str | None

    def cursor(self) -> _Cursor: ...


def prepare_sqlite(engine: object) -> None:
    """Let every SQLite connection of a (sync) engine use WAL, check foreign keys, and begin writing transactions as writers."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "invalidate", _on_invalidate)


def _on_connect(connection: _SqliteConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions of its own: SQLite then upgrades a reader to a writer, and fails when it lost the race.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # A committed intent or a rotated token must survive a power cut, not only a crash.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _on_invalidate(connection: object, _record: ConnectionPoolEntry, _error: BaseException | None) -> None:
    # A task that is cancelled between a statement and its rows leaves a cursor, and SQLite keeps a closed connection's transaction,
    # its writer's lock too, until the last cursor is collected. So the transaction is ended before the connection is closed.
    if isinstance(connection, AdaptedConnection):
        with suppress(sqlite3.Error, ValueError, MissingGreenlet):
            connection.run_async(lambda driver: asyncio.shield(driver.rollback()))


def _on_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
