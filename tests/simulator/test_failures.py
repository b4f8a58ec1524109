"""Every failure that can be put in, on a write to the books: what the client sees, and whether the write was done."""

import time
from collections.abc import Iterator
from typing import get_args

import httpx2
import pytest
from bc_client import Books

from linkspan.simulator import Simulator
from linkspan.simulator.failures import FailureKind

# kind: status that the client sees (None: the connection breaks), and whether the record is there afterwards
SEEN: dict[str, tuple[int | None, bool]] = {
    "status": (503, False),
    "refusal": (409, False),
    "throttle": (429, False),
    "html": (502, False),
    "drop_before": (None, False),
    "drop_after": (None, True),
    "half_body": (None, True),
    "delay": (201, True),
    "delay_after": (201, True),
}


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    client = Books(simulator)
    yield client
    client.close()


def write(books: Books) -> httpx2.Response | None:
    try:
        return books.inside("POST", "customers", {"displayName": "Razorbill Ropes"})
    except httpx2.TransportError:
        return None


def made(books: Books) -> int:
    return len(books.inside("GET", "customers?$filter=displayName eq 'Razorbill Ropes'").json()["value"])


def test_every_kind_is_told_here() -> None:
    assert set(get_args(FailureKind)) == set(SEEN)


@pytest.mark.parametrize("kind", SEEN)
def test_a_write_that_suffers(books: Books, simulator: Simulator, kind: str) -> None:
    status, done = SEEN[kind]
    parameters = {"kind": kind, "method": "POST", "path": "/customers", "code": "Request_EntityChanged"}
    if kind.startswith("delay"):
        parameters["delay_seconds"] = "0.3"
    put = httpx2.post(f"{simulator.url}/_sim/fail_next", json=parameters)
    untouched = books.inside("GET", "customers?$top=1").status_code
    started = time.monotonic()
    answer = write(books)
    took = time.monotonic() - started
    (seen,) = simulator.requests(method="POST", path="/customers")

    assert (200, 200) == (put.status_code, untouched)
    assert status == (answer.status_code if answer is not None else None)
    assert int(done) == made(books)
    assert kind == seen.failure
    assert (kind in {"drop_after", "half_body"}) == (seen.outcome == "answer lost")
    assert (took >= 0.3) == kind.startswith("delay")
    again = write(books)
    assert again is not None
    assert 201 == again.status_code, "only one request suffers"


def test_gateway_pages_and_headers(books: Books, simulator: Simulator) -> None:
    simulator.fail_next("html", path="/customers")
    simulator.fail_next("status", status=502, body="<html>gateway</html>", headers={"content-type": "text/html"})
    simulator.fail_next("throttle", retry_after_seconds=11)
    page, own, throttled = (books.http.get(f"{books.company}/customers") for _ in range(3))

    assert (502, True) == (page.status_code, page.headers["content-type"].startswith("text/html"))
    assert (502, "<html>gateway</html>") == (own.status_code, own.text)
    assert (429, "11") == (throttled.status_code, throttled.headers["retry-after"])
    assert "  CorrelationId:  " in throttled.json()["error"]["message"]


def test_what_the_simulator_is_told_over_http_never_fails(simulator: Simulator) -> None:
    simulator.fail_next("drop_before", times=100)

    assert 200 == httpx2.get(f"{simulator.url}/_sim/state").status_code
    assert 200 == httpx2.post(f"{simulator.url}/_sim/clear_failures", json={}).status_code
    assert 200 == httpx2.get(f"{simulator.url}/common/discovery/v2.0/keys").status_code


def test_a_slow_answer_fills_a_place_only_with_slow_next(books: Books, simulator: Simulator) -> None:
    simulator.slow_next(0.4, path="/customers")
    started = time.monotonic()
    answer = books.inside("GET", "customers?$top=1")

    assert 200 == answer.status_code
    assert time.monotonic() - started >= 0.4
    assert "in progress" not in {seen.outcome for seen in simulator.requests()}
