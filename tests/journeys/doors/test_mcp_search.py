"""The mode search_execute, and the search of the compatible door."""

import json

import pytest
from doors_world import CONNECTOR, World
from mcp_client import Mcp, told

from linkspan.model import KeyScope
from tokens import tokens

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def mcp(world: World) -> Mcp:
    return Mcp(world, address="/mcp?tool-mode=search_execute", headers={"x-account-id": world.account.id})


async def test_two_tools_of_few_tokens(mcp: Mcp) -> None:
    tools = await mcp.tools()

    assert [f"{CONNECTOR}_search_actions", f"{CONNECTOR}_execute_action"] == [tool["name"] for tool in tools]
    assert 400 > tokens(json.dumps(tools, separators=(",", ":")))
    assert [True, False] == [tool["annotations"]["readOnlyHint"] for tool in tools]


async def test_an_agent_finds_an_action_and_runs_it(mcp: Mcp) -> None:
    found = told(await mcp.call("search_actions", query="make a new customer", top_k=3))["actions"]
    made = told(await mcp.call("execute_action", action_id=found[0]["action_id"], body={"displayName": "Found & Made"}))
    listed = told(
        await mcp.call(
            "execute_action", action_id=f"{CONNECTOR}_list_customers", query={"filter": "displayName eq 'Found & Made'"}
        )
    )

    assert f"{CONNECTOR}_create_customer" == found[0]["action_id"]
    assert 3 == len(found)
    assert "displayName" in found[0]["input"]["body"]["properties"]
    assert "Found & Made" == made["data"]["displayName"]
    assert 1 == len(listed["rows"])


async def test_only_what_the_account_offers_is_found(mcp: Mcp, world: World) -> None:
    found = told(await mcp.call("search_actions", query="sales", top_k=50))["actions"]
    enabled = {name for name, action in world.hall.catalog.actions.items() if action.default}

    assert found
    assert {one["action_id"] for one in found} <= enabled


async def test_mistakes_of_the_two_tools(mcp: Mcp) -> None:
    blank = told(await mcp.call("search_actions", query=" "))
    stray = told(await mcp.call("search_actions", query="x", top="3"))
    unknown = told(await mcp.call("execute_action", action_id=f"{CONNECTOR}_list_custmers"))
    single = await mcp.ask("tools/call", {"name": f"{CONNECTOR}_list_items", "arguments": {}})

    assert {"invalid_input"} == {blank["error"]["code"], stray["error"]["code"]}
    assert "unknown_action" == unknown["error"]["code"]
    assert "list_customers" in str(unknown["error"]["mistakes"])
    assert -32602 == single.json()["error"]["code"]


async def test_searching_by_the_compatible_door(world: World) -> None:
    async with world.api() as client:
        answer = await client.post(
            "/actions/search", json={"query": "chart of accounts", "top_k": 3, "connector": CONNECTOR}
        )
        pseudo = await client.post("/actions/search", json={"query": "feedback", "connector": "tool"})
        built = await client.post("/actions/build", json={"connector_key": CONNECTOR})
    body = answer.json()

    assert [200, 200, 200] == [one.status_code for one in (answer, pseudo, built)]
    assert f"{CONNECTOR}_list_accounts" in [one["id"] for one in body["results"]]
    assert {"id", "similarity_score", "action_name", "connector_key", "description", "label", "project_id"} == body[
        "results"
    ][0].keys()
    assert CONNECTOR == body["connector_filter"]
    assert "project_filter" not in body
    assert [] == pseudo.json()["results"]
    assert "success" == built.json()["status"]
    assert len(world.hall.catalog.connectors[CONNECTOR].actions) == built.json()["actions_indexed"]


async def test_a_search_needs_a_question_and_the_scope(world: World) -> None:
    key = await world.new_key(KeyScope.LOGS_READ)
    async with world.api() as client:
        nothing = await client.post("/actions/search", json={})
    async with world.api(key) as client:
        refused = await client.post("/actions/search", json={"query": "x"})

    assert (400, 403) == (nothing.status_code, refused.status_code)
