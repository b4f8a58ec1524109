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


@pytest.fixture(autouse=True)
def as_found(simulator: Simulator) -> Iterator[None]:
    """The files of a process share one simulator, in any order: a test leaves what the others rely on."""
    before = relied_on(simulator)
    yield

    assert before == relied_on(simulator)


def relied_on(simulator: Simulator) -> dict[str, object]:
    authority, demo = simulator.authority, simulator.demo
    return {
        "administrators' consents": authority.consents.granted_for_tenant(demo.client_id, demo.tenant_id),
        "consent policy": authority.consents.policy,
        "admitted applications": set(authority.business_central_apps),
        "clock": authority.clock.offset,
        "token errors": list(authority.queued_token_errors),
    }


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> AsyncIterator[World]:
    async for world in open_world(tmp_path_factory.mktemp("doors"), simulator):
        yield world
