"""Junk at every address of the MCP door: whatever comes is answered as the protocol says, and nothing of ours breaks."""

import json
import random

import httpx2
import pytest
from doors_world import BASE, World

from linkspan.doors.mcp.routes import conformance_routes
from linkspan.server import build_app
from sizes import size

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATHS = [
    "/mcp",
    "/mcp?tool-mode=search_execute",
    "/mcp?param-style=flat_smart",
    "/mcp/businesscentral",
    "/mcp/conformance",
]
WORDS = [
    "", "x", "\u0000", "é" * 5, "x-account-id", "{}", "[]", "tools/call", "a" * 300, "=?base64?eA==?=", "List_Customers_PAG30009",
]  # fmt: skip
NAMES = [
    "name", "arguments", "path", "query", "body", "headers", "x-account-id", "id", "format", "top", "cursor", "uri", "filter", "select",
    "SearchText", "ActionName", "RequestParameters", "ActionType", "Top", "idempotency_key", "dry_run", "inputResponses", "account",
    "content", "action", "account_id", "requestState", "level", "argument", "value", "progressToken", "user_name", "confirm",
]  # fmt: skip
TOOLS = [
    "dynamics365bc_list_customers", "dynamics365bc_get_customer", "dynamics365bc_search_actions", "dynamics365bc_execute_action",
    "bc_actions_search", "bc_actions_invoke", "bc_actions_describe", "bc_actions_read", "test_header_argument", "test_sampling",
    "test_input_required_result_multi_round", "test_input_required_result_elicitation", "test_streaming_elicitation",
]  # fmt: skip
METHODS = [
    "initialize", "ping", "tools/list", "server/discover", "resources/read", "prompts/get", "completion/complete", "logging/setLevel",
    "resources/subscribe", "subscriptions/listen", "", None, 5, *["tools/call"] * 9,
]  # fmt: skip


def junk(source: random.Random, depth: int = 0) -> object:
    kind = source.randrange(12)
    if kind < 2 or depth > 3:
        return source.choice([None, True, False, 0, -1, 1.5, 10**30, 2**63])
    if kind < 5:
        return source.choice(WORDS)
    if kind < 8:
        return [junk(source, depth + 1) for _ in range(source.randrange(3))]
    return {source.choice(NAMES): junk(source, depth + 1) for _ in range(source.randrange(5))}


def message(source: random.Random, version: str | None) -> dict[str, object]:
    params: object = junk(source)
    if source.random() < 0.7:
        more = {name: junk(source) for name in ("inputResponses", "requestState") if source.random() < 0.3}
        params = {"name": source.choice(TOOLS), "arguments": junk(source), **more}
    if version is not None and isinstance(params, dict):
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": source.choice([{}, {"elicitation": {}}, {"sampling": {}}]),
        }
    name = source.choice([1, "a"] * 20 + [1.5, 2**70, None])
    return {
        "jsonrpc": source.choice(["2.0"] * 40 + ["1.0"]),
        "id": name,
        "method": source.choice(METHODS),
        "params": params,
    }


@pytest.mark.timeout(300)
async def test_junk_is_refused_or_answered_and_breaks_nothing(world: World) -> None:
    source, seen = random.Random(20261125), set()  # noqa: S311  the same junk in each run
    app = build_app(world.hall, conformance_routes(world.hall))
    demo = world.simulator.demo
    routing = {"TenantId": str(demo.tenant_id), "EnvironmentName": demo.environment, "Company": "Tidewater Chandlers"}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=BASE, timeout=30) as client:
        for _ in range(size("mcp_junk")):
            version = source.choice([None, "2026-07-28", "2025-11-25"])
            body = message(source, version)
            headers = {
                "content-type": "application/json", "accept": "application/json, text/event-stream" if source.random() < 0.1 else "application/json",
                "authorization": f"Bearer {world.key}", "x-account-id": source.choice([world.account.id, "nobody", f"{world.account.id},x"]),
                **routing, "ConfigurationName": source.choice(["Simulator", "Nothing"]),
            }  # fmt: skip
            if version is not None:
                params = body["params"]
                name = params.get("name") if isinstance(params, dict) else None
                headers |= {"mcp-protocol-version": version, "mcp-method": str(body["method"])}
                headers |= {"mcp-name": name} if isinstance(name, str) and name.isprintable() and name.isascii() else {}
            if headers["accept"] != "application/json" and isinstance(body["params"], dict):
                # A stream would wait for the answer to a question that nobody gives.
                body["params"]["name"] = "test_simple_text"
            answer = await client.post(source.choice(PATHS), content=json.dumps(body), headers=headers)
            seen.add(answer.status_code)

            assert answer.status_code < 500, (body, answer.text)
            assert "Something inside Linkspan" not in answer.text, (body, answer.text)

    assert {200, 400, 404} <= seen
