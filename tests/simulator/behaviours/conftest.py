"""The desk of each test: a copy of the demo company that nobody else writes to, behind an API of its own."""

import asyncio
from collections.abc import Iterator

import pytest
from http_desk import HttpDesk, open_desk


@pytest.fixture(scope="package")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def desk(runner: asyncio.Runner) -> HttpDesk:
    return open_desk(runner)
