"""The migrations make what the code expects, in both databases, and refuse what they do not know."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from linkspan.errors import ConfigurationError
from linkspan.storage import event_tables, house_tables, link_tables, people_tables, permit_tables
from linkspan.storage.database import open_database, sqlite_url
from linkspan.storage.tables import metadata
from linkspan.storage.upgrade import Upgraded, _config, _scripts, current_version, known_version, upgrade

TABLES_OF_THEIR_OWN = (
    event_tables,
    house_tables,
    link_tables,
    people_tables,
    permit_tables,
)  # imported, so that the metadata knows them
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def test_the_migrations_and_the_tables_agree(database_url):
    address = make_url(database_url)
    engine = create_engine(address.set(drivername=DRIVERS[address.get_backend_name()]))

    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    engine.dispose()

    assert [] == found


def test_a_current_schema_is_left_alone(database_url):
    assert Upgraded(known_version(), known_version()) == upgrade(database_url)


def test_a_newer_schema_is_refused(database_url):
    address = make_url(database_url)
    engine = create_engine(address.set(drivername=DRIVERS[address.get_backend_name()]))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    with pytest.raises(ConfigurationError, match="9999") as caught:
        upgrade(database_url)

    assert "newer Linkspan" in caught.value.next_step
    assert "9999" == current_version(database_url)


def test_sqlite_is_backed_up_before_it_is_migrated(tmp_path, monkeypatch):
    url = sqlite_url(tmp_path / "linkspan.db")
    upgrade(url)
    with closing(sqlite3.connect(tmp_path / "linkspan.db")) as connection:
        connection.execute("INSERT INTO projects VALUES ('p', 'Project', 7, 0)")
        connection.commit()
    monkeypatch.setattr("linkspan.storage.upgrade.known_version", lambda: "9998")

    done = upgrade(url, backup_dir=tmp_path / "backups")

    assert done.backup is not None
    assert 0o600 == done.backup.stat().st_mode & 0o777
    with closing(sqlite3.connect(done.backup)) as copy:
        assert [("p", "Project", 7, 0)] == copy.execute("SELECT * FROM projects").fetchall()


@pytest.mark.parametrize("version", [script.revision for script in _scripts().walk_revisions()])
def test_every_older_schema_is_brought_up_with_its_data(empty_database_url, version):
    address = make_url(empty_database_url)
    engine = create_engine(address.set(drivername=DRIVERS[address.get_backend_name()]))
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        connection.exec_driver_sql(
            "INSERT INTO projects (id, name, organization_id, created_at) VALUES ('p', 'Project', 7, 0)"
        )

    done = upgrade(empty_database_url)

    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT id, name, organization_id FROM projects").fetchall()
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    engine.dispose()

    assert (version, known_version()) == (done.before, done.after)
    assert [("p", "Project", 7)] == [tuple(row) for row in kept]
    assert [] == found


def test_an_empty_database_needs_no_back_up(tmp_path):
    done = upgrade(sqlite_url(tmp_path / "new.db"), backup_dir=tmp_path / "backups")

    assert Upgraded(None, known_version()) == done
    assert not Path(tmp_path / "backups").exists()


@pytest.mark.sqlite
async def test_sqlite_writes_ahead_and_survives_a_power_cut(sqlite_database_url):
    database = open_database(sqlite_database_url)
    async with database.begin() as connection:
        found = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    await database.close()

    full = 2
    assert ["wal", full, 1] == found
