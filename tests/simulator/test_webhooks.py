"""Webhooks of Business Central: each rule with a real receiver and a moved clock."""

import datetime as dt
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from bc_client import Books
from webhook_receiver import Receiver

from linkspan.simulator import Simulator
from linkspan.simulator.webhooks.courier import Delivery
from linkspan.simulator.webhooks.parcels import RETRY_DELAYS
from linkspan.simulator.webhooks.subscription import SUPPORTED

HALF_MINUTE = dt.timedelta(seconds=30)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    client = Books(simulator)
    yield client
    client.close()


def resource(books: Books, entity_set: str = "customers") -> str:
    return f"/api/v2.0/companies({books.simulator.demo.company_id})/{entity_set}"


def subscribe(books: Books, receiver: Receiver, entity_set: str = "customers", **more: object) -> httpx2.Response:
    body = {"notificationUrl": receiver.url, "resource": resource(books, entity_set), **more}
    return books.call("POST", "subscriptions", body)


def subscribed(books: Books, receiver: Receiver, entity_set: str = "customers", **more: object) -> dict[str, str]:
    answer = subscribe(books, receiver, entity_set, **more)
    assert 201 == answer.status_code, answer.text
    return answer.json()


def add_customer(books: Books, name: str = "Gannet Rigging") -> str:
    answer = books.inside("POST", "customers", {"displayName": name})
    assert 201 == answer.status_code, answer.text
    return str(answer.json()["id"])


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_handshake_creates_a_subscription_for_three_days(books: Books, receiver: Receiver) -> None:
    made = subscribe(books, receiver, clientState="mine")
    body = made.json()
    asked = urlsplit(receiver.handshakes[0])
    shown = books.http.get(made.headers["location"])
    listed = books.call("GET", "subscriptions").json()["value"]

    assert 201 == made.status_code
    assert len(parse_qs(asked.query)["validationToken"][0]) > 20
    assert "mine" == body["clientState"]
    expires = dt.datetime.fromisoformat(body["expirationDateTime"])
    assert dt.timedelta(days=3) == expires - dt.datetime.fromisoformat(body["lastModifiedDateTime"])
    assert f"{books.root}/subscriptions('{body['subscriptionId']}')" == made.headers["location"]
    assert body["subscriptionId"] == shown.json()["subscriptionId"]
    assert [body["subscriptionId"]] == [one["subscriptionId"] for one in listed]
    assert body["@odata.etag"] == listed[0]["@odata.etag"]
    assert {"timestamp", "userId", "systemCreatedAt", "systemCreatedBy", "systemModifiedAt"} <= set(body)


@pytest.mark.parametrize(
    "answer", [(200, "something else"), (201, None), (500, None), (302, None)], ids=["body", "201", "500", "302"]
)
def test_without_a_good_handshake_nothing_is_created(
    books: Books, receiver: Receiver, answer: tuple[int, str | None]
) -> None:
    status, text = answer
    receiver.handshake = lambda token: (status, text if text is not None else token)

    assert (400, "BadRequest") == refusal(subscribe(books, receiver))
    assert [] == books.call("GET", "subscriptions").json()["value"]


def test_the_query_of_a_notification_url_is_kept(books: Books, receiver: Receiver, simulator: Simulator) -> None:
    body = {"notificationUrl": receiver.url + "?tenant=7", "resource": resource(books)}
    assert 201 == books.call("POST", "subscriptions", body).status_code
    add_customer(books)
    simulator.move_clock(HALF_MINUTE)
    receiver.wait(1)

    assert {"tenant": ["7"]}.items() <= parse_qs(urlsplit(receiver.handshakes[0]).query).items()
    assert ["/hook?tenant=7"] == receiver.paths


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"notificationUrl": ""}, "BadRequest_RequiredParamNotProvided"),
        ({"notificationUrl": "http://192.0.2.7/hook"}, "BadRequest"),
        ({"notificationUrl": "ftp://127.0.0.1/hook"}, "BadRequest"),
        ({"notificationUrl": "http://127.0.0.1:1/hook"}, "BadRequest"),
        ({"resource": "customers"}, "BadRequest"),
        (
            {"resource": "/api/v2.0/companies(00000000-0000-0000-0000-000000000001)/customers"},
            "Internal_CompanyNotFound",
        ),
        ({"clientState": "x" * 2049}, "Application_StringExceededLength"),
        ({"colour": "red"}, "BadRequest"),
        ({"userId": "00000000-0000-0000-0000-000000000001"}, "BadRequest_InvalidOperation"),
    ],
)
def test_bad_requests_are_refused(books: Books, receiver: Receiver, changes: dict[str, str], code: str) -> None:
    assert (400, code) == refusal(subscribe(books, receiver, **changes))


@pytest.mark.parametrize(
    "entity_set", ["salesInvoiceLines", "dimensionValues", "taxAreas", "bankAccounts", "customerPayments"]
)
def test_unsupported_resources_are_refused(books: Books, receiver: Receiver, entity_set: str) -> None:
    assert entity_set not in SUPPORTED
    assert (400, "BadRequest") == refusal(subscribe(books, receiver, entity_set))


def test_supported_resources_are_accepted_in_every_form(books: Books, receiver: Receiver) -> None:
    for entity_set in ("vendors", "items", "salesOrders", "generalLedgerEntries"):
        subscribed(books, receiver, entity_set)
    company = f"companies({books.simulator.demo.company_id})"
    for form in (f"{company}/customers", f"{books.root}/{company}/customers"):
        body = {"notificationUrl": receiver.url, "resource": form}
        assert 201 == books.call("POST", "subscriptions", body).status_code

    assert 6 == len(books.call("GET", "subscriptions").json()["value"])
    assert 1 == len(
        books.call("GET", "subscriptions?$filter=resource eq 'api/v2.0/" + company + "/items'").json()["value"]
    )


def test_changes_are_told_once_thirty_seconds_after_the_first(
    books: Books, receiver: Receiver, simulator: Simulator
) -> None:
    made = subscribed(books, receiver, clientState="s3cret-state")
    customer = add_customer(books)
    assert 200 == books.inside("PATCH", f"customers({customer})", {"city": "Bergen"}, if_match="*").status_code
    simulator.move_clock(dt.timedelta(seconds=25))
    receiver.settle()
    assert [] == receiver.notifications
    simulator.move_clock(dt.timedelta(seconds=6))
    item = receiver.wait(1)[0]

    assert ["created"] == [one["changeType"] for one in receiver.wait(1)]
    assert f"{resource(books).lstrip('/')}({customer})" == item["resource"]
    assert (made["subscriptionId"], "s3cret-state") == (item["subscriptionId"], item["clientState"])
    assert made["expirationDateTime"] == item["expirationDateTime"]
    assert receiver.bodies[0].startswith(b"{")
    assert receiver.headers[0]["clientrequestid"] == receiver.headers[0]["x-ms-correlation-id"]
    assert "application/json" == receiver.headers[0]["content-type"]


def test_updated_and_deleted_are_told_and_soon_deleted_is_dropped(
    books: Books, receiver: Receiver, simulator: Simulator
) -> None:
    old = add_customer(books, "Old")
    leaving = add_customer(books, "Leaving")
    subscribed(books, receiver)
    books.inside("PATCH", f"customers({old})", {"city": "Bodø"}, if_match="*")
    books.inside("DELETE", f"customers({leaving})")
    fleeting = add_customer(books, "Fleeting")
    books.inside("DELETE", f"customers({fleeting})")
    lasting = add_customer(books, "Lasting")
    simulator.move_clock(dt.timedelta(seconds=3))
    books.inside("DELETE", f"customers({lasting})")
    simulator.move_clock(HALF_MINUTE)
    told = {(str(one["resource"])[-37:-1], one["changeType"]) for one in receiver.wait(1)}

    assert {(old, "updated"), (leaving, "deleted"), (lasting, "deleted")} == told


def test_refused_writes_and_other_tables_are_not_told(books: Books, receiver: Receiver, simulator: Simulator) -> None:
    subscribed(books, receiver)
    assert 400 == books.inside("POST", "customers", {"displayName": ""}).status_code
    assert 201 == books.inside("POST", "vendors", {"displayName": "Auk Sails"}).status_code
    simulator.move_clock(HALF_MINUTE)
    receiver.settle()

    assert [] == receiver.notifications


def test_subscriptions_with_one_address_share_a_notification(
    books: Books, receiver: Receiver, simulator: Simulator
) -> None:
    first = subscribed(books, receiver, clientState="a")["subscriptionId"]
    second = subscribed(books, receiver, "vendors", clientState="b")["subscriptionId"]
    add_customer(books)
    books.inside("POST", "vendors", {"displayName": "Auk Sails"})
    simulator.move_clock(HALF_MINUTE)

    assert {(first, "a"), (second, "b")} == {(one["subscriptionId"], one["clientState"]) for one in receiver.wait(1)}


def test_more_than_a_thousand_changes_become_one_collection_notice(
    books: Books, receiver: Receiver, simulator: Simulator
) -> None:
    subscribed(books, receiver)
    table = simulator.parts.world.find_environment(simulator.demo.tenant_domain, "Production")
    customers = table.companies[simulator.demo.company_id].tables["customer"]
    row = customers.all()[0]

    def change(times: int) -> None:
        with simulator.parts.world.transaction():
            for _ in range(times):
                customers.replace(row)

    simulator._perform(lambda: change(1000))
    simulator.move_clock(HALF_MINUTE)
    assert ["updated"] == [one["changeType"] for one in receiver.wait(1)]
    simulator._perform(lambda: change(1001))
    simulator.move_clock(HALF_MINUTE)
    notice = receiver.wait(2)[1]
    front, _, since = str(notice["resource"]).partition("?$filter=lastModifiedDateTime%20gt%20")

    assert "collection" == notice["changeType"]
    assert resource(books).lstrip("/") == front
    gap = dt.datetime.fromisoformat(str(notice["lastModifiedDateTime"])) - dt.datetime.fromisoformat(since)
    assert dt.timedelta(milliseconds=50) <= gap < dt.timedelta(seconds=10)


def test_renewal_repeats_the_handshake_and_needs_the_etag(
    books: Books, receiver: Receiver, simulator: Simulator
) -> None:
    made = subscribed(books, receiver)
    place = f"subscriptions('{made['subscriptionId']}')"
    body = {"notificationUrl": receiver.url, "resource": resource(books), "clientState": "renewed"}
    simulator.move_clock(dt.timedelta(days=2))
    renewed = books.call("PATCH", place, body, if_match=made["@odata.etag"])
    receiver.handshake = lambda _token: (200, "no")
    refused = books.call("PATCH", place, body, if_match="*")
    receiver.handshake = lambda token: (200, token)

    assert (400, "BadRequest_InvalidToken") == refusal(books.call("PATCH", place, body))
    assert (409, "Request_EntityChanged") == refusal(books.call("PATCH", place, body, if_match=made["@odata.etag"]))
    assert (400, "BadRequest") == refusal(refused)
    assert 200 == renewed.status_code
    assert 3 == len(receiver.handshakes)
    assert "renewed" == renewed.json()["clientState"]
    assert renewed.json()["expirationDateTime"] > made["expirationDateTime"]
    simulator.move_clock(dt.timedelta(days=2))
    assert 200 == books.call("GET", place).status_code, "four days after its creation"


def test_after_three_days_it_is_gone(books: Books, receiver: Receiver, simulator: Simulator) -> None:
    subscribed(books, receiver)
    add_customer(books)
    simulator.move_clock(dt.timedelta(days=3, seconds=1))
    receiver.settle()

    assert [] == books.call("GET", "subscriptions").json()["value"]
    assert [] == receiver.notifications


def test_deletion_ends_it_and_checks_a_sent_etag(books: Books, receiver: Receiver, simulator: Simulator) -> None:
    made = subscribed(books, receiver)
    place = f"subscriptions('{made['subscriptionId']}')"
    add_customer(books)

    assert (409, "Request_EntityChanged") == refusal(books.call("DELETE", place, if_match='W/"bm90IG1pbmU="'))
    assert (400, "BadRequest_InvalidToken") == refusal(books.call("DELETE", place, if_match="nonsense"))
    assert 204 == books.call("DELETE", place, if_match=made["@odata.etag"]).status_code
    assert 404 == books.call("GET", place).status_code
    simulator.move_clock(HALF_MINUTE)
    receiver.settle()
    assert [] == receiver.notifications


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_temporary_refusal_is_retried(books: Books, receiver: Receiver, simulator: Simulator, status: int) -> None:
    subscribed(books, receiver)
    receiver.statuses = [status]
    add_customer(books)
    simulator.move_clock(HALF_MINUTE)
    receiver.wait(1)
    settled(simulator, 1)
    simulator.move_clock(dt.timedelta(seconds=60))
    first, second = receiver.wait(2)

    assert first == second
    assert [(status, 1), (200, 2)] == [(one.status, one.attempt) for one in settled(simulator, 2)]


def settled(simulator: Simulator, count: int) -> list[Delivery]:
    """Wait until the simulator has noted `count` attempts."""
    ends = time.monotonic() + 4
    while len(simulator.deliveries()) < count and time.monotonic() < ends:
        time.sleep(0.01)
    return simulator.deliveries()


def test_the_waits_between_attempts_and_the_end_after_the_last(
    books: Books, receiver: Receiver, simulator: Simulator
) -> None:
    subscribed(books, receiver)
    receiver.statuses = [503] * 6
    add_customer(books)
    simulator.move_clock(HALF_MINUTE)
    receiver.wait(1)
    settled(simulator, 1)
    for number, delay in enumerate(RETRY_DELAYS, start=1):
        simulator.move_clock(delay - dt.timedelta(seconds=5))
        receiver.settle(0.05)
        assert number == len(receiver.notifications), "not before its time"
        simulator.move_clock(dt.timedelta(seconds=5))
        receiver.wait(number + 1)
        settled(simulator, number + 1)

    assert [60, 60, 600, 6000, 60000] == [int(delay.total_seconds()) for delay in RETRY_DELAYS]
    assert [] == books.call("GET", "subscriptions").json()["value"]


def test_a_receiver_that_is_gone_is_tried_again(books: Books, simulator: Simulator) -> None:
    with Receiver() as leaving:
        subscribed(books, leaving)
    add_customer(books)
    simulator.move_clock(HALF_MINUTE)

    assert [None] == [one.status for one in settled(simulator, 1)]
    assert 1 == len(books.call("GET", "subscriptions").json()["value"])


@pytest.mark.parametrize("status", [400, 404, 410, 301])
def test_any_other_answer_deletes_the_subscription(
    books: Books, receiver: Receiver, simulator: Simulator, status: int
) -> None:
    subscribed(books, receiver)
    receiver.statuses = [status]
    add_customer(books)
    simulator.move_clock(HALF_MINUTE)
    receiver.wait(1)
    settled(simulator, 1)

    assert [] == books.call("GET", "subscriptions").json()["value"]


def test_an_environment_has_at_most_two_hundred(books: Books, receiver: Receiver) -> None:
    for _ in range(200):
        subscribed(books, receiver)

    assert (400, "BadRequest") == refusal(subscribe(books, receiver))


def test_addresses_and_tokens_are_checked(books: Books, receiver: Receiver) -> None:
    assert 401 == httpx2.get(f"{books.root}/subscriptions").status_code
    assert (404, "BadRequest_NotFound") == refusal(books.call("GET", "subscriptions(7)"))
    assert (404, "Internal_RecordNotFound") == refusal(books.call("GET", "subscriptions('7')"))
    assert 405 == books.call("PATCH", "subscriptions", {}).status_code
    assert 405 == books.call("POST", "subscriptions('7')", {}).status_code
    assert 415 == books.call("POST", "subscriptions", content_type="text/plain").status_code
    elsewhere = books.root.replace("Production", "Sandbox")
    made = subscribed(books, receiver)["subscriptionId"]
    assert 404 == books.http.get(f"{elsewhere}/subscriptions('{made}')").status_code


def test_reset_forgets_subscriptions(books: Books, receiver: Receiver, simulator: Simulator) -> None:
    subscribed(books, receiver)
    add_customer(books)
    simulator.reset()
    simulator.move_clock(HALF_MINUTE)
    receiver.settle()

    assert [] == receiver.notifications
    assert [] == simulator.deliveries()


def test_other_hosts_are_called_once_they_are_allowed(books: Books, simulator: Simulator) -> None:
    body = {"notificationUrl": "http://receiver.invalid:9/hook", "resource": resource(books)}
    before = books.call("POST", "subscriptions", body).json()["error"]["message"]
    told = httpx2.post(f"{simulator.url}/_sim/allow_receiver", json={"host": "Receiver.invalid"}).json()
    after = books.call("POST", "subscriptions", body).json()["error"]["message"]
    simulator.parts.courier.receivers.clear()

    assert "cannot be used" in before
    assert ["receiver.invalid"] == told
    assert "no answer" in after


def test_a_snapshot_brings_subscriptions_and_settings_back(
    books: Books, receiver: Receiver, simulator: Simulator
) -> None:
    made = subscribed(books, receiver)
    simulator.set_limits(requests=500)
    simulator.set_permission("vendors", "read")
    simulator.snapshot("before")
    add_customer(books, "Never Told")
    books.call("DELETE", f"subscriptions('{made['subscriptionId']}')")
    simulator.reset_service()
    simulator.restore("before")
    add_customer(books, "Told Again")
    simulator.move_clock(dt.timedelta(seconds=31))
    told = receiver.wait(1)

    assert [made["subscriptionId"]] == [one["subscriptionId"] for one in told]
    assert 500 == simulator.limits().requests
    assert ["vendors"] == [rule.entity_set for rule in simulator.state().permissions]
    assert [] == books.inside("GET", "customers?$filter=displayName eq 'Never Told'").json()["value"]
    with pytest.raises(ValueError, match="Nothing is kept"):
        simulator.restore("after")


def test_a_change_of_a_line_is_told_as_one_of_its_document(
    books: Books, receiver: Receiver, simulator: Simulator
) -> None:
    quote = books.inside("GET", "salesQuotes?$filter=status eq 'Draft'&$top=1&$expand=salesQuoteLines").json()["value"][
        0
    ]
    line = next(one for one in quote["salesQuoteLines"] if one["lineType"] == "Item")
    subscribed(books, receiver, "salesQuotes")
    changed = books.inside("PATCH", f"salesQuoteLines({line['id']})", {"quantity": 7}, if_match="*")
    simulator.move_clock(dt.timedelta(seconds=31))

    assert 200 == changed.status_code, changed.text
    (told,) = receiver.wait(1)
    assert ("updated", True) == (told["changeType"], told["resource"].endswith(f"/salesQuotes({quote['id']})"))


def test_a_read_only_intent_changes_no_subscription(books: Books, receiver: Receiver) -> None:
    made = subscribed(books, receiver)
    path = f"subscriptions('{made['subscriptionId']}')"
    body = {"notificationUrl": receiver.url, "resource": resource(books)}
    refused = [
        books.call("POST", "subscriptions", body, data_access_intent="ReadOnly"),
        books.call("PATCH", path, {}, data_access_intent="ReadOnly", if_match="*"),
        books.call("DELETE", path, data_access_intent="ReadOnly", if_match="*"),
    ]

    assert {(400, "BadRequest_InvalidOperation")} == {refusal(answer) for answer in refused}
    assert 200 == books.call("GET", path, data_access_intent="ReadOnly").status_code


def test_payment_journals_hear_of_themselves_alone(books: Books, receiver: Receiver) -> None:
    subscribed(books, receiver, "customerPaymentJournals")
    for entity_set, code in (("journals", "PLAIN"), ("customerPaymentJournals", "RECEIVED"), ("journals", "OTHER")):
        answer = books.inside("POST", entity_set, {"code": code})
        assert 201 == answer.status_code, answer.text
    found = books.inside("GET", "customerPaymentJournals?$filter=code eq 'RECEIVED'").json()["value"][0]["id"]
    books.simulator.move_clock(HALF_MINUTE + dt.timedelta(seconds=1))

    (told,) = receiver.wait(1)
    assert ("created", True) == (told["changeType"], told["resource"].endswith(f"/customerPaymentJournals({found})"))
