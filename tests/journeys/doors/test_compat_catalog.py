"""The compatible door's catalogue and log: what the wire contract promises, field by field."""

import pytest
from doors_world import BASE, CONNECTOR, World

from linkspan.model import KeyScope

pytestmark = pytest.mark.asyncio(loop_scope="session")
SCOPE = "https://api.businesscentral.dynamics.com/Financials.ReadWrite.All"


async def get(world: World, path: str, key: str | None = None, **query: object) -> object:
    async with world.api(key) as client:
        answer = await client.get(path, params=query)
    assert 200 == answer.status_code, answer.text
    return answer.json()


async def test_actions_by_connector(world: World) -> None:
    told = await get(world, "/actions", **{"filter[connectors]": CONNECTOR})
    (entry,) = told["data"]
    action = next(action for action in entry["actions"] if action["id"] == f"{CONNECTOR}_list_accounts")

    assert told["next"] is None
    assert (CONNECTOR, "Microsoft Dynamics 365 Business Central") == (entry["key"], entry["name"])
    assert entry["icon"].startswith(f"{BASE}/connectors/")
    assert "oauth2" == entry["authentication"][0]["type"]
    assert SCOPE in [scope["name"] for scope in entry["scope_definitions"]]
    assert ("List Accounts", "native", [SCOPE]) == (action["label"], action["schema_type"], action["required_scopes"])
    assert "action_details" not in action
    assert "account_id" not in entry


async def test_actions_of_an_account_are_those_its_profile_enables(world: World) -> None:
    (entry,) = (await get(world, "/actions", **{"filter[account_ids]": world.account.id}))["data"]

    assert 70 == len(entry["actions"])
    assert (world.account.id, world.profile.id) == (entry["account_id"], entry["integration_id"])


async def test_one_action_with_its_schemas_and_the_guides(world: World) -> None:
    query = {
        "filter[action_key]": f"{CONNECTOR}_create_sales_quote",
        "include": ["action_details", "authentication_guides"],
    }
    (entry,) = (await get(world, "/actions", **query))["data"]
    (action,) = entry["actions"]
    guides = entry["authentication"][0]["support"]["guides"]
    steps = guides["config"]["sections"][0]["steps"]

    assert "salesQuoteLines" in action["action_details"]["input_schema"]["properties"]["body"]["properties"]
    assert any("/callback" in step["content"] for step in steps)
    assert any(SCOPE in step.get("applicableScopes", ()) for step in steps)
    assert guides["setup"]["sections"][0]["title"]


async def test_searching_and_leaving_the_actions_out(world: World) -> None:
    (found,) = (await get(world, "/actions", search="sales quote"))["data"]
    nothing = await get(world, "/actions", search="zeppelin")
    bare = (await get(world, "/actions", exclude="actions"))["data"]

    assert {"list", "get", "create", "update", "delete"} <= {action["id"].split("_")[1] for action in found["actions"]}
    assert all("quote" in action["id"] for action in found["actions"])
    assert [] == nothing["data"]
    assert [[], []] == [one["actions"] for one in bare]


async def test_connectors_meta(world: World) -> None:
    every = await get(world, "/connectors/meta")
    one = await get(world, f"/connectors/meta/{CONNECTOR}")
    async with world.api() as client:
        missing = await client.get("/connectors/meta/nosuch")

    assert one in every
    assert {"provider", "provider_name", "category", "models", "active", "resources"} == one.keys()
    assert 404 == missing.status_code
    assert missing.json()["timestamp"].endswith("Z")


@pytest.mark.parametrize("path", ["/auth_configs", "/connector_profiles"])
async def test_profiles_under_both_names(world: World, path: str) -> None:
    told = await get(world, path, connector_key=CONNECTOR, enabled="true")
    profile = next(one for one in told["data"] if one["id"] == world.profile.id)

    assert (1, 25) == (told["page"], told["page_size"])
    assert ("Simulator", True, "oauth-2-0") == (
        profile["name"],
        profile["active"],
        profile["authentication_config_key"],
    )
    assert "secret" not in str(told).lower()


async def test_a_run_in_the_older_and_the_newer_log(world: World) -> None:
    run_id = (await world.rpc("list_items", query={"top": 1})).json()["run_id"]
    listed = await get(world, "/requests/logs", account_ids=world.account.id, page_size=5, include="step_logs")
    bracketed = await get(world, "/requests/logs", **{"filter[actions]": f"{CONNECTOR}_list_items", "page_size": 1})
    one = (await get(world, f"/requests/logs/{run_id}"))["data"]
    steps = await get(world, "/requests/logs/steps", actions=f"{CONNECTOR}_list_items", page_size=1)
    newer = await get(world, f"/logs/actions/{run_id}")
    async with world.api() as client:
        newer_steps = (await client.post("/logs/steps", json={"filter": {"action_run_id": run_id}})).json()

    assert run_id == listed["data"][0]["request_id"]
    assert listed["data"][0]["step_requests"][0]["url"].startswith(world.simulator.url)
    assert [run_id] == [row["request_id"] for row in bracketed["data"]]
    assert (True, 200, "get") == (one["success"], one["status"], one["http_method"])
    assert {"request", "response"} <= one.keys()
    assert run_id == steps["data"][0]["request_id"]
    assert ("action", "ACTION_RPC", True) == (newer["log_type"], newer["transport_type"], newer["success"])
    assert [run_id] == [row["action_run_id"] for row in newer_steps["data"]]


async def test_failed_runs_are_filtered_and_paged(world: World) -> None:
    for _ in range(2):
        await world.rpc("get_item", path={"id": "00000000-0000-0000-0000-0000000000ee"})
    first = await get(world, "/requests/logs", success="false", page_size=1)
    second = await get(world, "/requests/logs", success="false", page_size=1, next=first["next"])

    assert [404, 404] == [page["data"][0]["status"] for page in (first, second)]
    assert first["data"][0]["request_id"] != second["data"][0]["request_id"]


async def test_scopes_and_other_projects_hold_here_too(world: World) -> None:
    runs_only = await world.new_key(KeyScope.ACTIONS)
    async with world.api(runs_only) as client:
        answers = [
            await client.get(path) for path in ("/requests/logs", "/connectors/meta", "/auth_configs", "/actions")
        ]

    assert [403] * 4 == [answer.status_code for answer in answers]
    assert {"MissingScope"} == {answer.json()["errorCode"] for answer in answers}


async def test_what_is_no_number_or_date_is_told(world: World) -> None:
    async with world.api() as client:
        answers = [
            await client.get("/requests/logs", params={"page_size": "many"}),
            await client.get("/requests/logs", params={"start_date": "soon"}),
            await client.post("/logs/steps", json={"page_size": 0}),
            await client.get("/actions", params={"next": "x"}),
        ]

    assert [400] * 4 == [answer.status_code for answer in answers]


async def test_every_filter_of_the_log_takes_several_values(world: World) -> None:
    ran = {
        name: (await world.rpc(name, **groups)).json()["run_id"]
        for name, groups in {
            "list_currencies": {"query": {"top": 1}},
            "list_vendors": {"query": {"top": 1}},
            "get_vendor": {"path": {"id": "00000000-0000-0000-0000-0000000000ee"}},
        }.items()
    }
    mine = {"request_ids": ",".join(ran.values())}
    every = set(ran.values())

    async def found(**query: str) -> set[str]:
        told = await get(world, "/requests/logs", **mine | query)
        return {row["request_id"] for row in told["data"]}

    currencies, vendors, missing = ran["list_currencies"], ran["list_vendors"], ran["get_vendor"]
    for query, expected in (
        ({}, every),
        ({"actions": f"{CONNECTOR}_list_vendors,{CONNECTOR}_get_vendor"}, {vendors, missing}),
        ({"filter[account_ids]": f"nosuch,{world.account.id}"}, every),
        ({"account_ids": "nosuch"}, set()),
        ({"providers": "other"}, set()),
        ({"status_codes": "404,500"}, {missing}),
        ({"http_methods": "GET"}, every),
        ({"http_methods": "post"}, set()),
        ({"source_types": "API"}, every),
        ({"source_types": "mcp"}, set()),
        ({"source_values": "rpc,cli"}, every),
        ({"services": "hris"}, set()),
        ({"sub_resources": "lines"}, set()),
        ({"success": "true"}, {currencies, vendors}),
    ):
        assert expected == await found(**query), query


async def test_the_log_can_be_read_from_its_start(world: World) -> None:
    runs = [(await world.rpc("list_currencies", query={"top": 1})).json()["run_id"] for _ in range(3)]
    order = {"request_ids": ",".join(runs), "order_by": "eventDatetime", "order_direction": "asc", "page_size": "2"}
    first = await get(world, "/requests/logs", **order)
    second = await get(world, "/requests/logs", **order, next=first["next"])
    async with world.api() as client:
        refused = [
            await client.get("/requests/logs", params=wrong)
            for wrong in ({"order_by": "duration"}, {"order_direction": "up"}, {"status_codes": "2xx"})
        ]

    assert runs == [row["request_id"] for page in (first, second) for row in page["data"]]
    assert [400] * 3 == [answer.status_code for answer in refused]


async def test_a_search_leaves_out_what_is_less_like_than_asked(world: World) -> None:
    async with world.api() as client:
        every = (await client.post("/actions/search", json={"query": "chart of accounts", "top_k": 20})).json()[
            "results"
        ]
        border = every[1]["similarity_score"]
        asked = {"query": "chart of accounts", "top_k": 20, "min_similarity": border}
        close = (await client.post("/actions/search", json=asked)).json()["results"]
        wrong = [
            await client.post("/actions/search", json={"query": "x", "min_similarity": value})
            for value in (2, -1, "0.4", True)
        ]
        pseudo = await client.post("/actions/search", json={"query": "feedback", "connector": "tool"})

    assert [one["id"] for one in every if one["similarity_score"] >= border] == [one["id"] for one in close]
    assert [400] * 4 == [answer.status_code for answer in wrong]
    assert (200, []) == (pseudo.status_code, pseudo.json()["results"])
