"""Signing in an MCP client: discovery, registration, consent, tokens, and what they open."""

import re
from pathlib import Path

import httpx2
import pytest
from doors_world import BASE, CONNECTOR, World, open_world, walk
from mcp_client import Mcp, told
from signin_client import REDIRECT, RESOURCE, Signin, answered, press

from linkspan.model import KeyScope
from linkspan.simulator import Simulator
from linkspan.usecases.audit import read_audit
from linkspan.usecases.owner_page import open_owner_page

pytestmark = pytest.mark.asyncio(loop_scope="session")
WRITES = {f"{CONNECTOR}_create_customer", f"{CONNECTOR}_update_customer", f"{CONNECTOR}_delete_customer"}


async def names_of(mcp: Mcp) -> set[str]:
    return {tool["name"] for tool in await mcp.tools()}


async def test_discovery_leads_from_the_door_to_the_token_endpoint_and_tells_of_no_project(world: World) -> None:
    async with world.browser() as client:
        refused = await client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"})
        wrong = await client.post("/mcp", headers={"authorization": "Bearer mcp_at_x"}, json={})
        challenge = refused.headers.get_list("www-authenticate")[0]
        resource = await client.get(re.findall(r'resource_metadata="([^"]+)"', challenge)[0])
        issuer = resource.json()["authorization_servers"][0]
        found = [
            await client.get(f"{issuer}/.well-known/{name}")
            for name in ("oauth-authorization-server", "openid-configuration")
        ]
        plain = await client.get("/.well-known/oauth-protected-resource")
    server = found[0].json()
    everything = resource.text + found[0].text + refused.text

    assert (401, 401) == (refused.status_code, wrong.status_code)
    assert 'scope="actions:read actions:write"' in challenge
    assert "error=" not in challenge
    assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
    assert (RESOURCE, resource.json()) == (resource.json()["resource"], plain.json())
    assert found[0].json() == found[1].json()
    assert (BASE, ["S256"], ["code"]) == (
        server["issuer"],
        server["code_challenge_methods_supported"],
        server["response_types_supported"],
    )
    assert server["client_id_metadata_document_supported"] is True
    assert server["authorization_response_iss_parameter_supported"] is True
    assert "application/json" == found[0].headers["content-type"]
    assert not any(name in everything for name in (world.project.id, world.project.name, world.account.id))


async def test_a_client_reads_and_refreshes_and_reads_again(world: World) -> None:
    client, account = Signin(world), world.account.id
    tokens = await client.signed_in({account: "read"})
    mcp = client.mcp(tokens["access_token"])
    tools, listed = await names_of(mcp), told(await mcp.call("list_customers", query={"top": 2}))
    newer = (await client.refresh(str(tokens["refresh_token"]))).json()
    again = told(await client.mcp(newer["access_token"]).call("list_customers", query={"top": 1}))

    assert ("Bearer", 900, "actions:read") == (tokens["token_type"], tokens["expires_in"], tokens["scope"])
    assert 48 == len(tools)
    assert not tools & WRITES
    assert (2, 1) == (len(listed["rows"]), len(again["rows"]))
    assert not {tokens["access_token"], tokens["refresh_token"]} & {newer["access_token"], newer["refresh_token"]}


async def test_the_answer_carries_state_issuer_and_a_code(world: World) -> None:
    client = Signin(world)
    await client.register()
    async with world.browser() as browser:
        answer = await client.agree(browser, {world.account.id: "read"})
        refused = await press(browser, await browser.get(client.address()), "deny")
    said = answered(answer)

    assert answer.headers["location"].startswith(f"{REDIRECT}?")
    assert {"code", "state", "iss"} == set(said)
    assert (client.state, BASE) == (said["state"], said["iss"])
    assert ("access_denied", client.state, BASE) == tuple(answered(refused)[name] for name in ("error", "state", "iss"))
    assert "no-store" == answer.headers["cache-control"]


async def test_writing_is_offered_only_where_it_was_allowed_and_asked_for_by_step_up(world: World) -> None:
    client, account = Signin(world), world.account.id
    reads = client.mcp((await client.signed_in({account: "read"}))["access_token"])
    asked = {"name": f"{CONNECTOR}_create_customer", "arguments": {"body": {"displayName": "Nobody"}}}
    refused = await reads.ask("tools/call", asked)
    writes = client.mcp((await client.signed_in({account: "write"}))["access_token"])
    made = told(await writes.call("create_customer", body={"displayName": "Signed In Ltd"}))
    gone = await writes.call("delete_customer", path={"id": made["data"]["id"]})
    challenge = refused.headers["www-authenticate"]

    assert 403 == refused.status_code
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="actions:read actions:write"' in challenge
    assert f'resource_metadata="{BASE}/.well-known/oauth-protected-resource/mcp"' in challenge
    assert "isError" not in gone


async def test_only_ticked_areas_are_open(world: World) -> None:
    client, account = Signin(world), world.account.id
    areas = {"actions": "some", "read": f"{CONNECTOR}.items", "write": f"{CONNECTOR}.customers"}
    tokens = await client.signed_in({account: "write"}, **areas)
    mcp = client.mcp(tokens["access_token"])
    tools = await names_of(mcp)
    refused = await mcp.call("list_vendors")
    hidden = await mcp.call("create_item", body={"displayName": "No"})

    assert "actions:read actions:write" == tokens["scope"]
    assert WRITES < tools
    assert {f"{CONNECTOR}_list_items", f"{CONNECTOR}_get_item"} < tools
    assert 7 == len(tools)
    assert (True, True) == (refused["isError"], hidden["isError"])


async def test_an_account_that_was_not_chosen_is_not_there(world: World) -> None:
    client, account = Signin(world), world.account.id
    other = await linked(world, "second")
    mcp = client.mcp((await client.signed_in({account: "read"}))["access_token"])
    by_header = await mcp.ask("tools/list")
    mcp.headers["x-account-id"] = other
    listed = await mcp.ask("tools/list")
    called = await mcp.call("list_items")
    del mcp.headers["x-account-id"]
    inside = await mcp.call("list_items", headers={"x-account-id": other})
    by_key = Mcp(world, headers={"x-account-id": other})

    assert 48 == len(by_header.json()["result"]["tools"])
    assert "not_found" == listed.json()["error"]["data"]["code"]
    assert "not_found" == told(called)["error"]["code"]
    assert inside["isError"]
    assert "isError" not in await by_key.call("list_items")


async def test_two_accounts_with_two_levels(world: World) -> None:
    client, account = Signin(world), world.account.id
    other = await linked(world, "third")
    mcp = client.mcp((await client.signed_in({account: "read", other: "write"}))["access_token"])
    tools = {tool["name"]: tool for tool in await mcp.tools()}
    reads = tools[f"{CONNECTOR}_list_items"]["inputSchema"]["properties"]["headers"]["properties"]["x-account-id"]
    writes = await mcp.call("create_customer", headers={"x-account-id": account}, body={"displayName": "No"})

    assert {account, other} == set(reads["enum"])
    assert "headers" not in tools[f"{CONNECTOR}_create_customer"]["inputSchema"]["properties"]
    assert writes["isError"]


async def test_search_and_execute_is_held_to_the_same(world: World) -> None:
    client, account = Signin(world), world.account.id
    mcp = client.mcp((await client.signed_in({account: "read"}))["access_token"])
    mcp.address = "/mcp?tool-mode=search_execute"
    found = told(await mcp.call("search_actions", query="create a customer", top_k=20))
    asked = {"action_id": f"{CONNECTOR}_delete_customer", "path": {"id": "x"}}
    refused = await mcp.ask("tools/call", {"name": f"{CONNECTOR}_execute_action", "arguments": asked})

    assert found["actions"]
    assert all(action["read_only"] for action in found["actions"])
    assert 403 == refused.status_code


async def test_a_token_opens_nothing_but_the_mcp_door(world: World) -> None:
    tokens = await Signin(world).signed_in({world.account.id: "write"})
    headers = {"authorization": f"Bearer {tokens['access_token']}", "x-account-id": world.account.id}
    async with world.browser(headers=headers) as client:
        answers = [
            await client.get("/v1/accounts"),
            await client.get("/v1/keys"),
            await client.post("/actions/rpc", json={"action": f"{CONNECTOR}_list_items"}),
            await client.post(f"/v1/actions/{CONNECTOR}_list_items", json={}),
        ]
        refresh = await client.post("/mcp", headers={"authorization": f"Bearer {tokens['refresh_token']}"}, json={})

    assert {401} == {answer.status_code for answer in answers}
    assert 401 == refresh.status_code


async def test_a_key_bounds_what_it_can_give_and_takes_it_along(world: World) -> None:
    text = await world.new_key(KeyScope.ACTIONS_READ)
    key = next(key for key in await world.hall.keys.list(world.project.id) if text.startswith(key.prefix))
    client = Signin(world)
    await client.register()
    async with world.browser() as browser:
        page = await press(browser, await browser.get(client.address()), "prove", proof=text)
        more = await press(browser, page, "allow", **{f"account.{world.account.id}": "write", "actions": "all"})
    tokens = await client.signed_in({world.account.id: "read"}, proof=text)
    mcp = client.mcp(tokens["access_token"])
    before = await mcp.ask("tools/list")
    async with world.api() as api:
        await api.patch(f"/v1/keys/{key.id}", json={"enabled": False})
        disabled = await mcp.ask("tools/list")
        refused = await client.refresh(str(tokens["refresh_token"]))
        await api.patch(f"/v1/keys/{key.id}", json={"enabled": True})
        enabled = await mcp.ask("tools/list")
        await api.delete(f"/v1/keys/{key.id}")
    deleted = await mcp.ask("tools/list")

    assert 'value="write"' not in page.text
    assert (400, 200) == (more.status_code, before.status_code)
    assert (401, 400, 200, 401) == (
        disabled.status_code, refused.status_code, enabled.status_code, deleted.status_code,
    )  # fmt: skip


async def test_a_customer_signs_in_by_the_link_of_the_product_and_takes_it_back(world: World) -> None:
    plain = await open_owner_page(world.hall, world.caller, "first")
    link = await open_owner_page(world.hall, world.caller, "first", agents="read")
    other = await linked(world, "not-first")
    client = Signin(world)
    await client.register()
    async with world.browser() as browser:
        await browser.get(plain.url)
        unknown = await browser.get(client.address())
        pasted = await press(browser, unknown, "prove", proof=plain.url)
        await browser.get(link.url)
        page = await browser.get(client.address())
        stolen = await press(browser, page, "allow", **{f"account.{other}": "read", "actions": "all"})
        more = await press(browser, page, "allow", **{f"account.{world.account.id}": "write", "actions": "all"})
        tokens = (await client.redeem(answered(await client.agree(browser, {world.account.id: "read"}))["code"])).json()
        mcp = client.mcp(tokens["access_token"])
        tools = await mcp.ask("tools/list")
        mine = await browser.get("/connect/mine")
        (permit,) = re.findall(r"/connect/mine/permits/(permit_[a-z0-9]+)/revoke", mine.text)
        gone = await press_form(browser, mine, f"/connect/mine/permits/{permit}/revoke")
    after = await mcp.ask("tools/list")
    notes = [e.note for e in await read_audit(world.hall, world.caller, limit=500, subject_id=permit)]

    assert 'name="proof"' in unknown.text
    assert 403 == pasted.status_code
    assert "does not let programs sign in" in pasted.text
    assert (other in page.text, world.account.id in page.text, 'value="write"' in page.text) == (False, True, False)
    assert (400, 400) == (stolen.status_code, more.status_code)
    assert (200, 401) == (tools.status_code, after.status_code)
    assert "Test Agent" not in gone.text
    assert [("permit.given", "mcp_sign_in"), ("permit.revoked", "owner_page")] == [(n.event, n.source) for n in notes]


async def press_form(browser: httpx2.AsyncClient, page: httpx2.Response, action: str) -> httpx2.Response:
    token = re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]
    return await browser.post(action, data={"form_token": token})


async def linked(world: World, owner: str) -> str:
    """Another linked account of the project."""
    async with world.browser() as browser:
        page = await walk(browser, await world.link_url(owner), world.answers())
    assert "Linked" in page.text
    return re.findall(r"<dt>Account</dt><dd><code>([^<]+)", page.text)[0]


@pytest.mark.postgresql
async def test_the_whole_way_on_postgresql(tmp_path: Path, simulator: Simulator, postgresql_database_url: str) -> None:
    async for world in open_world(tmp_path, simulator, database_url=postgresql_database_url):
        client = Signin(world)
        tokens = await client.signed_in({world.account.id: "read"})
        listed = told(await client.mcp(tokens["access_token"]).call("list_customers", query={"top": 2}))
        newer = (await client.refresh(str(tokens["refresh_token"]))).json()
        ended = await client.refresh(str(tokens["refresh_token"]))
        after = await client.mcp(newer["access_token"]).ask("ping")

    assert 2 == len(listed["rows"])
    assert (400, 401) == (ended.status_code, after.status_code)


async def test_the_log_says_under_which_permit_it_ran(world: World) -> None:
    client = Signin(world)
    tokens = await client.signed_in({world.account.id: "read"})
    await client.mcp(tokens["access_token"]).call("list_items")
    await world.hall.run_log.flush()
    async with world.api() as api:
        permits = (await api.get("/v1/permits")).json()["data"]
        runs = (await api.get("/v1/runs?page_size=1")).json()["data"]
        gone = await api.delete(f"/v1/permits/{permits[-1]['id']}")
        again = await api.delete(f"/v1/permits/{permits[-1]['id']}")

    assert permits[-1]["id"] == runs[0]["key_id"]
    assert ("Test Agent", "127.0.0.1", {world.account.id: "read"}) == tuple(
        permits[-1][name] for name in ("client_name", "redirect_host", "accounts")
    )
    assert (204, 404) == (gone.status_code, again.status_code)
    assert 401 == (await client.mcp(tokens["access_token"]).ask("ping")).status_code
