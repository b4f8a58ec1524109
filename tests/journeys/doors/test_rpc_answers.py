"""`POST /actions/rpc`, field by field: success, empty result, validation error, provider error, and what is tolerated."""

import re
from datetime import datetime

import pytest
from doors_world import CONNECTOR, World

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOBODY = "00000000-0000-0000-0000-0000000000aa"


async def test_success(world: World) -> None:
    answer = await world.rpc("list_customers", query={"top": 2, "order_by": "number"})
    told = answer.json()

    assert 200 == answer.status_code
    assert "application/json" == answer.headers["content-type"]
    assert {"data", "next", "run_id"} == told.keys()
    assert 2 == len(told["data"])
    assert all({"@odata.etag", "id", "number", "displayName"} <= row.keys() for row in told["data"])
    assert told["next"] is None
    assert re.fullmatch(r"run_[a-z0-9]{20}", told["run_id"])


async def test_a_page_has_a_cursor_and_a_count(world: World) -> None:
    told = (await world.rpc("list_customers", query={"page_size": 2, "count": True})).json()
    following = (await world.rpc("list_customers", query={"cursor": told["next"]})).json()

    assert isinstance(told["next"], str)
    assert told["count"] > 2
    assert {row["id"] for row in told["data"]}.isdisjoint(row["id"] for row in following["data"])


async def test_empty_result(world: World) -> None:
    answer = await world.rpc("list_customers", query={"filter": "displayName eq 'No such buyer anywhere'"})
    told = answer.json()

    assert 200 == answer.status_code
    assert [] == told["data"]
    assert told["next"] is None
    assert {"data", "next", "run_id"} == told.keys()


async def test_validation_error(world: World) -> None:
    answer = await world.rpc("create_customer", body={"displayNam": "Holm", "creditLimit": "much"}, query={"tpo": 1})
    told = answer.json()

    assert 400 == answer.status_code == told["statusCode"]
    assert {
        "statusCode",
        "message",
        "timestamp",
        "errorCode",
        "errors",
        "provider_errors",
        "code",
        "advice",
        "next_step",
        "run_id",
        "data",
    } == told.keys()
    assert "ValidationError" == told["errorCode"]
    assert "invalid_input" == told["code"]
    assert "fix" == told["advice"]
    assert [] == told["provider_errors"]
    assert any("displayNam" in text and "displayName" in text for text in told["errors"])
    assert any("creditLimit" in text for text in told["errors"])
    assert any("tpo" in text for text in told["errors"])
    assert {"statusCode": 400, "message": told["message"], "headers": {}} == told["data"]
    assert told["timestamp"].endswith("Z")
    assert datetime.fromisoformat(told["timestamp"]).tzinfo is not None
    assert re.fullmatch(r"run_[a-z0-9]{20}", told["run_id"])


async def test_provider_error(world: World) -> None:
    answer = await world.rpc("get_customer", path={"id": NOBODY})
    told = answer.json()

    assert 404 == answer.status_code == told["statusCode"]
    assert "ProviderNotFound" == told["errorCode"]
    assert "record_not_found" == told["code"]
    assert "data" not in told
    (said,) = told["provider_errors"]
    assert 404 == said["status"]
    assert said["url"].startswith(world.simulator.url)
    assert said["message"]
    assert said["raw"]
    assert isinstance(said["headers"], dict)
    assert told["next_step"]
    assert told["run_id"].startswith("run_")


async def test_a_bad_request_of_the_provider_keeps_its_data(world: World) -> None:
    told = (await world.rpc("create_sales_quote", body={"customerNumber": "NOBODY"})).json()

    assert 400 == told["statusCode"]
    assert "ProviderBadRequest" == told["errorCode"]
    assert 400 == told["data"]["statusCode"]
    assert 400 == told["provider_errors"][0]["status"]


async def test_odata_names_are_aliases_here(world: World) -> None:
    told = (
        await world.rpc(
            "list_customers", query={"$top": 1, "$select": "number", "$orderby": "number desc", "debug": True}
        )
    ).json()

    assert 1 == len(told["data"])
    assert {"@odata.etag", "number"} <= told["data"][0].keys()
    assert "displayName" not in told["data"][0]


async def test_an_option_said_twice_is_a_mistake(world: World) -> None:
    told = (await world.rpc("list_customers", query={"$top": 1, "top": 2})).json()

    assert 400 == told["statusCode"]
    assert ["query.$top: is the same as top, which is given too"] == told["errors"]


async def test_what_the_published_clients_send(world: World) -> None:
    async with world.browser(auth=(world.key, "")) as client:
        body = {
            "action": f"{CONNECTOR}_list_customers",
            "body": {},
            "path": None,
            "query": {"$top": 5},
            "headers": {
                "x-account-id": world.account.id,
                "authorization": "ignored",
                "x-connector-profile-id": world.profile.id,
            },
            "defender_enabled": False,
            "defender_config": {"enabled": False},
        }
        answer = await client.post("/actions/rpc?debug=true&sync=false", json=body)

    assert 200 == answer.status_code, answer.text
    assert 5 == len(answer.json()["data"])


@pytest.mark.parametrize(
    ("headers", "inner", "query", "status"),
    [
        ({"x-account-id": "good"}, {"x-account-id": "bad"}, "bad", 200),
        ({"x-account-id": "bad"}, {"x-account-id": "good"}, "good", 404),
        ({}, {"x-account-id": "good"}, "bad", 200),
        ({}, {"X-Account-Id": "good"}, "", 200),
        ({}, {}, "good", 200),
        ({}, {}, "", 400),
    ],
)
async def test_the_account_is_looked_for_in_this_order(
    world: World, headers: dict[str, str], inner: dict[str, str], query: str, status: int
) -> None:
    ids = {"good": world.account.id, "bad": "A" * 20, "": ""}
    async with world.browser(auth=(world.key, "")) as client:
        answer = await client.post(
            "/actions/rpc",
            params={"x-account-id": ids[query]} if query else {},
            headers={name: ids[value] for name, value in headers.items()},
            json={
                "action": f"{CONNECTOR}_list_companies",
                "headers": {name: ids[value] for name, value in inner.items()},
            },
        )

    assert status == answer.status_code, answer.text


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b'{"action": 4}', "action"),
        (b"{}", "action"),
        (b'{"action": "dynamics365bc_list_customers", "querry": {}}', "querry"),
        (b'{"action": "dynamics365bc_list_customers", "query": []}', "query"),
    ],
)
async def test_a_body_that_is_no_call(world: World, body: bytes, place: str) -> None:
    async with world.api() as client:
        answer = await client.post("/actions/rpc", content=body, headers={"content-type": "application/json"})
    told = answer.json()

    assert 400 == answer.status_code
    assert any(text.startswith(f"{place}:") for text in told["errors"]), told


async def test_a_body_that_is_too_large(world: World) -> None:
    async with world.api() as client:
        answer = await client.post("/actions/rpc", content=b" " * (8 * 1024 * 1024 + 1))

    assert 413 == answer.status_code
    assert "payload_too_large" == answer.json()["code"]


async def test_last_writer_wins_is_said(world: World) -> None:
    customer = (await world.rpc("list_customers", query={"top": 1})).json()["data"][0]
    path = {"id": customer["id"]}
    blind = (await world.rpc("update_customer", path=path, body={"phoneNumber": "+47 55 00 11 22"})).json()
    told = {"if_match": blind["data"]["@odata.etag"]}
    careful = (
        await world.rpc("update_customer", path=path, headers=told, body={"phoneNumber": "+47 55 00 11 23"})
    ).json()
    stale = await world.rpc("update_customer", path=path, headers=told, body={"phoneNumber": "+47 55 00 11 24"})

    assert "last_writer_wins" == blind["concurrency"]
    assert "concurrency" not in careful
    assert 409 == stale.status_code
    assert "ProviderConflict" == stale.json()["errorCode"]


async def test_an_unknown_address_has_the_same_shape(world: World) -> None:
    async with world.api() as client:
        answer = await client.get("/actions/nothing")

    assert 404 == answer.status_code
    assert {"statusCode", "message", "timestamp"} <= answer.json().keys()
    assert "/v1/openapi.json" in answer.json()["next_step"]


async def test_the_wrong_method_has_the_same_shape(world: World) -> None:
    async with world.api() as client:
        answer = await client.get("/actions/rpc")

    assert 404 == answer.status_code
    assert "not_found" == answer.json()["code"]
