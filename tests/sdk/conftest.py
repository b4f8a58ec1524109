"""One running demo for all tests of the SDK, and a client of each mode for it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from demo_process import Demo, running_demo
from linkspan.sdk import AsyncLinkspan, Linkspan


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture
async def client(demo: Demo) -> AsyncIterator[AsyncLinkspan]:
    async with AsyncLinkspan(demo.base_url, demo.api_key, demo.account_id) as client:
        yield client


@pytest.fixture
def blocking(demo: Demo) -> Iterator[Linkspan]:
    with Linkspan(demo.base_url, demo.api_key, demo.account_id) as client:
        yield client
