"""The toolset: which tools an agent gets, how each call is made once, and what a server cannot do to it."""

import asyncio
import json

import httpx2
import pytest
from toolset_world import CREATE, LIST, offering

from demo_process import Demo
from linkspan.sdk import (
    AsyncToolset,
    FrameworkMissingError,
    InvalidInputError,
    Linkspan,
    NotFoundError,
    Toolset,
    UnauthenticatedError,
)
from linkspan.sdk.toolset.frameworks import one_type_each
from linkspan.sdk.toolset.globs import chosen
from linkspan.sdk.toolset.strict import strict_schema, without_nulls


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        ([LIST], {LIST}),
        ("*_customer", {f"dynamics365bc_{verb}_customer" for verb in ("get", "create", "update", "delete")}),
        (["*_customer", "!*_delete_*", "!*_update_*"], {"dynamics365bc_get_customer", CREATE}),
        (
            ["*_customer", "!*_vendor"],
            {f"dynamics365bc_{verb}_customer" for verb in ("get", "create", "update", "delete")},
        ),
    ],
)
def test_globs_choose_actions(demo: Demo, globs: object, expected: set[str]) -> None:
    with Toolset(demo.base_url, demo.api_key, demo.account_id, actions=globs) as toolset:
        assert expected == set(toolset.tools().names)


def test_exclusions_alone_leave_the_rest(demo: Demo) -> None:
    with Toolset(demo.base_url, demo.api_key, "*", connectors="dynamics*", actions="!*_delete_*") as toolset:
        tools = toolset.tools()

    assert 40 < len(tools) < 70
    assert not any("_delete_" in name for name in tools.names)
    assert {"dynamics365bc_list_items"} == set(tools.select("*_list_items").names)


@pytest.mark.parametrize(
    ("given", "where", "near"),
    [
        ({"actions": ["*_customer", "dynamics365bc_list_custmers"]}, "actions", LIST),
        ({"actions": "sap_*"}, "actions", None),
        ({"connectors": "sap"}, "connectors", None),
        ({"actions": ["*", "!*"]}, "actions", None),
        ({"accounts": "nobody-*"}, "accounts", None),
        ({"accounts": []}, "accounts", None),
        ({"accounts": ["*", "!*"]}, "accounts", None),
    ],
)
def test_globs_that_choose_nothing_are_mistakes(
    demo: Demo, given: dict[str, object], where: str, near: str | None
) -> None:
    wanted = {"accounts": demo.account_id, **given}
    with Toolset(demo.base_url, demo.api_key, **wanted) as toolset, pytest.raises(InvalidInputError) as caught:
        toolset.tools()

    assert (where, near) == (caught.value.mistakes[0].where, caught.value.mistakes[0].nearest)


def test_names_stand_for_themselves_between_globs() -> None:
    named = {1: ("a-1", "North"), 2: ("b-2", "South"), 3: ("c-3",)}

    assert [1, 2] == chosen("accounts", ["*th", "a-?"], named)
    assert [2, 3] == chosen("accounts", ["!North"], named)
    assert [1] == chosen("accounts", ["North", "!b*"], named)


async def test_an_account_that_is_gone_is_told_at_once_and_later(demo: Demo) -> None:
    async with AsyncToolset(demo.base_url, demo.api_key, "nosuch") as toolset:
        with pytest.raises(NotFoundError):
            await toolset.tools()
    async with AsyncToolset(demo.base_url, demo.api_key, demo.account_id, actions=LIST) as toolset:
        tools = await toolset.tools()
        tools[0]._catalogue._accounts = "gonemeanwhile"
        with pytest.raises(NotFoundError):
            await tools.call(LIST)
        told = json.loads(await tools.tell(LIST))

    assert "not_found" == told["error"]["code"]


def test_a_wrong_key_stops_the_program_and_is_not_told_to_a_model(demo: Demo) -> None:
    with Toolset(demo.base_url, demo.api_key, demo.account_id, actions=LIST) as toolset:
        tools = toolset.tools()
        tools[0]._catalogue._line._http.headers["Authorization"] = "Bearer v1.local.wrong"
        with pytest.raises(UnauthenticatedError):
            tools.tell(LIST)


def test_answers_are_text_for_models_and_exact_for_programs(demo: Demo) -> None:
    with Toolset(demo.base_url, demo.api_key, demo.account_id) as toolset:
        tools = toolset.tools()
        made = tools.call(CREATE, '{"displayName": "Exact", "creditLimit": 0.10}', idempotency_key="exact-1")
        again = tools.call(CREATE, {"displayName": "Exact", "creditLimit": 0.1}, idempotency_key="exact-1")
        rehearsed = tools.call(CREATE, {"displayName": "Never"}, dry_run=True).data
        nothing = tools.call(LIST, {"filter": {"displayName": "Never"}}).data

    assert '"creditLimit":0.10' in made.text.replace(" ", "") or '"creditLimit":0.1' in made.text.replace(" ", "")
    assert made.data["data"]["id"] == again.data["data"]["id"]
    assert again.data["replayed"] is True
    assert rehearsed["data"]["dry_run"] is True
    assert [] == nothing["rows"]


def test_a_set_for_rehearsing_never_writes(demo: Demo) -> None:
    with Toolset(demo.base_url, demo.api_key, demo.account_id, dry_run=True) as toolset:
        told = toolset.tools().call(CREATE, {"displayName": "Rehearsed"}).data
    rows = demo.rpc("list_customers", query={"filter": {"displayName": "Rehearsed"}}).json()["data"]

    assert told["data"]["dry_run"] is True
    assert [] == rows


def test_several_accounts_are_an_argument(demo: Demo) -> None:
    with Linkspan(demo.base_url, demo.api_key) as client:
        ids = [account.id for account in client.accounts.each()]
    shape = {"type": "object", "properties": {"x-account-id": {"enum": [*ids, "b"]}}, "required": ["x-account-id"]}

    async def story() -> tuple[dict[str, object], bytes]:
        wanted = offering({"name": LIST, "inputSchema": shape})
        async with wanted as here, AsyncToolset(here.url, "key", [*ids, "b"]) as toolset:
            (tool,) = await toolset.tools()
            await tool.call({"account_id": "b"})
        return dict(tool.schema), here.asked[-1]

    schema, asked = asyncio.run(story())

    assert (["account_id"], ["account_id"]) == (list(schema["properties"]), schema["required"])
    assert {"x-account-id": "b"} == {
        name: value for name, value in json.loads(asked)["params"]["arguments"].items() if name != "idempotency_key"
    }


def test_strict_schemas_say_what_may_be_null() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string"}, "b": {"type": ["string", "object"], "description": "d"}, "c": {"enum": ["x"]},
            "d": {"type": "array", "items": {"type": "object", "properties": {"e": {"type": "integer"}}}}, "f": {"type": "object"},
        },
        "required": ["a"],
    }  # fmt: skip
    strict = strict_schema(schema)

    assert ["a", "b", "c", "d", "f"] == strict["required"]
    assert {"type": "string"} == strict["properties"]["a"]
    assert {"type": ["string", "null"], "description": "d"} == strict["properties"]["b"]
    assert {"type": ["string", "null"], "enum": ["x", None]} == strict["properties"]["c"]
    assert strict["properties"]["d"]["items"]["additionalProperties"] is False
    assert ["string", "null"] == strict["properties"]["f"]["type"]
    assert {"a": 1, "d": [{"e": 2}]} == without_nulls({"a": 1, "b": None, "d": [{"e": 2, "g": None}]})
    assert {"anyOf": [{"type": "string"}, {"type": "object"}], "description": "d"} == one_type_each(schema)[
        "properties"
    ]["b"]


def test_adapters_name_the_framework_that_is_missing(demo: Demo) -> None:
    with Toolset(demo.base_url, demo.api_key, demo.account_id, actions=LIST) as toolset:
        tools = toolset.tools()
        for adapter, package in (
            (tools.langchain, "langchain-core"), (tools.llama_index, "llama-index-core"), (tools.pydantic_ai, "pydantic-ai-slim"),
            (tools.crewai, "crewai"), (tools.google_adk, "google-adk"),
        ):  # fmt: skip
            with pytest.raises(FrameworkMissingError, match=f"pip install {package}"):
                adapter()


async def test_an_awaited_set_has_no_blocking_calls(demo: Demo) -> None:
    async with AsyncToolset(demo.base_url, demo.api_key, demo.account_id, actions=LIST) as toolset:
        (tool,) = await toolset.tools()
        with pytest.raises(TypeError, match="use Toolset"):
            tool.told_now({})

    assert not tool.waits


def test_the_clients_own_words_are_http(demo: Demo) -> None:
    answer = httpx2.post(f"{demo.base_url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, timeout=10)

    assert 401 == answer.status_code
