"""Bringing the schema up to date: which version is there, which is known, back up, migrate."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from linkspan.errors import ConfigurationError
from linkspan.storage.database import prepare_sqlite

_MIGRATIONS = Path(__file__).parent / "migrations"
_PAGES_AT_ONCE = 2_000
_ADVISORY_LOCK = 4_701_983  # any number; it only has to be ours


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What `upgrade` did: versions (None: an empty database) and the back-up, if one was made."""

    before: str | None
    after: str
    backup: Path | None = None


def known_version() -> str:
    """The newest schema version that this Linkspan knows."""
    return _scripts().get_current_head() or ""


def current_version(url: str) -> str | None:
    """The schema version of a database; None: it is empty."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return _version_of(connection)
    finally:
        engine.dispose()


def upgrade(url: str, *, backup_dir: Path | None = None) -> Upgraded:
    """Migrate to the newest version, in one transaction; several processes may try at once.

    A SQLite file that holds data is copied to `backup_dir` first. Raises ConfigurationError for a schema that is newer than this
    Linkspan.
    """
    before = current_version(url)
    check_known(before)
    after = known_version()
    if before == after:
        return Upgraded(before, after)
    backup = _back_up(url, before, backup_dir) if before is not None and backup_dir is not None else None
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    return Upgraded(before, after, backup)


def check_known(version: str | None) -> None:
    """Raise ConfigurationError for a schema version that this Linkspan does not know, which must be a newer one."""
    if version is not None and version not in {script.revision for script in _scripts().walk_revisions()}:
        msg = f"The database has schema version {version}, which this Linkspan does not know."
        raise ConfigurationError(
            msg, next_step="Start the newer Linkspan that wrote it, or restore the back-up made before it."
        )


def back_up(url: str, target: Path, told: Callable[[int, int], None] | None = None) -> None:
    """Copy a SQLite database whole to a new file that only its owner may read, while it is in use.

    `told` hears how many pages of how many are copied. What is stopped leaves no file. Raises ConfigurationError for another database, or a file that is there already.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise ConfigurationError(
            "Only SQLite is copied by Linkspan.",
            next_step="Use PostgreSQL's own: pg_dump --format=custom, and pg_restore.",
        )
    try:
        target.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise ConfigurationError(f"{target} is there already.", next_step="Name a new file.") from None
    try:
        _copy(address.database, target, told)
    except BaseException:  # Ctrl-C, too: half a copy looks like a whole one
        target.unlink(missing_ok=True)
        raise


def _copy(database: str, target: Path, told: Callable[[int, int], None] | None) -> None:
    def step(_status: int, remaining: int, total: int) -> None:
        if told is not None:
            told(total - remaining, total)

    with closing(sqlite3.connect(database, isolation_level=None)) as source, closing(sqlite3.connect(target)) as copy:
        # One snapshot from the first page to the last: otherwise each write of a server would start the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=_PAGES_AT_ONCE, progress=step, sleep=0)
        # A copy is one file: what is not yet in the database proper must not be left in a second one.
        copy.execute("PRAGMA journal_mode = DELETE")


def _back_up(url: str, version: str, folder: Path) -> Path | None:
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"linkspan-{version}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.db"
    back_up(url, target)
    return target


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address.set(drivername="sqlite"), poolclass=NullPool)
        prepare_sqlite(engine)
        return engine
    return create_engine(address.set(drivername="postgresql+psycopg"), poolclass=NullPool)


def _version_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
