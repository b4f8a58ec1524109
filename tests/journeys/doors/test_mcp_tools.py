"""The MCP door's tools: what they are called and take, what they answer, and on which account they act."""

import json

import pytest
import pytest_asyncio
from doors_world import CONNECTOR, World, walk
from mcp_client import Mcp, told

from linkspan.connectors.contract import FieldType
from linkspan.model import Account, Caller, KeyScope
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project
from linkspan.usecases.read_accounts import list_accounts
from tokens import tokens

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def mcp(world: World) -> Mcp:
    return Mcp(world, headers={"x-account-id": world.account.id})


@pytest_asyncio.fixture(loop_scope="session")
async def other(world: World) -> Account:
    """A second account of the same connector, on another company."""
    async with world.browser() as browser:
        await walk(browser, await world.link_url("second", label="Second books"), world.answers())
    return next(one for one in await list_accounts(world.hall, world.caller) if one.owner.id == "second")


async def test_the_tools_are_the_profiles_enabled_actions(mcp: Mcp, world: World) -> None:
    tools = await mcp.tools()

    offered = world.hall.catalog.connector(CONNECTOR).actions

    assert [name for name, action in offered.items() if action.default] == [tool["name"] for tool in tools]
    assert all(tool["description"].endswith(".") for tool in tools)
    assert all("object" == tool["inputSchema"]["type"] for tool in tools)


async def test_reading_writing_and_deleting_are_told_apart(mcp: Mcp) -> None:
    hints = {tool["name"].removeprefix(f"{CONNECTOR}_"): tool["annotations"] for tool in await mcp.tools()}

    assert {"readOnlyHint": True} == hints["list_customers"]
    assert {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False} == hints["create_customer"]
    assert hints["delete_customer"]["destructiveHint"]


async def test_every_writable_field_is_in_the_schema_by_name_and_type(mcp: Mcp, world: World) -> None:
    kinds = {
        FieldType.DECIMAL: "number", FieldType.BOOLEAN: "boolean", FieldType.INT32: "integer", FieldType.INT64: "integer",
    }  # fmt: skip
    tools = {tool["name"]: tool["inputSchema"]["properties"] for tool in await mcp.tools()}
    compared = 0
    for action in world.hall.catalog.connector(CONNECTOR).actions.values():
        if action.verb.value not in {"create", "update"} or not action.default:
            continue
        body = tools[action.id]["body"]["properties"]
        for field in action.entity.fields.values():
            if not field.read_only and field.type is not FieldType.STREAM:
                compared += 1
                assert kinds.get(field.type, "string") == body[field.name]["type"], (action.id, field.name)
        assert set(action.nested_links) <= body.keys()

    assert 200 < compared


async def test_the_list_of_tools_stays_within_its_budget(mcp: Mcp) -> None:
    tools = await mcp.tools()
    count = tokens(json.dumps(tools, separators=(",", ":"), ensure_ascii=False))

    assert 70 == len(tools)
    assert 12_000 > count
    assert 800 > max(tokens(json.dumps(tool, separators=(",", ":"))) for tool in tools)


async def test_a_list_comes_as_columns_and_rows_within_its_budget(mcp: Mcp) -> None:
    result = await mcp.call("list_customers")
    answer = told(result)

    assert 1_200 > tokens(result["content"][0]["text"])
    assert {"id", "number", "displayName", "city"} <= set(answer["columns"])
    assert len(answer["columns"]) == len(answer["rows"][0])
    assert 20 >= len(answer["rows"])
    assert "structuredContent" not in result
    assert "isError" not in result


async def test_the_forms_of_a_list(mcp: Mcp) -> None:
    table = told(await mcp.call("list_items", query={"top": 2}))
    csv = await mcp.call("list_items", query={"top": 2, "format": "csv"})
    slim = told(await mcp.call("list_items", query={"top": 2, "format": "json"}))["data"]
    full = told(await mcp.call("list_items", query={"top": 2, "format": "full"}))["data"]
    lines = csv["content"][0]["text"].splitlines()

    assert ",".join(table["columns"]) == lines[0]
    assert 3 == len(lines)
    assert not any(name.startswith("@odata") for row in slim for name in row)
    assert "" not in slim[0].values()
    assert all("@odata.etag" in row for row in full)
    assert len(slim[0]) < len(full[0])


async def test_a_list_goes_on_by_its_cursor_and_counts(mcp: Mcp) -> None:
    seen: list[str] = []
    query: dict[str, object] = {"order_by": "number", "count": True, "select": "number"}
    answer = told(await mcp.call("list_items", query=query))
    whole = answer["count"]
    seen += [row[0] for row in answer["rows"]]
    while "next" in answer:
        answer = told(await mcp.call("list_items", query={"cursor": answer["next"]}))
        seen += [row[answer["columns"].index("number")] for row in answer["rows"]]

    assert 20 < whole == len(seen)
    assert sorted(set(seen)) == seen


async def test_what_does_not_fit_the_budget_is_reached_by_the_cursor(mcp: Mcp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkspan.doors.mcp.answers.BUDGET", 600)
    first = await mcp.call("list_items", query={"order_by": "number", "select": "number,displayName", "top": 30})
    answer = told(first)
    seen = [row[0] for row in answer["rows"]]
    while "next" in answer:
        answer = told(await mcp.call("list_items", query={"cursor": answer["next"]}))
        seen += [row[0] for row in answer["rows"]]

    assert 600 >= len(first["content"][0]["text"])
    assert 30 == len(seen) == len(set(seen))


async def test_a_record_is_created_read_changed_and_deleted(mcp: Mcp) -> None:
    made = told(await mcp.call("create_customer", body={"displayName": "Agent & Co", "creditLimit": 1200.50}))["data"]
    read = told(await mcp.call("get_customer", path={"id": made["id"]}, query={"format": "full"}))["data"]
    changed = told(
        await mcp.call(
            "update_customer",
            path={"id": made["id"]},
            body={"city": "Molde"},
            headers={"if_match": read["@odata.etag"]},
        )
    )
    gone = told(await mcp.call("delete_customer", path={"id": made["id"]}))

    assert "Agent & Co" == read["displayName"]
    assert "Molde" == changed["data"]["city"]
    assert changed["run_id"].startswith("run_")
    assert "concurrency" not in changed
    assert "last_writer_wins" == gone["concurrency"]


async def test_digits_are_kept(mcp: Mcp) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s_create_item","arguments":{"body":{"displayName":"Digits by MCP","unitPrice":19.10}}}}'
    answer = (await mcp.post(body % CONNECTOR.encode())).json()["result"]["content"][0]["text"]

    assert '"unitPrice":19.10' in answer


async def test_failures_tell_what_to_do(mcp: Mcp) -> None:
    wrong = await mcp.call("create_customer", body={"displayNaem": "X"})
    missing = await mcp.call("get_item", path={"id": "00000000-0000-0000-0000-0000000000cc"})
    stray = await mcp.call("list_items", filter="x")

    assert all(result["isError"] for result in (wrong, missing, stray))
    assert "invalid_input" == told(wrong)["error"]["code"]
    assert any("displayName" in mistake for mistake in told(wrong)["error"]["mistakes"])
    assert "fix" == told(wrong)["error"]["advice"]
    assert "record_not_found" == told(missing)["error"]["code"]
    assert 404 == told(missing)["error"]["provider_says"]["status"]
    assert "no argument" in told(stray)["error"]["message"]


STYLES = {
    "flat_prefixed": ({"query_top": 1, "query_select": "number"}, {"path_company_id", "query_filter", "query_top"}),
    "flat_smart": ({"top": 1, "select": "number"}, {"company_id", "filter", "top"}),
    "nested": ({"query": {"top": 1, "select": "number"}}, {"path", "query"}),
}


@pytest.mark.parametrize("style", STYLES)
async def test_arguments_in_every_style(world: World, style: str) -> None:
    arguments, names = STYLES[style]
    mcp = Mcp(world, address=f"/mcp?param-style={style}&x-account-id={world.account.id}")
    schema = next(tool for tool in await mcp.tools() if tool["name"].endswith("_list_items"))["inputSchema"]
    answer = told(await mcp.call("list_items", **arguments))

    assert names <= schema["properties"].keys()
    assert 1 == len(answer["rows"])


async def test_flat_smart_tells_equal_names_apart(world: World) -> None:
    mcp = Mcp(world, address=f"/mcp?param-style=flat_smart&account_id={world.account.id}")
    schemas = {tool["name"]: tool["inputSchema"] for tool in await mcp.tools()}
    create = schemas[f"{CONNECTOR}_create_journal_line"]["properties"]

    assert not any(name in create for name in ("path", "body"))
    assert all(name in create for name in ("amount", "company_id"))


async def test_several_accounts_of_one_connector_are_chosen_by_a_required_argument(
    world: World, other: Account
) -> None:
    mcp = Mcp(world, headers={"x-account-id": f"{world.account.id},{other.id}"})
    headers = next(tool for tool in await mcp.tools() if tool["name"].endswith("_list_items"))["inputSchema"]
    choice = headers["properties"]["headers"]["properties"]["x-account-id"]
    nobody = await mcp.call("list_items", query={"top": 1})
    stranger = await mcp.call("list_items", headers={"x-account-id": "someoneElsesAccount"})
    for account in (world.account, other):
        await mcp.call("list_items", query={"top": 1}, headers={"x-account-id": account.id})
    runs = [run.account_id for run in await _runs(world)]

    assert [world.account.id, other.id] == choice["enum"]
    assert "Second books" in choice["description"]
    assert "headers" in headers["required"]
    assert all(result["isError"] for result in (nobody, stranger))
    assert world.account.id in told(nobody)["error"]["message"] + str(told(nobody)["error"]["mistakes"])
    assert {other.id, world.account.id} == set(runs[:2])


async def test_without_an_account_all_of_the_project_are_offered(world: World, other: Account) -> None:
    tools = await Mcp(world).tools()
    choice = tools[0]["inputSchema"]["properties"]["headers"]["properties"]["x-account-id"]

    assert {world.account.id, other.id} <= set(choice["enum"])


async def test_another_projects_account_is_not_there(world: World) -> None:
    project = await create_project(world.hall, "Elsewhere")
    _, key = await create_key(world.hall, Caller(project.id, ALL_SCOPES), NewKey("other"))
    mcp = Mcp(world, headers={"x-account-id": world.account.id}, key=key.reveal())
    listed = (await mcp.ask("tools/list")).json()
    called = told(await mcp.call("list_items"))

    assert "not_found" == listed["error"]["data"]["code"]
    assert "not_found" == called["error"]["code"]


async def test_a_key_without_the_scope_is_refused(world: World) -> None:
    mcp = Mcp(world, key=await world.new_key(KeyScope.LOGS_READ))
    answer = await mcp.ask("tools/list")

    assert (403, "missing_scope") == (answer.status_code, answer.json()["error"]["data"]["code"])


async def _runs(world: World):
    await world.hall.run_log.flush()
    return await world.hall.runs.list(world.project.id, RunFilter(door="mcp"))


async def test_a_key_that_only_reads_is_offered_and_runs_what_reads(world: World) -> None:
    key = await world.new_key(KeyScope.ACTIONS_READ)
    mcp = Mcp(world, headers={"x-account-id": world.account.id}, key=key)
    tools = await mcp.tools()
    listed = await mcp.call("list_items", query={"top": 1})
    refused = told(await mcp.call("create_customer", body={"displayName": "Never"}))
    async with world.api(key) as client:
        by_rpc = await client.post(
            "/actions/rpc", json={"action": f"{CONNECTOR}_delete_customer", "path": {"id": world.account.id}}
        )

    assert 48 == len(tools)
    assert all(tool["annotations"]["readOnlyHint"] for tool in tools)
    assert "isError" not in listed
    assert "missing_scope" == refused["error"]["code"]
    assert (403, "missing_scope") == (by_rpc.status_code, by_rpc.json()["code"])
