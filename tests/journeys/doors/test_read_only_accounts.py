"""An account that only reads: every door refuses every write on it, agents are offered none, and relinking does not lift it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from doors_world import CONNECTOR, World, walk
from mcp_client import Mcp, told

from linkspan.model import Account
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.read_accounts import list_accounts, read_account

pytestmark = pytest.mark.asyncio(loop_scope="session")
BODY = {"displayName": "Never"}


async def linked(world: World, owner: str, **given: object) -> Account:
    async with world.browser() as browser:
        await walk(browser, await world.link_url(owner, **given), world.answers())
    return next(one for one in await list_accounts(world.hall, world.caller) if one.owner.id == owner)


@pytest_asyncio.fixture(loop_scope="session")
async def reader(world: World) -> AsyncIterator[Account]:
    account = await linked(world, "reader", read_only=True)
    yield account
    async with world.api() as client:
        await client.delete(f"/v1/accounts/{account.id}")


WRITES = {
    "rpc": ("POST", "/actions/rpc", {"action": f"{CONNECTOR}_create_customer", "body": BODY}),
    "rpc, rehearsed": (
        "POST",
        "/actions/rpc",
        {"action": f"{CONNECTOR}_create_customer", "body": BODY, "dry_run": True},
    ),
    "rest": ("POST", f"/v1/actions/{CONNECTOR}_create_customer", {"body": BODY}),
    "passed on": ("POST", "/unified/proxy", {"method": "post", "path": "/companies", "body": BODY}),
}


@pytest.mark.parametrize("way", WRITES)
async def test_every_door_refuses_to_write(world: World, reader: Account, way: str) -> None:
    method, address, call = WRITES[way]
    key = await world.new_key(*ALL_SCOPES)
    async with world.browser(auth=(key, ""), headers={"x-account-id": reader.id}) as client:
        world.simulator.clear_requests()
        answer = await client.request(method, address, json=call)
        read = await client.post("/actions/rpc", json={"action": f"{CONNECTOR}_list_companies"})
    error = answer.json().get("error", answer.json())

    assert (403, "account_read_only", "ask") == (answer.status_code, error["code"], error["advice"]), answer.text
    assert error["run_id"]
    assert 200 == read.status_code
    assert not [seen for seen in world.simulator.requests() if seen.method != "GET"]


async def test_agents_are_offered_no_writes(world: World, reader: Account) -> None:
    mcp = Mcp(world, headers={"x-account-id": reader.id})
    offered = world.hall.catalog.connector(CONNECTOR).actions
    reads = [name for name, action in offered.items() if action.default and not action.verb.writes]
    refused = told(await mcp.call("create_customer", body=BODY))

    assert reads == [tool["name"] for tool in await mcp.tools()]
    assert all(tool["annotations"] == {"readOnlyHint": True} for tool in await mcp.tools())
    assert "account_read_only" == refused["error"]["code"]


async def test_it_is_set_and_lifted_by_the_api(world: World) -> None:
    account = await linked(world, "switched")
    async with world.browser(auth=(world.key, ""), headers={"x-account-id": account.id}) as client:
        changed = await client.patch(f"/v1/accounts/{account.id}", json={"read_only": True})
        refused = await client.post("/actions/rpc", json=WRITES["rpc"][2])
        lifted = await client.patch(f"/v1/accounts/{account.id}", json={"read_only": False})
        written = await client.post("/actions/rpc", json=WRITES["rpc"][2])
        await client.delete(f"/v1/accounts/{account.id}")

    assert [True, False] == [answer.json()["read_only"] for answer in (changed, lifted)]
    assert [403, 200] == [refused.status_code, written.status_code]


async def test_linking_again_does_not_lift_it(world: World, reader: Account) -> None:
    again = await linked(world, "reader", account_id=reader.id)

    assert (reader.id, True) == (again.id, again.read_only)
    assert (await read_account(world.hall, world.caller, reader.id)).read_only


async def test_the_owner_sees_it(world: World, reader: Account) -> None:
    async with world.api() as client:
        link = (await client.post(f"/v1/owners/{reader.owner.id}/page", json={})).json()
    async with world.browser() as browser:
        page = await browser.get(next(value for value in link.values() if str(value).startswith("https://")))

    assert "for reading only" in page.text
