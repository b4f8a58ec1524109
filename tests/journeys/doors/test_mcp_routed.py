"""Clients of Business Central's own MCP server at ours: routing headers to one account, three meta tools, reading and writing apart."""

import base64
import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from doors_world import BASE, CONNECTOR, World, open_world, walk
from mcp_client import Mcp, told
from signin_client import BearerMcp, Signin

from linkspan.connectors.catalog import load_catalog
from linkspan.doors.mcp.routed.names import Names, name_of
from linkspan.model import Account, Caller, KeyScope, Secret, Verb
from linkspan.simulator import Simulator
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project
from linkspan.usecases.read_accounts import list_accounts

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, SECOND = "Tidewater Chandlers", "Tidewater Skipshandel AS"
ALL_ACTIONS = frozenset(load_catalog(()).connectors[CONNECTOR].actions)
LIST_CUSTOMERS = "List_Customers_PAG30009"
CREATE_CUSTOMER = "Create_Customers_PAG30009"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> AsyncIterator[World]:
    """An installation with one account on the first company."""
    async for world in open_world(tmp_path_factory.mktemp("routed"), simulator):
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def second(here: World) -> Account:
    """An account of the same tenant and environment on the second company."""
    company = str(here.simulator.demo.company_ids[SECOND])
    return await linked(here, "second-company", company_id=company)


async def linked(world: World, owner: str, **answers: str) -> Account:
    async with world.browser() as browser:
        await walk(browser, await world.link_url(owner), world.answers(**answers))
    return next(one for one in await list_accounts(world.hall, world.caller) if one.owner.id == owner)


def routed(world: World, company: str | None = FIRST, configuration: str | None = None, **given: object) -> Mcp:
    headers = {"TenantId": str(world.simulator.demo.tenant_id), "EnvironmentName": world.simulator.demo.environment}
    headers |= {"Company": company} if company is not None else {}
    headers |= {"ConfigurationName": configuration} if configuration is not None else {}
    return Mcp(world, address="/mcp/businesscentral", headers=headers | given.pop("more", {}), **given)


async def use(mcp: Mcp, tool: str, **arguments: object) -> dict:
    return (await mcp.ask("tools/call", {"name": tool, "arguments": arguments})).json()["result"]


async def invoke(mcp: Mcp, action: str, *, by: str = "bc_actions_invoke", **parameters: object) -> dict:
    return await use(mcp, by, ActionName=action, RequestParameters=json.dumps(parameters))


def text(result: dict) -> str:
    return result["content"][0]["text"]


def code(result: dict) -> str:
    assert result["isError"]
    return told(result)["error"]["code"]


async def test_without_a_configuration_there_are_three_tools_and_all_only_read(here: World) -> None:
    tools = await routed(here).tools()
    hints = {tool["name"]: tool["annotations"]["readOnlyHint"] for tool in tools}

    assert dict.fromkeys(("bc_actions_search", "bc_actions_describe", "bc_actions_invoke"), True) == hints
    assert all(tool["title"] and tool["description"] and tool["inputSchema"]["required"] for tool in tools)


async def test_search_describe_and_invoke_lead_to_rows(here: World) -> None:
    mcp = routed(here)
    found = text(
        await use(mcp, "bc_actions_search", SearchText="buyers", SearchMode="keyword", ActionType=["List"], Top=5)
    )
    names = json.loads(found[found.index("[") :])
    described = told(await use(mcp, "bc_actions_describe", ActionName=names[0]))
    properties = described["schema"]["properties"]
    rows = told(await invoke(mcp, names[0], select="number,displayName", top=2, orderby="number desc"))["data"]

    assert LIST_CUSTOMERS == names[0]
    assert all(name.startswith("List_") for name in names)
    assert (LIST_CUSTOMERS, True) == (described["name"], described["annotations"]["readOnlyHint"])
    assert {"filter", "orderby", "select", "top", "skip", "resultFormat"} <= properties.keys()
    assert "company_id" not in properties
    fields = re.findall(r"(?:Available fields: |, )([A-Za-z]\w*) \[", properties["_availableFields"]["description"])
    assert set(here.hall.catalog.actions[f"{CONNECTOR}_list_customers"].entity.fields) == set(fields)
    assert [{"number", "displayName"}] * 2 == [row.keys() for row in rows]
    assert rows[0]["number"] > rows[1]["number"]


async def test_nothing_found_is_said_in_the_sentence_that_its_clients_know(here: World) -> None:
    answer = text(await use(routed(here), "bc_actions_search", SearchText="zzzzqqq xxxyy"))

    assert answer.startswith("No matching Business Central actions found.")


async def test_both_eras_are_served(here: World) -> None:
    mcp = routed(here)
    started = (await mcp.ask("initialize", {"protocolVersion": "2025-11-25"})).json()["result"]
    parameters = {"name": "bc_actions_describe", "arguments": {"ActionName": LIST_CUSTOMERS}}
    described = (await mcp.ask_stateless("tools/call", parameters)).json()["result"]

    assert "bc_actions_search" in started["instructions"]
    assert ("complete", LIST_CUSTOMERS) == (described["resultType"], told(described)["name"])


async def test_a_write_without_a_configuration_is_refused_and_leaves_nothing(here: World) -> None:
    refused = await invoke(routed(here), CREATE_CUSTOMER, displayName="Never Ltd")
    found = told(await invoke(routed(here), LIST_CUSTOMERS, filter="displayName eq 'Never Ltd'"))

    assert "action_not_enabled" == code(refused)
    assert "ConfigurationName" in told(refused)["error"]["message"]
    assert [] == found["data"]


async def test_a_profile_as_configuration_lets_write_and_keeps_reading_apart(here: World) -> None:
    mcp = routed(here, configuration="Simulator")
    hints = {tool["name"]: tool["annotations"] for tool in await mcp.tools()}
    by_reader = await invoke(mcp, CREATE_CUSTOMER, by="bc_actions_read", displayName="Reader Ltd")
    made = told(await invoke(mcp, CREATE_CUSTOMER, displayName="Routed Ltd"))["data"]
    changed = told(await invoke(mcp, "ListUpdate_Customers_PAG30009", id=made["id"], city="Hitra"))["data"]
    also = told(await invoke(mcp, "Modify_Customer_PAG30009", id=made["id"], city="Molde"))["data"]
    read = told(await invoke(mcp, LIST_CUSTOMERS, by="bc_actions_read", filter=f"id eq {made['id']}"))["data"]
    gone = await invoke(mcp, "Delete_Customers_PAG30009", id=made["id"])
    left = told(await invoke(mcp, LIST_CUSTOMERS, filter=f"id eq {made['id']}"))["data"]

    assert (True, False, True) == (
        hints["bc_actions_read"]["readOnlyHint"],
        hints["bc_actions_invoke"]["readOnlyHint"],
        hints["bc_actions_invoke"]["destructiveHint"],
    )
    assert "action_not_enabled" == code(by_reader)
    assert ("Hitra", "Molde", ["Molde"]) == (changed["city"], also["city"], [row["city"] for row in read])
    assert "isError" not in gone
    assert [] == left


async def test_the_same_idempotency_key_writes_once_here_too(here: World) -> None:
    mcp = routed(here, configuration="Simulator")
    asked = {
        "ActionName": CREATE_CUSTOMER,
        "RequestParameters": {"displayName": "Once Ltd"},
        "idempotency_key": "once-1",
    }
    first, again = [told(await use(mcp, "bc_actions_invoke", **asked)) for _ in range(2)]
    rehearsed = told(await use(mcp, "bc_actions_invoke", **asked | {"idempotency_key": "once-2", "dry_run": True}))
    found = told(await invoke(mcp, LIST_CUSTOMERS, filter="displayName eq 'Once Ltd'"))["data"]

    assert (first["data"]["id"], True) == (again["data"]["id"], again["replayed"])
    assert "POST" == rehearsed["data"]["request"]["method"]
    assert 1 == len(found)


async def test_the_company_header_decides_and_no_parameter_leads_elsewhere(here: World, second: Account) -> None:
    other = str(here.simulator.demo.company_ids[SECOND])
    astray = await invoke(routed(here), LIST_CUSTOMERS, company_id=other)
    writer = routed(here, SECOND, "Simulator")
    made = told(await invoke(writer, CREATE_CUSTOMER, displayName="Only In The Second"))["data"]
    wanted = f"id eq {made['id']}"
    in_first, in_second = [
        told(await invoke(routed(here, one), LIST_CUSTOMERS, filter=wanted)) for one in (FIRST, SECOND)
    ]
    by_id = told(await invoke(routed(here, other.upper()), LIST_CUSTOMERS, filter=wanted))

    assert "invalid_input" == code(astray)
    assert ([], 1, 1) == (in_first["data"], len(in_second["data"]), len(by_id["data"]))
    assert second.fields["company_name"] == SECOND


@pytest.mark.parametrize(
    ("company", "more", "told_code", "says"),
    [
        (None, {}, "invalid_input", "headers.Company: is missing"),
        ("", {}, "invalid_input", "headers.Company: is missing"),
        ("=?base64?###?=", {}, "invalid_input", "headers.Company: is missing"),
        ("Nobody's Company", {}, "not_found", "Nobody's Company"),
        (FIRST, {"EnvironmentName": "Sandbox"}, "not_found", "Sandbox"),
        (FIRST, {"TenantId": "11111111-2222-3333-4444-555555555555"}, "not_found", "11111111"),
        (FIRST, {"ConfigurationName": "No such profile"}, "not_found", "No such profile"),
        (FIRST, {"x-account-id": "someoneElsesAccount"}, "not_found", "points to"),
        (FIRST, {"x-account-id": "one,two"}, "invalid_input", "one account"),
    ],
)  # fmt: skip
async def test_headers_that_lead_nowhere_say_so_as_errors(
    here: World, company: str | None, more: dict[str, str], told_code: str, says: str
) -> None:
    mcp = routed(here, company, more=more)
    called = await invoke(mcp, LIST_CUSTOMERS, top=1)
    listed = (await mcp.ask("tools/list")).json()["error"]

    assert told_code == code(called) == listed["data"]["code"]
    assert says in text(called)
    assert says in listed["message"]


async def test_a_company_beyond_ascii_comes_in_base64(here: World) -> None:
    plain = f"=?base64?{base64.b64encode(FIRST.encode()).decode()}?="
    unknown = f"=?base64?{base64.b64encode('Ærø Handel'.encode()).decode()}?="

    assert told(await invoke(routed(here, plain), LIST_CUSTOMERS, top=1))["data"]
    assert "Ærø Handel" in text(await invoke(routed(here, unknown), LIST_CUSTOMERS, top=1))


async def test_a_header_that_comes_twice_is_refused(here: World) -> None:
    mcp = routed(here)
    sent = [*mcp.headers.items(), ("Company", SECOND), ("accept", "application/json")]
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with here.browser(auth=(here.key, "")) as client:
        answer = (await client.post(mcp.address, json=body, headers=sent)).json()

    assert "Company: came more than once" in answer["error"]["message"]


async def test_two_accounts_at_one_place_must_be_told_apart(here: World) -> None:
    twin = await linked(here, "twin")
    plain = await invoke(routed(here), LIST_CUSTOMERS, top=1)
    chosen = await invoke(routed(here, more={"x-account-id": twin.id}), LIST_CUSTOMERS, top=1)
    async with here.api() as client:
        await client.delete(f"/accounts/{twin.id}")
    after = await invoke(routed(here), LIST_CUSTOMERS, top=1)

    assert "invalid_input" == code(plain)
    assert twin.id in text(plain)
    assert here.account.id in text(plain)
    assert told(chosen)["data"]
    assert told(after)["data"]


async def test_another_project_never_reaches_the_account_and_its_own_is_found(here: World) -> None:
    project = await create_project(here.hall, "Rival")
    caller = Caller(project.id, ALL_SCOPES)
    _, key = await create_key(here.hall, caller, NewKey("rival"))
    stranger = await invoke(routed(here, key=key.reveal()), LIST_CUSTOMERS, top=1)
    demo = here.simulator.demo
    new = NewProfile(
        CONNECTOR, "Own", str(demo.client_id), client_secret=Secret(demo.client_secret), provider_url=here.simulator.url
    )
    profile = await create_profile(here.hall, caller, new)
    rival = World(here.hall, here.simulator, project, caller, key.reveal(), profile)
    own = await linked(rival, "rival-customer")
    reached = await invoke(routed(rival), LIST_CUSTOMERS, top=1)
    by_ours = await invoke(routed(rival, more={"x-account-id": here.account.id}), LIST_CUSTOMERS, top=1)
    by_our_profile = await invoke(routed(rival, configuration="Simulator"), LIST_CUSTOMERS, top=1)
    await here.hall.run_log.flush()

    assert "not_found" == code(stranger)
    assert told(reached)["data"]
    assert ["not_found", "not_found"] == [code(by_ours), code(by_our_profile)]
    assert own.id != here.account.id


async def test_a_sign_in_reaches_its_own_account_and_profile_only(here: World, second: Account) -> None:
    resource = f"{BASE}/mcp/businesscentral"
    client = Signin(here)
    await client.register()
    answer = await client.code({here.account.id: "write"}, ask={"resource": resource})
    tokens = (await client.redeem(answer, resource=resource)).json()
    wide = NewProfile(
        CONNECTOR,
        "Wide",
        "wide",
        client_secret=Secret("s"),
        provider_url=here.simulator.url,
        enabled_actions=ALL_ACTIONS,
    )
    await create_profile(here.hall, here.caller, wide)

    def signed(company: str = FIRST, configuration: str | None = None) -> Mcp:
        plain = routed(here, company, configuration)
        return BearerMcp(here, address=plain.address, headers=plain.headers, bearer=tokens["access_token"])

    listed = told(await invoke(signed(), LIST_CUSTOMERS, top=1))
    elsewhere = await invoke(signed(SECOND), LIST_CUSTOMERS, top=1)
    made = told(await invoke(signed(configuration="Simulator"), CREATE_CUSTOMER, displayName="By sign-in"))
    by_key = await invoke(routed(here, configuration="Wide"), "List_AccountingPeriods", top=1)
    by_sign_in = await invoke(signed(configuration="Wide"), "List_AccountingPeriods", top=1)
    await invoke(signed(configuration="Simulator"), "Delete_Customers_PAG30009", id=made["data"]["id"])

    assert 1 == len(listed["data"])
    assert "not_found" == code(elsewhere)
    assert second.id not in text(elsewhere)
    assert told(by_key)["data"]
    assert "not_found" == code(by_sign_in)


async def test_a_key_that_only_reads_writes_under_no_configuration(here: World) -> None:
    mcp = routed(here, configuration="Simulator", key=await here.new_key(KeyScope.ACTIONS_READ))
    refused = await invoke(mcp, CREATE_CUSTOMER, displayName="Never")

    assert 3 == len(await mcp.tools())
    assert "action_not_enabled" == code(refused)
    assert told(await invoke(mcp, LIST_CUSTOMERS, top=1))["data"]


@pytest.mark.parametrize(
    ("tool", "arguments", "told_code"),
    [
        ("bc_actions_search", {"SearchText": 5}, "invalid_input"),
        ("bc_actions_search", {"SearchText": "x", "ActionType": ["Drop"]}, "invalid_input"),
        ("bc_actions_search", {"SearchText": "x", "ActionType": {"a": 1}}, "invalid_input"),
        ("bc_actions_search", {"SearchText": "x", "Top": 0}, "invalid_input"),
        ("bc_actions_search", {"SearchText": "x", "Top": True}, "invalid_input"),
        ("bc_actions_search", {"SearchText": "x" * 5000}, "invalid_input"),
        ("bc_actions_search", {"Searchtext": "x"}, "invalid_input"),
        ("bc_actions_describe", {}, "invalid_input"),
        ("bc_actions_describe", {"ActionName": "List_Custmers_PAG30009"}, "unknown_action"),
        ("bc_actions_invoke", {"ActionName": "List_Customers_PAG30010"}, "unknown_action"),
        ("bc_actions_invoke", {"ActionName": LIST_CUSTOMERS, "RequestParameters": "[1]"}, "invalid_input"),
        ("bc_actions_invoke", {"ActionName": LIST_CUSTOMERS, "RequestParameters": "{"}, "invalid_input"),
        ("bc_actions_invoke", {"ActionName": LIST_CUSTOMERS, "RequestParameters": 5}, "invalid_input"),
        ("bc_actions_invoke", {"ActionName": LIST_CUSTOMERS, "RequestParameters": {"method": "POST"}}, "invalid_input"),
        ("bc_actions_invoke", {"ActionName": LIST_CUSTOMERS, "RequestParameters": {"resultFormat": "exe"}}, "invalid_input"),
    ],
)  # fmt: skip
async def test_bad_arguments_are_errors_that_say_what_to_mend(
    here: World, tool: str, arguments: dict[str, object], told_code: str
) -> None:
    assert told_code == code(await use(routed(here), tool, **arguments))


async def test_an_unknown_tool_and_no_key_are_refused_by_the_protocol(here: World) -> None:
    mcp = routed(here)
    unknown = (await mcp.ask("tools/call", {"name": "bc_actions_drop", "arguments": {}})).json()
    mcp.key = "v1.local.wrong"

    assert -32602 == unknown["error"]["code"]
    assert 401 == (await mcp.ask("tools/list")).status_code


async def test_every_action_but_reading_one_record_has_a_name_of_its_own_that_finds_it() -> None:
    actions = [one for one in load_catalog(()).actions.values() if one.connector == CONNECTOR]
    names = Names(actions)
    named = {name: action for action in actions if (name := name_of(action))}

    assert len(named) == sum(action.verb is not Verb.GET for action in actions)
    assert [] == [name for name, action in named.items() if names.find(name) is not action]
    for form in ("ListCustomers_PAG30009", "List_APIV2Customers_PAG30009", "list_customers", "List_customer_PAG30009"):
        assert f"{CONNECTOR}_list_customers" == names.find(form).id
