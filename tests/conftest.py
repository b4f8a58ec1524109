"""Fixtures that many tests share: both databases, migrated and empty, one for each test."""

import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from linkspan.storage.database import Database, open_database, sqlite_url
from linkspan.storage.upgrade import upgrade
from postgres_server import PostgresServer, start_postgres

pytest_plugins = ["secret_search.plugin"]
_NUMBERS = itertools.count()
_SHARES = ("sqlite", "postgresql", "browser", "client")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--size full` runs the same tests at the sizes that the issues name (tests/sizes.toml)."""
    parser.addoption("--size", choices=("small", "full"), default="small", help="how much each test does")


def pytest_configure(config: pytest.Config) -> None:
    """Hand the size to worker processes, too; a busy machine makes no example too slow."""
    hypothesis.settings.register_profile("linkspan", deadline=None)
    hypothesis.settings.load_profile("linkspan")
    if not hasattr(config, "workerinput"):
        os.environ["TEST_SIZE"] = config.getoption("--size")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on each database, in a browser and with third-party clients."""
    passed = terminalreporter.stats.get("passed", [])
    shares = [f"{sum(name in report.keywords for report in passed)} {name}" for name in _SHARES]
    terminalreporter.write_line(f"of the passed tests: {', '.join(shares)} (size: {os.environ['TEST_SIZE']})")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process, with a migrated database to copy."""
    server = start_postgres()
    try:
        server.run("CREATE DATABASE template_linkspan")
        upgrade(server.url("template_linkspan"))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "linkspan.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def sqlite_database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    path = tmp_path / "linkspan.db"
    shutil.copyfile(sqlite_template, path)
    return sqlite_url(path)


@pytest.fixture
def postgresql_database_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    postgres.run(f"CREATE DATABASE {name} TEMPLATE template_linkspan")
    yield postgres.url(name)
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(
    params=[pytest.param("sqlite", marks=pytest.mark.sqlite), pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of each kind: a test that asks for it runs on both."""
    url: str = request.getfixturevalue(f"{request.param}_database_url")
    return url


@pytest.fixture(
    params=[pytest.param("sqlite", marks=pytest.mark.sqlite), pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind without any schema."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "empty.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"empty_{os.getpid()}_{next(_NUMBERS)}"
    server.run(f"CREATE DATABASE {name}")
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The fresh database, opened."""
    opened = open_database(database_url)
    yield opened
    await opened.close()
