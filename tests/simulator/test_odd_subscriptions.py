"""Odd requests on subscriptions, which have an endpoint of their own: a refusal or a result, never a failure."""

import random
from collections.abc import Iterator

import httpx2
import pytest
from bc_client import Books
from odd_requests import NOWHERE, odd_requests

from linkspan.simulator import Simulator
from linkspan.simulator.contract import load_contract
from sizes import size


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    simulator.set_limits(requests=10**9)
    found = Books(simulator)
    yield found
    found.close()


def test_nothing_odd_makes_the_subscriptions_fail(books: Books) -> None:
    requests = list(odd_requests(load_contract().entities["subscription"], None, f"'{NOWHERE}'"))
    chance = random.Random("subscriptions")  # noqa: S311 - chance for a test, not a secret
    failed = []
    for odd in chance.sample(requests, min(8 * size("odd_requests"), len(requests))):
        sent = {"Content-Type": "application/json", **odd.headers}
        given = {"content": odd.body} if isinstance(odd.body, bytes) else {"json": odd.body}
        answer = books.http.request(odd.method, httpx2.URL(f"{books.root}/{odd.path}"), headers=sent, **given)
        if answer.status_code >= 500 and answer.status_code != 501:
            failed.append((odd, answer.text))

    assert [] == failed
