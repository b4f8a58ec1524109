"""The linking world of the provider tests: one simulator per module, reset for each test, and a fresh database."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from linking_world import World, linking_world
from linkspan.simulator import Simulator
from linkspan.storage.database import Database, open_database


@pytest.fixture(scope="module")
def running_simulator() -> Iterator[Simulator]:
    with Simulator.start() as running:
        yield running


@pytest.fixture
def fresh_simulator(running_simulator: Simulator) -> Simulator:
    running_simulator.reset()
    return running_simulator


@pytest.fixture
async def world(fresh_simulator: Simulator, sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """On SQLite: what is tested lies above the store."""
    database = open_database(sqlite_database_url)
    async with linking_world(fresh_simulator, database, tmp_path) as made:
        yield made
    await database.close()


@pytest.fixture
async def world_on_each(fresh_simulator: Simulator, database: Database, tmp_path: Path) -> AsyncIterator[World]:
    """On SQLite and on PostgreSQL: what is tested depends on the store."""
    async with linking_world(fresh_simulator, database, tmp_path) as made:
        yield made
