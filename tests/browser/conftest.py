"""The browser tests drive a running demo, as the journeys do."""

from collections.abc import Iterator

import pytest

from demo_process import Demo, running_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo on SQLite."""
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        yield demo
