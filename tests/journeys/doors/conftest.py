"""One installation for all tests of the doors in this process."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from doors_world import World, open_world

from linkspan.simulator import Simulator


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator.start() as simulator:
        yield simulator


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> AsyncIterator[World]:
    async for world in open_world(tmp_path_factory.mktemp("doors"), simulator):
        yield world
