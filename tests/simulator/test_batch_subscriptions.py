"""Webhook subscriptions inside a $batch: as alone, in their order, and undone with what they stand with."""

import time
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from bc_client import Books
from webhook_receiver import Receiver

from linkspan.simulator import Simulator

JSON = {"Content-Type": "application/json"}
Operation = dict[str, Any]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    client = Books(simulator)
    yield client
    client.close()


def subscription(books: Books, receiver: Receiver, entity_set: str = "customers", **more: Any) -> Operation:
    resource = f"/api/v2.0/companies({books.simulator.demo.company_id})/{entity_set}"
    body = {"notificationUrl": receiver.url, "resource": resource}
    return {"method": "POST", "url": "subscriptions", "headers": JSON, "body": body, **more}


def customer(books: Books, name: str, **more: Any) -> Operation:
    url = f"companies({books.simulator.demo.company_id})/customers"
    return {"method": "POST", "url": url, "headers": JSON, "body": {"displayName": name}, **more}


def batch(books: Books, *operations: Operation, **headers: str) -> list[dict[str, Any]]:
    numbered = [{"id": str(place), **operation} for place, operation in enumerate(operations)]
    answer = books.call("POST", "$batch", {"requests": numbered}, accept="application/json", **headers)
    assert 200 == answer.status_code, answer.text
    responses: list[dict[str, Any]] = answer.json()["responses"]
    return responses


def statuses(responses: list[dict[str, Any]]) -> list[int]:
    return [response["status"] for response in responses]


def known(books: Books) -> list[dict[str, str]]:
    found: list[dict[str, str]] = books.call("GET", "subscriptions").json()["value"]
    return found


def test_it_is_created_read_renewed_and_deleted_as_alone(books: Books, receiver: Receiver) -> None:
    (made,) = batch(books, subscription(books, receiver))
    place = f"subscriptions('{made['body']['subscriptionId']}')"
    later = {"headers": {**JSON, "If-Match": "*"}}
    listed, shown, renewed, gone, missing = batch(
        books,
        {"method": "GET", "url": "subscriptions?$count=true"},
        {"method": "GET", "url": f"/{books.root.split('/', 3)[3]}/{place}"},
        {"method": "PATCH", "url": place, "body": {"clientState": "mine"}, **later},
        {"method": "DELETE", "url": place, **later},
        {"method": "GET", "url": place},
    )

    assert [201, 200, 200, 200, 204, 404] == statuses([made, listed, shown, renewed, gone, missing])
    assert f"{books.root}/{place}" == made["headers"]["location"]
    assert (1, [made["body"]["subscriptionId"]]) == (
        listed["body"]["@odata.count"],
        [one["subscriptionId"] for one in listed["body"]["value"]],
    )
    assert "mine" == renewed["body"]["clientState"]
    assert 2 == len(receiver.handshakes)
    assert "Internal_RecordNotFound" == missing["body"]["error"]["code"]


def test_each_fault_is_the_one_that_it_has_alone(books: Books, receiver: Receiver) -> None:
    made = batch(books, subscription(books, receiver))[0]["body"]
    wrong = {"notificationUrl": receiver.url, "resource": "/api/v2.0/nothing"}
    operations: list[Operation] = [
        {"method": "POST", "url": "subscriptions", "headers": JSON, "body": {}},
        {"method": "POST", "url": "subscriptions", "headers": JSON, "body": wrong},
        {"method": "PATCH", "url": f"subscriptions('{made['subscriptionId']}')", "headers": JSON, "body": {}},
        {"method": "PUT", "url": "subscriptions", "headers": JSON, "body": {}},
        {"method": "GET", "url": "subscriptions(7)"},
    ]
    answers = batch(books, *operations, prefer="odata.continue-on-error")
    alone = [books.call(one["method"], one["url"], one.get("body")) for one in operations]

    assert [400, 400, 400, 405, 404] == statuses(answers)
    assert [(one.status_code, one.json()["error"]["code"]) for one in alone] == [
        (one["status"], one["body"]["error"]["code"]) for one in answers
    ]
    assert 1 == len(receiver.handshakes)


def test_a_receiver_that_refuses_stops_the_batch_there(books: Books, receiver: Receiver) -> None:
    receiver.handshake = lambda _token: (200, "no")
    answers = batch(
        books, customer(books, "Before"), subscription(books, receiver), customer(books, "Behind"), subscription(books, receiver, "items")
    )  # fmt: skip

    assert [201, 400] == statuses(answers)
    assert "validation" in answers[1]["body"]["error"]["message"]
    assert 1 == len(receiver.handshakes)
    assert [] == known(books)


def test_a_receiver_is_not_asked_behind_a_failure(books: Books, receiver: Receiver) -> None:
    assert [400] == statuses(batch(books, customer(books, ""), subscription(books, receiver)))
    assert [] == receiver.handshakes


@pytest.mark.parametrize("end", ["", "Fulmar"], ids=["failing", "succeeding"])
def test_it_is_undone_with_a_snapshot(books: Books, receiver: Receiver, end: str) -> None:
    kept = batch(books, subscription(books, receiver, "vendors"))[0]["body"]
    deletion = {"method": "DELETE", "url": f"subscriptions('{kept['subscriptionId']}')", "headers": {"If-Match": "*"}}
    answers = batch(
        books, subscription(books, receiver), deletion, customer(books, end), isolation="snapshot"
    )  # fmt: skip
    resources = [one["resource"].rpartition("/")[2] for one in known(books)]

    assert [201, 204, 201 if end else 400] == statuses(answers)
    assert (["customers"] if end else ["vendors"]) == resources
    assert end or [kept["@odata.etag"]] == [one["@odata.etag"] for one in known(books)]


def test_it_is_undone_with_its_change_set(books: Books, receiver: Receiver) -> None:
    books.simulator.set_switch("atomicity_groups", True)
    group = {"atomicityGroup": "one"}
    answers = batch(
        books, subscription(books, receiver, **group), customer(books, "", **group), prefer="odata.continue-on-error"
    )  # fmt: skip

    assert 400 in statuses(answers)
    assert [] == known(books)


def test_others_are_served_while_a_receiver_takes_its_time(books: Books, receiver: Receiver) -> None:
    asked: list[float] = []

    def slow(token: str) -> tuple[int, str]:
        asked.append(time.monotonic())
        time.sleep(1)
        return 200, token

    receiver.handshake = slow
    other = Books(books.simulator)
    sender = Thread(target=batch, args=(other, subscription(books, receiver)), kwargs={"isolation": "snapshot"})
    sender.start()
    while not asked:
        time.sleep(0.005)
    assert 201 == books.inside("POST", "customers", {"displayName": "Skua"}).status_code
    between = time.monotonic() - asked[0]
    sender.join()
    other.close()

    assert between < 0.9
    assert 1 == len(known(books))
    assert 1 == len(books.inside("GET", "customers?$filter=displayName eq 'Skua'").json()["value"])
