"""`POST /v1/actions/{id}`: the answer, the error shape, exact digits, and the stream of all rows."""

import json

import pytest
from doors_world import BASE, CONNECTOR, World

pytestmark = pytest.mark.asyncio(loop_scope="session")
NDJSON = {"accept": "application/x-ndjson"}


async def test_a_list(world: World) -> None:
    async with world.api() as client:
        answer = await client.post(
            f"/v1/actions/{CONNECTOR}_list_items", json={"query": {"top": 3, "filter": {"type": "Inventory"}}}
        )
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
    assert {
        "code", "message", "next_step", "advice", "run_id", "first_run_id", "candidate_ids", "mistakes", "provider", "who", "link",
    } == told.keys()  # fmt: skip
    assert "record_not_found" == told["code"]
    assert {"status", "code", "message", "request_id"} == told["provider"].keys()
    assert 404 == told["provider"]["status"]
    assert f"{CONNECTOR}_get_item" == unknown.json()["error"]["mistakes"][0]["nearest"]


async def test_digits_survive_the_door(world: World) -> None:
    digits = "19.10"
    async with world.api() as client:
        body = b'{"body": {"displayName": "Exact shackle", "type": "Inventory", "unitPrice": %s}}' % digits.encode()
        answer = await client.post(f"/v1/actions/{CONNECTOR}_create_item", content=body)
        read = await client.post(
            f"/v1/actions/{CONNECTOR}_get_item", json={"path": {"id": answer.json()["data"]["id"]}}
        )

    assert 200 == answer.status_code, answer.text
    assert b'"unitPrice":' in read.content
    assert json.loads(read.content, parse_float=str)["data"]["unitPrice"] in {"19.10", "19.1"}


async def test_a_stream_of_every_row(world: World) -> None:
    async with world.api() as client:
        answer = await client.post(
            f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"page_size": 2}}, headers=NDJSON
        )
        whole = await client.post(f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"all": True}})
        run = (await client.get(f"/v1/runs/{answer.headers['x-run-id']}")).json()
    rows = [json.loads(line) for line in answer.text.splitlines()]

    assert "application/x-ndjson" == answer.headers["content-type"]
    assert [row["id"] for row in whole.json()["data"]] == [row["id"] for row in rows]
    assert len(rows) > 2
    assert (200, len(rows)) == (run["status"], run["rows"])


async def test_a_stream_that_cannot_begin_has_its_own_status(world: World) -> None:
    async with world.api() as client:
        wrong = await client.post(
            f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"selct": "number"}}, headers=NDJSON
        )
        refused = await client.post(
            f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"filter": "nosuch eq 1"}}, headers=NDJSON
        )

    assert (400, "invalid_input") == (wrong.status_code, wrong.json()["error"]["code"])
    assert 400 == refused.status_code


async def test_a_stream_that_breaks_midway_ends_with_the_error(world: World) -> None:
    # The first page goes through (a delay of nothing), the second is refused.
    world.simulator.fail_next("delay", method="GET", path="/customers", delay_seconds=0)
    world.simulator.fail_next("status", method="GET", path="/customers", status=400)
    async with world.api() as client:
        answer = await client.post(
            f"/v1/actions/{CONNECTOR}_list_customers", json={"query": {"page_size": 2}}, headers=NDJSON
        )
        run = (await client.get(f"/v1/runs/{answer.headers['x-run-id']}")).json()
    world.simulator.clear_failures()
    *rows, last = [json.loads(line) for line in answer.text.splitlines()]

    assert 200 == answer.status_code
    assert 2 == len(rows)
    assert "provider_rejected" == last["error"]["code"] == run["error_code"]
    assert run["id"] == last["error"]["run_id"]
    assert 400 == run["status"]


async def test_forwarded_headers_change_nothing(world: World) -> None:
    lies = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "http",
        "forwarded": "host=evil.example",
    }
    async with world.api() as client:
        session = await client.post(
            "/v1/connect_sessions",
            json={"connector": CONNECTOR, "origin_owner_id": "f", "origin_owner_name": "f"},
            headers=lies,
        )
        document = await client.get("/v1/openapi.json", headers=lies)
        guide = await client.get(f"/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0.md", headers=lies)

    assert session.json()["link_url"].startswith(f"{BASE}/connect/s/")
    assert "evil.example" not in document.text + guide.text


@pytest.mark.parametrize(
    "address", ["/v1/accounts/", "/healthz/", "/mcp/", "/connect/", "/connectors/", "/nosuch", "/static/x"]
)
async def test_no_host_header_says_where_we_are(world: World, address: str) -> None:
    async with world.browser(headers={"host": "evil.example"}) as client:
        client.follow_redirects = False
        told = await client.get(address)
        for_programs = await client.get(address, headers={"accept": "application/json"})

    assert 404 == told.status_code
    assert "evil.example" not in told.text + str(told.headers)
    assert 404 == for_programs.status_code
    assert address == "/static/x" or "not_found" in for_programs.text


async def test_a_list_that_is_too_long_names_the_stream(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkspan.engine.pages.MOST_ROWS_AT_ONCE", 3)
    async with world.api() as client:
        rest = await client.post(f"/v1/actions/{CONNECTOR}_list_items", json={"query": {"all": True}})
        rpc = await client.post("/actions/rpc", json={"action": f"{CONNECTOR}_list_items", "query": {"all": True}})
        stream = await client.post(f"/v1/actions/{CONNECTOR}_list_items", json={"query": {}}, headers=NDJSON)

    assert 400 == rest.status_code == rpc.status_code
    assert "too_many_rows" == rest.json()["error"]["code"] == rpc.json()["code"]
    assert "TooManyRows" == rpc.json()["errorCode"]
    assert "application/x-ndjson" in rest.json()["error"]["next_step"]
    assert f"{BASE}/v1/actions/{CONNECTOR}_list_items" in rpc.json()["next_step"]
    assert len(stream.text.splitlines()) > 3


async def test_only_lists_are_streamed(world: World) -> None:
    async with world.api() as client:
        answer = await client.post(f"/v1/actions/{CONNECTOR}_get_item", json={"path": {"id": "x"}}, headers=NDJSON)

    assert 400 == answer.status_code
    assert "invalid_input" == answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("PUT", f"/v1/actions/{CONNECTOR}_list_items", b"", 405, "bad_request"),
        ("DELETE", "/v1/project", b"", 405, "bad_request"),
        ("GET", "/v1/nothing", b"", 404, "not_found"),
        ("POST", "/v1/keys", b"{", 400, "invalid_input"),
        ("POST", "/v1/keys", b" " * (8 * 1024 * 1024 + 1), 413, "payload_too_large"),
        ("POST", f"/v1/actions/{CONNECTOR}_list_items", b" " * (8 * 1024 * 1024 + 1), 413, "payload_too_large"),
        ("POST", f"/v1/actions/{CONNECTOR}_list_items", b"[1]", 400, "invalid_input"),
        ("POST", f"/v1/actions/{CONNECTOR}_list_items", b'{"action": "x"}', 400, "invalid_input"),
    ],
)
async def test_what_no_endpoint_takes_has_the_same_shape(
    world: World, method: str, path: str, content: bytes, status: int, code: str
) -> None:
    async with world.api() as client:
        answer = await client.request(method, path, content=content, headers={"content-type": "application/json"})

    assert status == answer.status_code, answer.text
    assert code == answer.json()["error"]["code"]
    assert answer.json()["error"]["next_step"]
