"""The limits of the service, each provoked over HTTP: rate, places, queue, times, sizes; and planned outages."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable, Iterator

import httpx2
import pytest
from bc_client import Books
from webhook_receiver import Receiver

from linkspan.simulator import Simulator
from sizes import size

MINUTE = dt.timedelta(minutes=1)
DOCUMENTED = {
    "requests": 6_000,
    "window_seconds": 300,
    "concurrent": 5,
    "queued": 95,
    "connections": 100,
    "queue_seconds": 480,
    "operation_seconds": 480,
    "gateway_seconds": 600,
    "page_records": 20_000,
    "batch_operations": 100,
    "body_bytes": 350 * 1024 * 1024,
}


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    # The clock moves by minutes here; the token must outlive that.
    simulator.set_token_lifetime(86_400)
    client = Books(simulator)
    yield client
    client.close()


class Crowd:
    """Many requests of one application at once, each in progress until it is answered."""

    def __init__(self, books: Books) -> None:
        self.simulator = books.simulator
        self.url = f"{books.company}/currencies?$top=1"
        self.company = books.company
        self.http = httpx2.AsyncClient(
            headers={"authorization": f"Bearer {books.token}"},
            timeout=30,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None),
        )

    def get(self) -> "asyncio.Task[httpx2.Response]":
        return asyncio.create_task(self.http.get(self.url))

    def post(self, name: str) -> "asyncio.Task[httpx2.Response]":
        return asyncio.create_task(self.http.post(f"{self.company}/customers", json={"displayName": name}))

    async def until(self, arrived: int) -> None:
        """Wait until so many requests are in progress, and have taken their place or queued."""
        await wait_for(lambda: self.simulator.parts.log.in_flight == arrived)
        await asyncio.sleep(0.1)


@pytest.fixture
async def crowd(books: Books) -> AsyncIterator[Crowd]:
    many = Crowd(books)
    yield many
    await many.http.aclose()


async def wait_for(true: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("It did not happen in time.")


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def names(books: Books) -> set[str]:
    return {one["displayName"] for one in books.inside("GET", "customers").json()["value"]}


def test_the_limits_are_the_documented_ones(simulator: Simulator) -> None:
    assert DOCUMENTED == httpx2.get(f"{simulator.url}/_sim/limits").json()


def test_the_rate_of_a_user_within_five_minutes(books: Books, simulator: Simulator) -> None:
    most = size("rate_requests")
    if most != DOCUMENTED["requests"]:
        simulator.set_limits(requests=most)
    answers = [books.call("GET", "companies?$top=1&$select=id").status_code for _ in range(most)]
    refused = books.call("GET", "companies")
    batched = books.call("POST", "$batch", {"requests": []}, accept="application/json")
    other = books.http.get(f"{simulator.url}/environments/v1.2")
    simulator.move_clock(dt.timedelta(minutes=5))
    later = books.call("GET", "companies")

    assert {200} == set(answers)
    assert (429, "Application_TooManyRequests") == refusal(refused)
    text = f"Too many requests reached. Actual ({most + 1}). Maximum ({most}).  CorrelationId:  "
    assert refused.json()["error"]["message"].startswith(text)
    assert "retry-after" not in refused.headers
    assert (429, "Application_TooManyRequests") == refusal(batched)
    assert (200, 200) == (other.status_code, later.status_code)


def test_operations_of_a_batch_count_one_by_one(books: Books, simulator: Simulator) -> None:
    simulator.set_limits(requests=4)
    simulator.set_switch("retry_after_seconds", 9)
    reads = {"requests": [{"id": str(place), "method": "GET", "url": "companies?$top=1"} for place in range(5)]}
    answer = books.call("POST", "$batch", reads, accept="application/json").json()["responses"]

    assert [200, 200, 200, 429] == [one["status"] for one in answer]
    assert "9" == books.call("GET", "companies").headers["retry-after"]


def test_one_users_traffic_does_not_hinder_another(books: Books, simulator: Simulator) -> None:
    simulator.set_limits(requests=1)
    app = simulator.register_app("Second", tenant=simulator.demo.tenant_domain)
    simulator.grant_admin_consent(app.client_id)
    simulator.set_business_central_app(app.client_id)
    form = {
        "grant_type": "client_credentials",
        "client_id": str(app.client_id),
        "client_secret": app.client_secret,
        "scope": "https://api.businesscentral.dynamics.com/.default",
    }
    answer = httpx2.post(f"{simulator.url}/{simulator.demo.tenant_id}/oauth2/v2.0/token", data=form)
    first = [books.call("GET", "companies").status_code for _ in range(2)]
    header = {"authorization": f"Bearer {answer.json()['access_token']}"}

    assert [200, 429] == first
    assert 200 == httpx2.get(f"{books.root}/companies", headers=header).status_code


def test_subscriptions_count_as_well(books: Books, simulator: Simulator) -> None:
    simulator.set_limits(requests=1, body_bytes=1_000)
    with Receiver() as receiver:
        large = books.call("POST", "subscriptions", {"notificationUrl": receiver.url, "clientState": "x" * 1_000})
        second = books.call("GET", "subscriptions")

    assert 413 == large.status_code
    assert (429, "Application_TooManyRequests") == refusal(second)


async def test_five_at_once_and_the_sixth_waits_its_turn(books: Books, crowd: Crowd, simulator: Simulator) -> None:
    simulator.slow_next(60, times=5)
    five = [crowd.get() for _ in range(5)]
    await crowd.until(5)
    sixth = crowd.get()
    await crowd.until(6)
    waited = not sixth.done() and not any(one.done() for one in five)
    simulator.move_clock(MINUTE)
    answers = await asyncio.gather(*five, sixth)

    assert waited
    assert {200} == {answer.status_code for answer in answers}


async def test_ninety_five_wait_and_the_next_is_refused(books: Books, crowd: Crowd, simulator: Simulator) -> None:
    # Connections and queue end at the same number: the queue alone is seen with one connection more.
    simulator.set_limits(connections=101)
    simulator.slow_next(60, times=5)
    hundred = [crowd.get() for _ in range(100)]
    await crowd.until(100)
    refused = await crowd.get()
    simulator.set_limits(connections=100)
    connections = await crowd.get()
    simulator.move_clock(MINUTE)
    answers = await asyncio.gather(*hundred)

    assert (429, "Application_TooManyRequests") == refusal(refused)
    assert "Actual (96). Maximum (95)." in refused.json()["error"]["message"]
    assert "Actual (101). Maximum (100)." in connections.json()["error"]["message"]
    assert {200} == {answer.status_code for answer in answers}


async def test_eight_minutes_in_the_queue_end_with_503(books: Books, crowd: Crowd, simulator: Simulator) -> None:
    simulator.set_limits(operation_seconds=3_600, gateway_seconds=7_200)
    simulator.slow_next(3_000, times=5)
    five = [crowd.get() for _ in range(5)]
    await crowd.until(5)
    queued = crowd.post("Never Made")
    await crowd.until(6)
    simulator.move_clock(8 * MINUTE + dt.timedelta(seconds=1))
    refused = await queued
    simulator.move_clock(60 * MINUTE)
    await asyncio.gather(*five)

    assert (503, "ServiceUnavailable") == refusal(refused)
    assert "retry-after" in refused.headers
    assert "Never Made" not in names(books)


async def test_an_operation_of_eight_minutes_is_stopped_and_undone(
    books: Books, crowd: Crowd, simulator: Simulator
) -> None:
    simulator.slow_next(481, method="POST")
    slow = crowd.post("Never Made")
    await crowd.until(1)
    simulator.move_clock(8 * MINUTE)
    refused = await slow

    assert (408, "RequestTimeout") == refusal(refused)
    assert "Never Made" not in names(books)


async def test_the_gateway_gives_up_after_ten_minutes_but_the_write_is_done(
    books: Books, crowd: Crowd, simulator: Simulator
) -> None:
    simulator.set_limits(operation_seconds=1_200)
    simulator.slow_next(700, method="POST")
    slow = crowd.post("Made After All")
    await crowd.until(1)
    simulator.move_clock(10 * MINUTE)
    lost = await slow

    assert (504, "GatewayTimeout") == refusal(lost)
    assert "CorrelationId" not in lost.json()["error"]["message"]
    assert "Made After All" in names(books)


def test_a_work_within_the_limits_takes_its_time(books: Books, simulator: Simulator) -> None:
    simulator.slow_next(0.3, path="currencies")
    started = time.monotonic()
    answer = books.inside("GET", "currencies")

    assert 200 == answer.status_code
    assert time.monotonic() - started >= 0.3


def test_pages_batches_and_bodies_that_are_too_large(books: Books, simulator: Simulator) -> None:
    simulator.set_limits(page_records=2, batch_operations=3, body_bytes=5_000)
    page = books.inside("GET", "customers", prefer="odata.maxpagesize=50")
    simulator.set_switch("oversized_page", "refuse")
    refused = books.inside("GET", "customers", prefer="odata.maxpagesize=50")
    reads = {"requests": [{"method": "GET", "url": "companies"}] * 4}
    batch = books.call("POST", "$batch", reads, accept="application/json")
    body = books.inside("POST", "customers", {"displayName": "x" * 5_000})

    assert (2, True) == (len(page.json()["value"]), "@odata.nextLink" in page.json())
    assert "odata.maxpagesize=2" == page.headers["preference-applied"]
    assert 413 == refused.status_code
    assert (500, "Unknown") == refusal(batch)
    assert "'3' query operations" in batch.json()["error"]["message"]
    assert 413 == body.status_code


def test_a_planned_outage_comes_and_goes_by_the_clock(books: Books, simulator: Simulator) -> None:
    tonight = simulator.clock().now + 60 * MINUTE
    ends = simulator.plan_outage(1_800, begins=tonight)
    before = books.call("GET", "companies").status_code
    simulator.move_clock(61 * MINUTE)
    during = books.call("GET", "companies")
    subscriptions = books.call("GET", "subscriptions")
    elsewhere = books.http.get(books.root.replace("/Production/", "/Sandbox/") + "/companies")
    simulator.set_clock(ends)
    after = books.call("GET", "companies").status_code

    assert (200, 200, 200) == (before, elsewhere.status_code, after)
    assert (503, "Internal_TenantUnavailable") == refusal(during)
    assert 1_700 < int(during.headers["retry-after"]) <= 1_740
    assert 503 == subscriptions.status_code


@pytest.mark.parametrize(
    ("state", "code"), [("Upgrading", "Internal_TenantUnavailable"), ("SoftDeleted", "NoEnvironment")]
)
def test_an_environment_that_is_not_active(books: Books, simulator: Simulator, state: str, code: str) -> None:
    answer = httpx2.post(
        f"{simulator.url}/_sim/set_environment_state", json={"environment": "Production", "state": state}
    )

    assert 200 == answer.status_code, answer.text
    assert code == refusal(books.call("GET", "companies"))[1]


def test_mistaken_limits_are_refused(simulator: Simulator) -> None:
    wrong = httpx2.post(f"{simulator.url}/_sim/set_limits", json={"requests": 0})
    never = httpx2.post(f"{simulator.url}/_sim/plan_outage", json={"seconds": -1})

    assert (400, 400) == (wrong.status_code, never.status_code)
    assert "requests" in wrong.json()["error"]
    assert DOCUMENTED["requests"] == simulator.limits().requests
