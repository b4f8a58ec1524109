"""One installation over one simulator for the failures that can be put in one after another."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from doors_world import World
from hostile_world import Front, over_simulator

from linkspan.simulator import Simulator


@pytest.fixture(scope="session")
def weather() -> Iterator[Simulator]:
    with Simulator.start() as simulator:
        yield simulator


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    tmp_path_factory: pytest.TempPathFactory, weather: Simulator
) -> AsyncIterator[tuple[World, Front]]:
    async for pair in over_simulator(tmp_path_factory.mktemp("hostile"), weather):
        yield pair


@pytest.fixture
def front(installation: tuple[World, Front], weather: Simulator) -> Iterator[Front]:
    yield installation[1]
    weather.clear_failures()
