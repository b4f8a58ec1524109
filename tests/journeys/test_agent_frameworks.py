"""Agents of the frameworks themselves, unmodified, with tools of the SDK and over MCP: a scripted model lists customers and creates one."""

import re
from pathlib import Path

import pytest

from client_drivers import drive_python
from demo_process import Demo

pytestmark = pytest.mark.client
SDK = {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
LIST, CREATE = "dynamics365bc_list_customers", "dynamics365bc_create_customer"
LOOPS = [
    "langchain",
    "langchain_blocking",
    "pydantic_ai",
    "llama_index",
    "google_adk",
    "langchain_mcp",
    "pydantic_ai_mcp",
]
Told = dict[str, dict[str, object]]


def facts(demo: Demo) -> dict[str, object]:
    return {"base_url": demo.base_url, "api_key": demo.api_key, "account_id": demo.account_id, "mcp_url": demo.mcp_url}


@pytest.fixture(scope="module")
def told(demo: Demo) -> Told:
    return drive_python("agents", {**facts(demo), "stories": [*LOOPS, "models", "missing"]}, **SDK)


@pytest.mark.parametrize("story", LOOPS)
def test_an_agent_lists_customers_and_creates_one(told: Told, demo: Demo, story: str) -> None:
    did = told[story]
    assert "failed" not in did, did["failed"]
    name = f"Made by {story}"
    made = demo.rpc("list_customers", query={"filter": {"displayName": name}}).json()["data"]

    assert 2 == len(did["listed"])
    assert (name, "1200.5") == (did["made"], did["limit"])
    assert [name] == [customer["displayName"] for customer in made]


@pytest.mark.parametrize("story", ["langchain", "pydantic_ai", "langchain_mcp", "pydantic_ai_mcp"])
def test_the_loop_ends_with_the_models_last_word(told: Told, story: str) -> None:
    assert "Done." == told[story]["said"]


@pytest.mark.parametrize("story", ["langchain", "pydantic_ai", "llama_index", "google_adk"])
def test_globs_and_schemas_reach_the_model(told: Told, story: str) -> None:
    offered = told[story]["offered"]
    text = str(offered)

    assert 4 == len(offered)
    assert "'displayName': {'type': 'string'}" in text
    assert "idempotency" not in text


def test_a_mistake_is_told_to_the_model(told: Told) -> None:
    assert "invalid_input" == told["langchain_blocking"]["mistake"]


def test_the_model_makers_own_types_take_every_tool(told: Told) -> None:
    did = told["models"]
    assert "failed" not in did, did["failed"]

    assert (70, [1, 1]) == (did["tools"], did["rows"])
    assert "Did you mean dynamics365bc_list_customers?" in did["wrong"]
    assert [] == [fault for tool in did["strict"] for fault in strict_faults(tool["function"]["parameters"])]
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool["function"]["name"]) for tool in did["strict"])


def strict_faults(schema: dict[str, object]) -> list[str]:
    """What OpenAI's strict mode would refuse in a schema."""
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    faults = [] if kinds else [f"no type: {schema}"]
    if "object" in kinds:
        closed = schema.get("additionalProperties") is False
        whole = sorted(schema.get("required", [])) == sorted(schema.get("properties", {}))
        faults += [] if closed and whole and len(set(kinds) - {"null"}) == 1 else [f"open object: {schema}"]
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    faults += [fault for one in inner for fault in strict_faults(one)]
    return faults


def test_a_framework_that_is_missing_is_named(told: Told) -> None:
    assert "pip install crewai" in told["missing"]["told"]


def test_crewai_runs_the_tools(demo: Demo) -> None:
    did = drive_python(
        "crewai",
        {**facts(demo), "made": "Made by crewai"},
        **SDK,
        CREWAI_DISABLE_TELEMETRY="true",
        OTEL_SDK_DISABLED="true",
    )
    offered = did["offered"][0]["function"]

    assert did["kind"]
    assert (2, "Made by crewai", "1200.5") == (len(did["listed"]), did["made"], did["limit"])
    assert LIST == offered["name"]
    assert ["string", "null"] == offered["parameters"]["properties"]["select"]["type"]
