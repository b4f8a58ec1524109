"""The running simulator that the tests share: one per module, reset for each test; and people who use it."""

from collections.abc import Iterator

import pytest
from form_walker import Person

from linkspan.simulator import Simulator, business_central  # noqa: F401 - the public fixture, used by its name


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator.start() as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.reset()
    return running


@pytest.fixture
def person(simulator: Simulator) -> Iterator[Person]:
    someone = Person(simulator.url)
    yield someone
    someone.http.close()


@pytest.fixture
def stranger(simulator: Simulator) -> Iterator[Person]:
    """A second person, in a browser of their own."""
    someone = Person(simulator.url)
    yield someone
    someone.http.close()
