"""A dry run tells what a write would send and the record as it is, and sends nothing."""

import pytest
from doors_world import CONNECTOR, World
from mcp_client import Mcp, told

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rpc(world: World, action: str, **call: object) -> dict:
    async with world.api() as client:
        return (await client.post("/actions/rpc", json={"action": f"{CONNECTOR}_{action}", **call})).json()


async def writes_sent(world: World) -> int:
    return sum(seen.method != "GET" for seen in world.simulator.requests(path="/api/v2.0"))


async def test_a_create_is_told_and_not_sent(world: World) -> None:
    before = await writes_sent(world)
    answer = await rpc(world, "create_item", dry_run=True, body={"displayName": "Dry", "type": "Non-Inventory"})
    data = answer["data"]
    listed = await rpc(world, "list_items", query={"filter": {"displayName": "Dry"}})

    assert data["dry_run"]
    assert "POST" == data["request"]["method"]
    assert data["request"]["url"].endswith("/items")
    assert {"displayName": "Dry", "type": "Non_x002D_Inventory"} == data["request"]["body"]
    assert data["before"] is None
    assert ["key", "account", "profile", "input"] == [check["check"] for check in data["checks"]]
    assert [] == listed["data"]
    assert before == await writes_sent(world)


async def test_an_update_shows_the_record_before_and_judges_the_etag(world: World) -> None:
    made = (await rpc(world, "create_customer", body={"displayName": "Dry & Before", "city": "Bodø"}))["data"]
    call = {"path": {"id": made["id"]}, "body": {"city": "Narvik"}, "dry_run": True}
    plain = (await rpc(world, "update_customer", **call))["data"]
    fresh = (await rpc(world, "update_customer", **call, headers={"if_match": made["@odata.etag"]}))["data"]
    stale = (await rpc(world, "update_customer", **call, headers={"if_match": 'W/"c3RhbGU="'}))["data"]

    assert ("PATCH", "Bodø") == (plain["request"]["method"], plain["before"]["city"])
    assert made["@odata.etag"] == plain["request"]["if_match"]
    assert fresh["checks"][-1]["ok"]
    assert ("etag", False) == (stale["checks"][-1]["check"], stale["checks"][-1]["ok"])
    assert "Bodø" == (await rpc(world, "get_customer", path={"id": made["id"]}))["data"]["city"]


async def test_a_delete_leaves_the_record(world: World) -> None:
    made = (await rpc(world, "create_customer", body={"displayName": "Dry & Kept"}))["data"]
    dry = (await rpc(world, "delete_customer", path={"id": made["id"]}, dry_run=True))["data"]

    assert ("DELETE", "Dry & Kept") == (dry["request"]["method"], dry["before"]["displayName"])
    assert made["id"] == (await rpc(world, "get_customer", path={"id": made["id"]}))["data"]["id"]


async def test_a_key_is_not_used_up_by_a_dry_run(world: World) -> None:
    call = {"body": {"displayName": "Dry then wet"}, "idempotency_key": "dry-1"}
    await rpc(world, "create_customer", **call, dry_run=True)
    wet = await rpc(world, "create_customer", **call)

    assert "replayed" not in wet
    assert "Dry then wet" == wet["data"]["displayName"]


async def test_what_would_be_refused_is_refused(world: World) -> None:
    nobody = "00000000-0000-0000-0000-0000000000dd"
    invalid = await rpc(world, "create_customer", body={"displayNmae": "x"}, dry_run=True)
    missing = await rpc(world, "delete_customer", path={"id": nobody}, dry_run=True)
    reading = await rpc(world, "list_items", dry_run=True)
    odd = await rpc(world, "create_customer", body={"displayName": "x"}, dry_run="yes")

    assert ["invalid_input", "record_not_found", "invalid_input", "invalid_input"] == [
        answer["code"] for answer in (invalid, missing, reading, odd)
    ]


async def test_on_the_other_doors(world: World) -> None:
    mcp = Mcp(world, headers={"x-account-id": world.account.id})
    agent = told(await mcp.call("create_customer", body={"displayName": "Dry agent"}, dry_run=True))["data"]
    async with world.api() as client:
        answer = await client.post(
            f"/v1/actions/{CONNECTOR}_create_customer", json={"body": {"displayName": "Dry rest"}, "dry_run": True}
        )

    assert agent["dry_run"]
    assert answer.json()["data"]["dry_run"]
