"""The own REST API: profiles, sessions, accounts, keys, runs, connectors, and its OpenAPI document."""

from datetime import UTC, datetime, timedelta

import pytest
from doors_world import BASE, CONNECTOR, World
from openapi_spec_validator import OpenAPIV31SpecValidator

from linkspan.model import KeyScope

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_openapi_document_is_valid_and_complete(world: World) -> None:
    async with world.browser() as client:
        document = (await client.get("/v1/openapi.json")).json()
    OpenAPIV31SpecValidator(document).validate()
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }

    assert "3.1.0" == document["openapi"]
    assert [{"url": f"{BASE}/v1"}] == document["servers"]
    assert {"basic", "bearer", "bare"} == document["components"]["securitySchemes"].keys()
    assert "application/x-ndjson" in operations["POST /actions/{action_id}"]["responses"]["200"]["content"]
    assert all(operation["summary"] and operation["description"] for operation in operations.values())
    assert all("401" in operation["responses"] for operation in operations.values())
    assert all(
        "422" not in operation["responses"] or "$ref" in operation["responses"]["422"]
        for operation in operations.values()
    )


async def test_every_documented_read_answers(world: World) -> None:
    async with world.api() as client:
        paths = (await client.get("/v1/openapi.json")).json()["paths"]
        plain = [path for path, methods in paths.items() if "get" in methods and "{" not in path]
        answers = {path: (await client.get(f"/v1{path}")).status_code for path in plain}

    assert dict.fromkeys(plain, 200) == answers
    assert len(plain) > 5


async def test_health(world: World) -> None:
    async with world.browser() as client:
        assert {"status": "ok"} == (await client.get("/healthz")).json()
        assert {"status": "ready"} == (await client.get("/readyz")).json()


async def test_connectors_and_actions(world: World) -> None:
    async with world.api() as client:
        connectors = (await client.get("/v1/connectors")).json()
        creating = (
            await client.get("/v1/actions", params={"connector": CONNECTOR, "verb": "create", "search": "quote"})
        ).json()
        action = (await client.get(f"/v1/actions/{CONNECTOR}_create_sales_quote")).json()
        missing = await client.get(f"/v1/actions/{CONNECTOR}_create_sales_qoute")

    assert [CONNECTOR, "entraid"] == [connector["key"] for connector in connectors["data"]]
    assert 466 == connectors["data"][0]["action_count"]
    assert f"{BASE}/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0.json" in [
        guide["json_url"] for guide in connectors["data"][0]["guides"]
    ]
    assert [f"{CONNECTOR}_create_sales_quote_line", f"{CONNECTOR}_create_sales_quote"] == [
        found["id"] for found in creating["data"]
    ]
    assert creating["next"] is None
    assert "body" in action["input_schema"]["properties"]
    assert action["permissions"]
    assert f"{CONNECTOR}_create_sales_quote" == missing.json()["error"]["mistakes"][0]["nearest"]


async def test_the_life_of_a_profile(world: World) -> None:
    ask = {
        "connector": CONNECTOR,
        "name": "Second",
        "client_id": "0d9d1c1e-1111-4222-8333-444455556666",
        "client_secret": "planted-secret",
        "enabled_actions": [f"{CONNECTOR}_list_items"],
    }
    async with world.api() as client:
        made = await client.post("/v1/profiles", json=ask)
        address = f"/v1/profiles/{made.json()['id']}"
        changed = await client.patch(address, json={"name": "Renamed", "client_secret": None})
        again = await client.get(address)
        gone = await client.delete(address)
        missing = await client.get(address)

    assert 201 == made.status_code, made.text
    assert made.json()["has_secret"]
    assert "planted-secret" not in made.text
    assert not made.json()["is_default"]
    assert ("Renamed", False, [f"{CONNECTOR}_list_items"]) == (
        changed.json()["name"],
        changed.json()["has_secret"],
        changed.json()["enabled_actions"],
    )
    assert changed.json() == again.json()
    assert (204, b"") == (gone.status_code, gone.content)
    assert 404 == missing.status_code


async def test_every_mistake_in_a_profile_is_told_at_once(world: World) -> None:
    ask = {
        "connector": CONNECTOR,
        "name": " ",
        "client_id": "x",
        "enabled_actions": [f"{CONNECTOR}_list_itmes"],
        "provider_url": "ftp://x",
    }
    async with world.api() as client:
        told = (await client.post("/v1/profiles", json=ask)).json()["error"]
        unknown = (await client.post("/v1/profiles", json={"conector": CONNECTOR})).json()["error"]

    assert "invalid_input" == told["code"]
    assert {"name", "enabled_actions", "provider_url"} == {mistake["where"] for mistake in told["mistakes"]}
    assert f"{CONNECTOR}_list_items" in [mistake["nearest"] for mistake in told["mistakes"]]
    assert {"body.connector", "body.name", "body.client_id", "body.conector"} == {
        item["where"] for item in unknown["mistakes"]
    }


async def test_a_profile_in_use_cannot_be_deleted(world: World) -> None:
    async with world.api() as client:
        answer = await client.delete(f"/v1/profiles/{world.profile.id}")

    assert 409 == answer.status_code
    assert "account" in answer.json()["error"]["message"]


async def test_a_connect_session(world: World) -> None:
    ask = {
        "connector": CONNECTOR,
        "origin_owner_id": "cust-7",
        "origin_owner_name": "Holm & Vik AS",
        "expires_in": 600,
        "metadata": {"plan": "gold", "seats": 12},
    }
    async with world.api() as client:
        opened = await client.post("/v1/connect_sessions", json=ask)
        read = await client.get(f"/v1/connect_sessions/{opened.json()['id']}")
        short = await client.post("/v1/connect_sessions", json={**ask, "expires_in": 5})

    assert 201 == opened.status_code, opened.text
    assert opened.json()["link_url"] == f"{BASE}/connect/s/{opened.json()['token']}"
    assert opened.json()["id"] < 2**53
    assert {"plan": "gold", "seats": 12} == read.json()["metadata"]
    assert {"token", "link_url"}.isdisjoint(read.json())
    assert "expires_in" == short.json()["error"]["mistakes"][0]["where"]


async def test_the_life_of_an_account(world: World) -> None:
    address = f"/v1/accounts/{world.account.id}"
    async with world.api() as client:
        listed = (await client.get("/v1/accounts", params={"state": "active", "connector": CONNECTOR})).json()
        changed = (await client.patch(address, json={"label": "Head office", "origin_owner_name": "First AS"})).json()
        suspended = (await client.post(f"{address}/suspend")).json()
        resumed = (await client.post(f"{address}/resume")).json()
        nothing = (await client.get("/v1/accounts", params={"origin_owner_id": "nobody"})).json()
        bad = await client.get("/v1/accounts", params={"cursor": "x"})

    assert world.account.id in [account["id"] for account in listed["data"]]
    assert ("Head office", "first", "First AS") == (
        changed["label"],
        changed["origin_owner_id"],
        changed["origin_owner_name"],
    )
    assert ("suspended", "suspended") == (suspended["state"], suspended["state_reasons"][0]["code"])
    assert "active" == resumed["state"]
    assert {"data": [], "next": None} == nothing
    assert "cursor_invalid" == bad.json()["error"]["code"]


async def test_an_account_is_unlinked_for_good(world: World) -> None:
    from doors_world import walk

    async with world.browser() as browser:
        await walk(browser, await world.link_url("leaver"), world.answers())
    async with world.api() as client:
        (account,) = (await client.get("/v1/accounts", params={"origin_owner_id": "leaver"})).json()["data"]
        gone = await client.delete(f"/v1/accounts/{account['id']}")
        missing = await client.get(f"/v1/accounts/{account['id']}")

    assert account["id"] == gone.json()["id"]
    assert 404 == missing.status_code


async def test_the_life_of_a_key(world: World) -> None:
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    async with world.api() as client:
        made = (
            await client.post("/v1/keys", json={"name": "reader", "scopes": ["logs:read"], "expires_at": until})
        ).json()
        listed = (await client.get("/v1/keys")).text
        off = (await client.patch(f"/v1/keys/{made['id']}", json={"enabled": False})).json()
        async with world.api(made["key"]) as other:
            refused = await other.get("/v1/runs")
        gone = await client.delete(f"/v1/keys/{made['id']}")

    assert made["key"].startswith("v1.local.")
    assert made["key"] not in listed
    assert ["logs:read"] == off["scopes"]
    assert not off["enabled"]
    assert "api_key_disabled" == refused.json()["error"]["code"]
    assert 204 == gone.status_code


async def test_nobody_gives_away_more_than_they_have(world: World) -> None:
    async with world.api(await world.new_key(KeyScope.PLATFORM_WRITE)) as client:
        answer = await client.post("/v1/keys", json={"name": "greedy", "scopes": ["actions"]})

    assert 403 == answer.status_code
    assert "missing_scope" == answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/connectors", "connectors:read"),
        ("GET", "/actions", "connectors:read"),
        ("GET", "/profiles", "platform:read"),
        ("POST", "/profiles", "platform:write"),
        ("GET", "/accounts", "platform:read"),
        ("POST", "/connect_sessions", "platform:write"),
        ("GET", "/keys", "platform:read"),
        ("GET", "/runs", "logs:read"),
        ("GET", "/project", "platform:read"),
    ],
)
async def test_each_route_asks_for_its_scope(world: World, method: str, path: str, scope: str) -> None:
    bodies = {
        "/profiles": {"connector": CONNECTOR, "name": "n", "client_id": "c"},
        "/connect_sessions": {"connector": CONNECTOR, "origin_owner_id": "o", "origin_owner_name": "o"},
    }
    others = [one for one in KeyScope if one.value != scope]
    async with world.api(await world.new_key(*others)) as client:
        answer = await client.request(method, f"/v1{path}", json=bodies.get(path) if method == "POST" else None)

    assert 403 == answer.status_code
    assert scope in answer.json()["error"]["message"]


async def test_the_log_of_runs(world: World) -> None:
    done = (await world.rpc("list_vendors", query={"top": 1})).json()
    failed = (await world.rpc("get_vendor", path={"id": "00000000-0000-0000-0000-0000000000bb"})).json()
    async with world.api() as client:
        runs = (await client.get("/v1/runs", params={"account_id": world.account.id, "page_size": 2})).json()
        older = (
            await client.get(
                "/v1/runs", params={"account_id": world.account.id, "page_size": 2, "cursor": runs["next"]}
            )
        ).json()
        failures = (await client.get("/v1/runs", params={"failed": True, "action": f"{CONNECTOR}_get_vendor"})).json()
        one = (await client.get(f"/v1/runs/{done['run_id']}")).json()
        since = (await client.get("/v1/runs", params={"since": "2999-01-01T00:00:00Z"})).json()

    assert [failed["run_id"], done["run_id"]] == [run["id"] for run in runs["data"]]
    assert {run["id"] for run in older["data"]}.isdisjoint({failed["run_id"], done["run_id"]})
    assert failed["run_id"] in [run["id"] for run in failures["data"]]
    assert ("rpc", 200, 1) == (one["door"], one["status"], one["rows"])
    assert "GET" == one["steps"][-1]["method"]
    assert one["steps"][-1]["url"].startswith(world.simulator.url)
    assert one["steps"][-1]["request_id"]
    assert [] == since["data"]
