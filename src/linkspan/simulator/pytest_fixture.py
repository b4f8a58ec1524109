"""The pytest fixture that gives a test its own running simulator; imported only when it is asked for."""

from collections.abc import Iterator

import pytest

from linkspan.simulator.serve import Simulator


@pytest.fixture
def business_central() -> Iterator[Simulator]:
    """Run a simulator on a free port of loopback for the length of one test."""
    with Simulator.start() as simulator:
        yield simulator
