"""`POST /v1/actions/{id}`: the answer, the error shape, exact digits, and the stream of all rows."""

import json

import pytest
from doors_world import BASE, CONNECTOR, World

pytestmark = pytest.mark.asyncio(loop_scope="session")
NDJSON = {"accept": "application/x-ndjson"}


async def test_a_list(world: World) -> None:
    async with world.api() as client:
        answer = await client.post(f"/v1/actions/{CONNECTOR}_list_items", json={"query": {"top": 3, "filter": {"type": "Inventory"}}})
    told = answer.json()

    assert 200 == answer.status_code
    assert {"data", "next", "run_id"} == told.keys()
    assert ["Inventory"] * 3 == [row["type"] for row in told["data"]]


async def test_the_account_may_stand_in_the_address(world: World) -> None:
    async with world.browser(auth=(world.key, "")) as client:
        answer = await client.post(f"/v1/actions/{CONNECTOR}_list_companies?account_id={world.account.id}")

    assert 200 == answer.status_code, answer.text


async def test_odata_names_are_not_known_here(world: World) -> None:
    async with world.api() as client:
        told = (await client.post(f"/v1/actions/{CONNECTOR}_list_items", json={"query": {"$top": 3}})).json()["error"]

    assert "invalid_input" == told["code"]
    assert "query.$top" == told["mistakes"][0]["where"]


async def test_the_error_shape(world: World) -> None:
    nobody = "00000000-0000-0000-0000-0000000000cc"
    async with world.api() as client:
        answer = await client.post(f"/v1/actions/{CONNECTOR}_get_item", json={"path": {"id": nobody}})
        unknown = await client.post(f"/v1/actions/{CONNECTOR}_get_itme", json={})
    told = answer.json()["error"]

    assert 404 == answer.status_code
    assert {"code", "message", "next_step", "advice", "run_id", "mistakes", "provider"} == told.keys()
    assert "record_not_found" == told["code"]
    assert {"status", "code", "message", "request_id"} == told["provider"].keys()
    assert 404 == told["provider"]["status"]
    assert f"{CONNECTOR}_get_item" == unknown.json()["error"]["mistakes"][0]["nearest"]


async def test_digits_survive_the_door(world: World) -> None:
    digits = "19.10"
    async with world.api() as client:
        body = b'{"body": {"displayName": "Exact shackle", "type": "Inventory", "unitPrice": %s}}' % digits.encode()
        answer = await client.post(f"/v1/actions/{CONNECTOR}_create_item", content=body)
        read = await client.post(f"/v1/actions/{CONNECTOR}_get_item", json={"path": {"id": answer.json()["data"]["id"]}})

    assert 200 == answer.status_code, answer.text
    assert b'"unitPrice":' in read.content
    assert json.loads(read.content, parse_float=str)["data"]["unitPrice"] in {"19.10", "19.1"}


async def test_a_stream_of_every_row(world: World) -> None:
    async with world.api() as client:
        answer = await client.post(f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"page_size": 2}}, headers=NDJSON)
        whole = await client.post(f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"all": True}})
        run = (await client.get(f"/v1/runs/{answer.headers['x-run-id']}")).json()
    rows = [json.loads(line) for line in answer.text.splitlines()]

    assert "application/x-ndjson" == answer.headers["content-type"]
    assert [row["id"] for row in whole.json()["data"]] == [row["id"] for row in rows]
    assert len(rows) > 2
    assert (200, len(rows)) == (run["status"], run["rows"])


async def test_a_stream_that_cannot_begin_has_its_own_status(world: World) -> None:
    async with world.api() as client:
        wrong = await client.post(f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"selct": "number"}}, headers=NDJSON)
        refused = await client.post(f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"filter": "nosuch eq 1"}}, headers=NDJSON)

    assert (400, "invalid_input") == (wrong.status_code, wrong.json()["error"]["code"])
    assert 400 == refused.status_code


async def test_a_stream_that_breaks_midway_ends_with_the_error(world: World) -> None:
    # The first page goes through (a delay of nothing), the second is refused.
    world.simulator.fail_next("delay", method="GET", path="/customers", delay_seconds=0)
    world.simulator.fail_next("status", method="GET", path="/customers", status=400)
    async with world.api() as client:
        answer = await client.post(f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"page_size": 2}}, headers=NDJSON)
        run = (await client.get(f"/v1/runs/{answer.headers['x-run-id']}")).json()
    world.simulator.clear_failures()
    *rows, last = [json.loads(line) for line in answer.text.splitlines()]

    assert 200 == answer.status_code
    assert 2 == len(rows)
    assert "provider_rejected" == last["error"]["code"] == run["error_code"]
    assert run["id"] == last["error"]["run_id"]
    assert 400 == run["status"]


async def test_forwarded_headers_change_nothing(world: World) -> None:
    lies = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "forwarded": "host=evil.example"}
    async with world.api() as client:
        session = await client.post(
            "/v1/connect_sessions", json={"connector": CONNECTOR, "origin_owner_id": "f", "origin_owner_name": "f"}, headers=lies
        )
        document = await client.get("/v1/openapi.json", headers=lies)
        guide = await client.get(f"/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0.md", headers=lies)

    assert session.json()["link_url"].startswith(f"{BASE}/connect/s/")
    assert "evil.example" not in document.text + guide.text
