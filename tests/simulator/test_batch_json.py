"""The JSON $batch: order, stopping, continuing, transactions, change sets, limits and what each operation answers."""

import base64
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from odata_world import API, COMPANY_ID, COMPANY_NAME, OTHER_COMPANY_NAME, Sim, build_sim, made_id

FIRST = made_id("customer 10000")
HERE = f"companies({COMPANY_ID})"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def sim() -> Sim:
    """Return a fresh small world."""
    return build_sim()


def create(name: str, request_id: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the operation that creates a customer; an empty name is refused."""
    known = {} if request_id is None else {"id": request_id}
    body = {"displayName": name}
    return {**known, "method": "POST", "url": f"{HERE}/customers", "headers": JSON, "body": body, **more}


BAD = create("")
"""An operation that is refused by a rule of the books."""


async def batch(sim: Sim, *requests: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    """Send a batch that is answered with 200 and return its responses."""
    sent = {"Accept": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    response = await sim.ask("POST", f"{API}/$batch", {"requests": list(requests)}, sent)
    assert 200 == response.status_code, response.text
    answered: list[dict[str, Any]] = response.json()["responses"]
    return answered


def statuses(responses: list[dict[str, Any]]) -> list[int]:
    """Return the status of each response."""
    return [response["status"] for response in responses]


async def names(sim: Sim) -> list[str]:
    """Return the customers' names that the tests made."""
    rows = (await sim.get("customers?$select=displayName"))["value"]
    return [row["displayName"] for row in rows if not row["displayName"].startswith("Customer ")]


async def test_operations_are_done_in_order(sim: Sim) -> None:
    read = {"id": "2", "method": "GET", "url": f"{HERE}/customers?$filter=displayName eq 'Gull'&$select=displayName"}
    created, found = await batch(sim, create("Gull", "1"), read)

    assert ("1", 201) == (created["id"], created["status"])
    assert ("2", 200) == (found["id"], found["status"])
    assert ["Gull"] == [row["displayName"] for row in found["body"]["value"]]


async def test_what_a_response_is_made_of(sim: Sim) -> None:
    (created,) = await batch(sim, create("Gull", "7"))
    location = f"{API}/{HERE}/customers({created['body']['id']})"

    assert {"id", "status", "headers", "body"} == set(created)
    assert {
        "content-type": "application/json; odata.metadata=minimal",
        "odata-version": "4.0",
        "location": location,
    } == created["headers"]


async def test_without_ids_the_order_tells(sim: Sim) -> None:
    responses = await batch(sim, create("Gull"), create("Tern"))

    assert [None, None] == [response["id"] for response in responses]
    assert ["Gull", "Tern"] == [response["body"]["displayName"] for response in responses]


async def test_it_stops_at_the_first_error(sim: Sim) -> None:
    responses = await batch(sim, create("Gull"), BAD, create("Tern"))

    assert [201, 400] == statuses(responses)
    assert "Application_DialogException" == responses[1]["body"]["error"]["code"]
    assert ["Gull"] == await names(sim)


async def test_it_continues_when_asked(sim: Sim) -> None:
    responses = await batch(sim, create("Gull"), BAD, create("Tern"), Prefer="odata.continue-on-error")

    assert [201, 400, 201] == statuses(responses)
    assert ["Gull", "Tern"] == sorted(await names(sim))


async def test_a_snapshot_is_one_transaction(sim: Sim) -> None:
    responses = await batch(sim, create("Gull"), BAD, Isolation="snapshot")

    assert [201, 400] == statuses(responses)
    assert "Gull" == responses[0]["body"]["displayName"]
    assert [] == await names(sim)


async def test_a_snapshot_whose_first_operation_fails(sim: Sim) -> None:
    assert [400] == statuses(await batch(sim, BAD, create("Gull"), Isolation="snapshot"))


async def test_a_snapshot_that_succeeds_stays(sim: Sim) -> None:
    assert [201, 201] == statuses(await batch(sim, create("Gull"), create("Tern"), Isolation="snapshot"))
    assert ["Gull", "Tern"] == sorted(await names(sim))


async def test_a_change_set_is_undone_as_a_whole(sim: Sim) -> None:
    group = {"atomicityGroup": "g"}
    operations = [create("Gull", "1", **group), create("", "2", **group), create("Tern", "3")]
    stopped = await batch(sim, *operations)
    continued = await batch(sim, *operations, Prefer="odata.continue-on-error")

    assert [("2", 400)] == [(one["id"], one["status"]) for one in stopped]
    assert [("2", 400), ("3", 201)] == [(one["id"], one["status"]) for one in continued]
    assert ["Tern"] == await names(sim)


async def test_change_sets_can_be_switched_off(sim: Sim) -> None:
    sim.switches.now = replace(sim.switches.now, atomicity_groups=False)
    group = {"atomicityGroup": "g"}

    assert [201, 400] == statuses(await batch(sim, create("Gull", **group), create("", **group)))
    assert ["Gull"] == await names(sim)


async def test_references_are_a_switch(sim: Sim) -> None:
    read = {"id": "2", "method": "GET", "url": "$1?$select=displayName"}
    plain = await batch(sim, create("Gull", "1"), read)
    sim.switches.now = replace(sim.switches.now, batch_references=True)
    resolved = await batch(sim, create("Tern", "1"), read)

    assert [201, 404] == statuses(plain)
    assert "Tern" == resolved[1]["body"]["displayName"]


async def test_100_operations_and_no_more(sim: Sim) -> None:
    read = {"method": "GET", "url": f"{HERE}/customers/$count"}
    most = await batch(sim, *[read] * 100)
    refused = await sim.refusal("POST", f"{API}/$batch", {"requests": [read] * 101})

    assert [200] * 100 == statuses(most)
    assert (
        500,
        "Unknown",
        (
            "The current batch message contains too many parts. A maximum number of '100' query operations and change "
            "sets are allowed in a batch message."
        ),
    ) == refused


async def test_a_change_set_counts_as_one(sim: Sim) -> None:
    read = {"method": "GET", "url": f"{HERE}/customers/$count", "atomicityGroup": "g"}

    assert [200] * 101 == statuses(await batch(sim, *[read] * 101))


async def test_the_company_header_selects_the_company(sim: Sim) -> None:
    read = {"method": "GET", "url": "customers/$count"}
    inner = {"method": "POST", "url": "customers", "body": {"displayName": "Gull"}}
    outer = await batch(sim, read, Company=COMPANY_NAME)
    own = await batch(sim, {**inner, "headers": {**JSON, "Company": OTHER_COMPANY_NAME}}, Company=COMPANY_NAME)
    missing = await batch(sim, read)

    assert "5" == outer[0]["body"]
    assert f"companies({made_id(OTHER_COMPANY_NAME)})" in own[0]["headers"]["location"]
    assert "Internal_CompanyNotFound" == missing[0]["body"]["error"]["code"]
    assert [] == await names(sim)


async def test_writes_need_the_content_type(sim: Sim) -> None:
    bare = {**create("Gull"), "headers": {}}

    assert [415] == statuses(await batch(sim, bare))


async def test_rules_of_each_operation_hold(sim: Sim) -> None:
    change = {"method": "PATCH", "url": f"{HERE}/customers({FIRST})", "body": {"city": "Hull"}}
    responses = await batch(
        sim,
        {**change, "headers": JSON},
        {**change, "headers": {**JSON, "If-Match": 'W/"stale"'}},
        {**change, "headers": {**JSON, "if-match": "*"}},
        {"method": "DELETE", "url": f"{HERE}/customers({FIRST})"},
        Prefer="odata.continue-on-error",
    )

    assert [400, 409, 200, 204] == statuses(responses)
    assert "BadRequest_InvalidToken" == responses[0]["body"]["error"]["code"]
    assert ({}, False) == (responses[3]["headers"], "body" in responses[3])


async def test_addresses_may_be_absolute(sim: Sim) -> None:
    whole, from_root, elsewhere = await batch(
        sim,
        {"method": "GET", "url": f"{API}/{HERE}/customers?$top=1"},
        {"method": "GET", "url": f"/v2.0/Production/api/v2.0/{HERE}/customers?$top=1"},
        {"method": "GET", "url": "http://elsewhere.test/customers"},
    )

    assert [200, 200, 404] == [whole["status"], from_root["status"], elsewhere["status"]]


async def test_the_next_page_of_a_batched_read(sim: Sim) -> None:
    headers = {"Prefer": "odata.maxpagesize=2"}
    (page,) = await batch(sim, {"method": "GET", "url": f"{HERE}/customers?$select=number", "headers": headers})
    following = await sim.ask("GET", page["body"]["@odata.nextLink"])

    assert "odata.maxpagesize=2" == page["headers"]["preference-applied"]
    assert ["30000", "40000", "50000"] == [row["number"] for row in following.json()["value"]]


async def test_decimals_keep_their_digits(sim: Sim) -> None:
    operation = create("Gull")
    text = msgspec.json.encode({"requests": [operation]}).replace(
        b'"displayName":"Gull"', b'"displayName":"Gull","creditLimit":12345678901234.56789'
    )
    response = await sim.ask("POST", f"{API}/$batch", text, {"Accept": "application/json"})
    (created,) = msgspec.json.Decoder(float_hook=Decimal).decode(response.content)["responses"]

    assert Decimal("12345678901234.56789") == created["body"]["creditLimit"]


async def test_a_stream_inside_a_batch(sim: Sim) -> None:
    url = f"{HERE}/customers({FIRST})/picture/pictureContent"
    body = {"value": base64.b64encode(b"GIF89a\x05\0\x07\0").decode()}
    headers = {**JSON, "If-Match": "*"}
    written, read = await batch(
        sim, {"method": "PATCH", "url": url, "headers": headers, "body": body}, {"method": "GET", "url": url}
    )

    assert (204, {}) == (written["status"], written["headers"])
    assert b"GIF89a\x05\0\x07\0" == base64.b64decode(read["body"])


async def test_operations_count_against_the_rate(sim: Sim) -> None:
    sim.gate.limits = replace(sim.gate.limits, requests=3)
    read = {"method": "GET", "url": f"{HERE}/customers/$count"}
    responses = await batch(sim, read, read, read)

    assert [200, 200, 429] == statuses(responses)
    assert "Application_TooManyRequests" == responses[2]["body"]["error"]["code"]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"{", b'{"requests":[{"method":"GET"}]}'])
async def test_malformed_batches(sim: Sim, body: bytes) -> None:
    assert (400, "BadRequest") == (await sim.refusal("POST", f"{API}/$batch", body))[:2]


async def test_a_batch_is_posted(sim: Sim) -> None:
    assert (405, "BadRequest_MethodNotAllowed") == (await sim.refusal("GET", f"{API}/$batch"))[:2]


async def test_a_read_only_batch_writes_nothing(sim: Sim) -> None:
    responses = await batch(sim, create("Gull"), Data_Access_Intent="ReadOnly")

    assert [400] == statuses(responses)
    assert [] == await names(sim)
