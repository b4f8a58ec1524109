"""The MCP door's protocol: both eras, and every refusal."""

import base64
import json

import pytest
from doors_world import CONNECTOR, World
from mcp_client import META, STATELESS, Mcp

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def mcp(world: World) -> Mcp:
    return Mcp(world, headers={"x-account-id": world.account.id})


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
async def test_initialize_answers_the_version_asked_for(mcp: Mcp, version: str) -> None:
    params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    result = (await mcp.ask("initialize", params)).json()["result"]

    assert version == result["protocolVersion"]
    assert {"tools": {}} == result["capabilities"]
    assert "linkspan" == result["serverInfo"]["name"]
    assert result["instructions"]


async def test_an_unknown_version_is_answered_with_the_newest_of_the_handshake(mcp: Mcp) -> None:
    result = (await mcp.ask("initialize", {"protocolVersion": "1999-01-01"})).json()["result"]

    assert "2025-11-25" == result["protocolVersion"]


async def test_notifications_are_accepted_and_ping_is_answered(mcp: Mcp) -> None:
    accepted = await mcp.post({"jsonrpc": "2.0", "method": "notifications/initialized"})
    ping = await mcp.ask("ping")

    assert (202, b"") == (accepted.status_code, accepted.content)
    assert {} == ping.json()["result"]


async def test_the_stateless_revision_needs_no_handshake(mcp: Mcp) -> None:
    found = (await mcp.ask_stateless("server/discover")).json()["result"]
    listed = (await mcp.ask_stateless("tools/list")).json()["result"]

    assert [STATELESS] == found["supportedVersions"]
    assert "complete" == found["resultType"] == listed["resultType"]
    assert "linkspan" == found["_meta"]["io.modelcontextprotocol/serverInfo"]["name"]
    assert 70 == len(listed["tools"])
    assert {"ttlMs": 60_000, "cacheScope": "private"} == {name: listed[name] for name in ("ttlMs", "cacheScope")}


STATELESS_REFUSALS = {
    "no version in the body": ({"_meta": {"io.modelcontextprotocol/clientCapabilities": {}}}, {}, -32602, 400),
    "no capabilities": ({"_meta": {"io.modelcontextprotocol/protocolVersion": STATELESS}}, {}, -32602, 400),
    "another method in the header": ({}, {"mcp-method": "tools/call"}, -32020, 400),
    "another version in the header": ({}, {"mcp-protocol-version": "2099-01-01"}, -32020, 400),
}


@pytest.mark.parametrize("name", STATELESS_REFUSALS)
async def test_a_stateless_request_that_contradicts_itself_is_refused(mcp: Mcp, name: str) -> None:
    params, headers, code, status = STATELESS_REFUSALS[name]
    answer = await mcp.ask_stateless("tools/list", params, **headers)

    assert (status, code) == (answer.status_code, answer.json()["error"]["code"])


async def test_a_version_that_is_not_served_is_told_which_are(mcp: Mcp) -> None:
    meta = META | {"io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    answer = await mcp.ask_stateless("tools/list", {"_meta": meta}, **{"mcp-protocol-version": "2099-01-01"})

    assert 400 == answer.status_code
    assert -32022 == answer.json()["error"]["code"]
    assert {"supported": [STATELESS], "requested": "2099-01-01"} == answer.json()["error"]["data"]


async def test_a_tools_name_in_another_header_is_refused(mcp: Mcp) -> None:
    answer = await mcp.ask_stateless("tools/call", {"name": f"{CONNECTOR}_list_items"}, **{"mcp-name": "other"})

    assert (400, -32020) == (answer.status_code, answer.json()["error"]["code"])


async def test_a_name_header_in_base64_is_understood(mcp: Mcp) -> None:
    encoded = "=?base64?ZHluYW1pY3MzNjViY19saXN0X2l0ZW1z?="
    answer = await mcp.ask_stateless(
        "tools/call", {"name": f"{CONNECTOR}_list_items", "arguments": {}}, **{"mcp-name": encoded}
    )

    assert "columns" in answer.json()["result"]["content"][0]["text"]


BROKEN = {
    "no JSON": (b"{", -32700),
    "a list": (b"[]", -32600),
    "another version": (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
    "no method": (b'{"jsonrpc":"2.0","id":1}', -32600),
    "params of another kind": (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32600),
    "an id that is no id": (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600),
    "null as id": (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_no_message_is_a_named_error(mcp: Mcp, name: str) -> None:
    body, code = BROKEN[name]
    answer = await mcp.post(body)

    assert 400 == answer.status_code
    assert code == answer.json()["error"]["code"]
    assert answer.json()["id"] is None


async def test_unknown_methods_and_tools(mcp: Mcp) -> None:
    method = await mcp.ask("resources/list")
    stateless = await mcp.ask_stateless("initialize")
    tool = await mcp.ask("tools/call", {"name": f"{CONNECTOR}_list_customer"})

    assert -32601 == method.json()["error"]["code"]
    assert (404, -32601) == (stateless.status_code, stateless.json()["error"]["code"])
    assert -32602 == tool.json()["error"]["code"]
    assert f"{CONNECTOR}_list_customers" in tool.json()["error"]["message"]


async def test_http_refuses_what_is_no_request(world: World) -> None:
    async with world.api() as client:
        get = await client.get("/mcp", headers={"accept": "text/event-stream"})
        gone = await client.delete("/mcp")
        text = await client.post("/mcp", content="{}", headers={"content-type": "text/plain"})
        html = await client.post("/mcp", json={}, headers={"accept": "text/html"})
        foreign = await client.post("/mcp", json={}, headers={"origin": "https://evil.example"})
        rebound = await client.post("/mcp", json={}, headers={"host": "evil.example"})

    assert [405, 405, 415, 406, 403, 403] == [
        answer.status_code for answer in (get, gone, text, html, foreign, rebound)
    ]
    assert "POST" == get.headers["allow"]


async def test_without_a_key_there_is_a_401_in_json(world: World) -> None:
    async with world.browser() as client:
        answer = await client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"})

    assert 401 == answer.status_code
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "unauthenticated" == answer.json()["error"]["data"]["code"]


@pytest.mark.parametrize("form", ["basic with colon", "basic", "bearer", "bare"])
async def test_every_form_of_the_key_opens_the_door(world: World, form: str) -> None:
    header = {
        "basic with colon": "Basic " + base64.b64encode(f"{world.key}:".encode()).decode(),
        "bearer": f"Bearer {world.key}",
        "bare": world.key,
        "basic": "Basic " + base64.b64encode(world.key.encode()).decode(),
    }[form]
    async with world.browser(headers={"authorization": header}) as client:
        answer = await client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"})

    assert 200 == answer.status_code


async def test_wishes_that_are_none_are_refused_with_all_mistakes(world: World) -> None:
    answer = await Mcp(world, address="/mcp?param-style=cubist&tool-mode=all").ask("tools/list")

    assert 400 == answer.status_code
    assert "nested, flat_prefixed, flat_smart" in answer.json()["error"]["message"]
    assert "individual, search_execute" in answer.json()["error"]["message"]


async def test_a_body_beyond_the_bound_is_refused(mcp: Mcp) -> None:
    answer = await mcp.post(b" " * (9 * 1024 * 1024))

    assert 413 == answer.status_code
    assert "payload_too_large" == json.loads(answer.content)["error"]["data"]["code"]
