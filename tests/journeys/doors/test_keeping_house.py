"""Audit log, limits of a key and an owner's data, as the doors answer them."""

import json
from urllib.parse import quote

import pytest
from doors_world import CONNECTOR, World

from linkspan.model import KeyScope

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_change_by_a_key_stands_in_the_audit_log(world: World) -> None:
    async with world.api() as client:
        made = (await client.post("/v1/keys", json={"name": "audited", "per_minute": 9})).json()
        await client.patch(f"/v1/keys/{made['id']}", json={"per_minute": None})
        page = (await client.get("/v1/audit", params={"subject_id": made["id"], "page_size": 1})).json()
        rest = (await client.get("/v1/audit", params={"subject_id": made["id"], "cursor": page["next"]})).json()
        lines = (await client.get("/v1/audit/export")).text.splitlines()
        own = (await client.get("/v1/keys")).json()["data"][0]["id"]
    exported = [entry for entry in map(json.loads, lines) if entry["subject_id"] == made["id"]]

    assert 9 == made["per_minute"]
    assert [("key.created", own), ("key.changed", own)] == [
        (each["event"], each["key_id"]) for each in page["data"] + rest["data"]
    ]
    assert page["data"] + rest["data"] == exported
    assert made["key"] not in "".join(lines)


@pytest.mark.parametrize(
    ("path", "scope"),
    [("/v1/audit", "logs:read"), ("/v1/audit/export", "logs:read"), ("/v1/owners/first/data", "platform:read")],
)
async def test_house_keeping_needs_its_scope(world: World, path: str, scope: str) -> None:
    key = await world.new_key(KeyScope.CONNECTORS_READ)
    async with world.api(key) as client:
        answer = await client.get(path)

    assert (403, "missing_scope") == (answer.status_code, answer.json()["error"]["code"])
    assert scope in answer.json()["error"]["message"]


@pytest.mark.parametrize("cursor", ["-1", "x", "9" * 30, "\u0661"])
async def test_a_cursor_of_the_audit_log_that_is_none(world: World, cursor: str) -> None:
    async with world.api() as client:
        answer = await client.get("/v1/audit", params={"cursor": cursor})

    assert "cursor_invalid" == answer.json()["error"]["code"]


@pytest.mark.parametrize("limit", [0, -5, 10**7, "many"])
async def test_a_limit_that_is_none(world: World, limit: object) -> None:
    async with world.api() as client:
        answer = await client.post("/v1/keys", json={"name": "n", "per_minute": limit})

    assert (400, "invalid_input") == (answer.status_code, answer.json()["error"]["code"])


async def test_a_key_beyond_its_limit_is_told_to_wait_at_every_door_and_nothing_is_sent(world: World) -> None:
    key = await world.new_key(per_minute=2)
    call = {"action": f"{CONNECTOR}_create_item", "body": {"displayName": "Never"}}
    async with world.api(key) as client:
        first = [(await client.get("/v1/project")).status_code for _ in range(2)]
        sent = len(world.simulator.requests())
        rest = await client.get("/v1/project")
        hot = await client.post(f"/v1/actions/{CONNECTOR}_list_items", json={})
        rpc = await client.post("/actions/rpc", json=call)
        mcp = await client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})

    assert [200, 200] == first
    assert [429, 429, 429] == [rest.status_code, hot.status_code, rpc.status_code]
    assert all(29 <= int(answer.headers["retry-after"]) <= 31 for answer in (rest, hot, rpc, mcp))
    assert ("TooManyRequests", "key_limit_reached", "wait") == tuple(
        rpc.json()[name] for name in ("errorCode", "code", "advice")
    )
    assert "key_limit_reached" in mcp.text
    assert sent == len(world.simulator.requests())


async def test_an_owner_is_exported_and_erased_whatever_the_id_looks_like(world: World) -> None:
    owner = "a/b c?d#\u00e9"
    await world.link_url(owner)
    async with world.api() as client:
        address = f"/v1/owners/{quote(owner, safe='')}/data"
        lines = [json.loads(line) for line in (await client.get(address)).text.splitlines()]
        erased = (await client.delete(address)).json()
        again = (await client.delete(address)).json()
        left = (await client.get(address)).text

    assert [("connect_session", owner)] == [(each["record"], each["owner_id"]) for each in lines]
    assert 1 == erased["connect_sessions"]
    assert {0} == set(again.values())
    assert "" == left
