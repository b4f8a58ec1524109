"""Who may run what: every form of the key, and a clear error for each thing that is missing."""

import base64
from datetime import timedelta

import pytest
from doors_world import CONNECTOR, World

from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.change_account import resume_account, suspend_account
from linkspan.usecases.change_key import change_key
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project

pytestmark = pytest.mark.asyncio(loop_scope="session")
CALL = {"action": f"{CONNECTOR}_list_companies"}


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "form",
    [
        lambda key: basic(f"{key}:"),
        basic,
        lambda key: basic(key).rstrip("="),
        lambda key: basic(f"{key}:anything"),
        lambda key: f"Bearer {key}",
        lambda key: f"bearer  {key}",
        lambda key: key,
    ],
    ids=["colon", "no-colon", "no-padding", "password", "bearer", "bearer-lower", "bare"],
)
@pytest.mark.parametrize("address", ["/actions/rpc", "/v1/actions/dynamics365bc_list_companies"])
async def test_every_form_of_the_key(world: World, form: object, address: str) -> None:
    body = CALL if address == "/actions/rpc" else {}
    async with world.browser(headers={"x-account-id": world.account.id}) as client:
        answer = await client.post(address, json=body, headers={"authorization": form(world.key)})

    assert 200 == answer.status_code, answer.text


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "unauthenticated"),
        ("", "unauthenticated"),
        ("Basic !!!", "api_key_invalid"),
        (basic(":"), "unauthenticated"),
        ("Bearer v1.local.unknown", "api_key_invalid"),
        ("Digest username=x", "unauthenticated"),
    ],
)
@pytest.mark.parametrize("address", ["/actions/rpc", "/v1/actions/dynamics365bc_list_companies", "/v1/accounts"])
async def test_without_a_good_key(world: World, authorization: str | None, code: str, address: str) -> None:
    headers = {"authorization": authorization} if authorization is not None else {}
    async with world.browser() as client:
        answer = await (
            client.get(address, headers=headers)
            if address == "/v1/accounts"
            else client.post(address, json=CALL, headers=headers)
        )
    told = answer.json()

    assert 401 == answer.status_code
    assert code == (told["code"] if "code" in told else told["error"]["code"])
    assert answer.headers["www-authenticate"].startswith("Basic")


async def told_by(world: World, key: str, **extra: object) -> dict[str, object]:
    async with world.api(key) as client:
        rpc = await client.post("/actions/rpc", json=CALL | extra)
        rest = await client.post(f"/v1/actions/{CALL['action']}", json=extra)
    assert rpc.json()["statusCode"] == rpc.status_code == rest.status_code
    assert rpc.json()["code"] == rest.json()["error"]["code"]
    assert rest.json()["error"]["next_step"]
    return rpc.json()


async def test_an_expired_key(world: World) -> None:
    text = await world.new_key(expires_at=world.hall.clock() + timedelta(seconds=60))
    key = (await world.hall.keys.list(world.project.id))[-1]
    await change_key(world.hall, world.caller, key.id, {"expires_at": world.hall.clock() - timedelta(seconds=1)})

    told = await told_by(world, text)

    assert 401 == told["statusCode"]
    assert "api_key_expired" == told["code"]


async def test_a_disabled_key(world: World) -> None:
    text = await world.new_key()
    key = (await world.hall.keys.list(world.project.id))[-1]
    await change_key(world.hall, world.caller, key.id, {"enabled": False})

    assert "api_key_disabled" == (await told_by(world, text))["code"]


async def test_a_key_without_the_scope(world: World) -> None:
    told = await told_by(world, await world.new_key(KeyScope.PLATFORM_READ))

    assert 403 == told["statusCode"]
    assert "missing_scope" == told["code"]
    assert "actions" in told["message"]


async def test_an_account_of_another_project(world: World) -> None:
    other = await create_project(world.hall, "Another house")
    _, text = await create_key(world.hall, Caller(other.id, ALL_SCOPES), NewKey("other"))

    told = await told_by(world, text.reveal())

    assert 404 == told["statusCode"]
    assert "not_found" == told["code"]
    assert world.account.id not in told["message"]


async def test_an_unknown_action(world: World) -> None:
    told = (await world.rpc("list_custmers")).json()

    assert 404 == told["statusCode"]
    assert "ActionNotFound" == told["errorCode"]
    assert any("dynamics365bc_list_customers" in text for text in told["errors"])


async def test_an_action_that_the_profile_does_not_enable(world: World) -> None:
    only = frozenset({f"{CONNECTOR}_list_customers"})
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled_actions": only})
    told = await told_by(world, world.key)
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled_actions": None})

    assert 403 == told["statusCode"]
    assert "action_not_enabled" == told["code"]
    assert "ActionNotEnabled" == told["errorCode"]


async def test_a_disabled_profile(world: World) -> None:
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled": False})
    told = await told_by(world, world.key)
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled": True})

    assert 412 == told["statusCode"]
    assert "AccountIntegrationInactiveError" == told["errorCode"]


async def test_a_suspended_account(world: World) -> None:
    await suspend_account(world.hall, world.caller, world.account.id)
    told = await told_by(world, world.key)
    await resume_account(world.hall, world.caller, world.account.id)

    assert 412 == told["statusCode"]
    assert "account_suspended" == told["code"]
    assert 200 == (await world.rpc("list_companies")).status_code


async def test_a_profile_of_another_connector_or_project(world: World) -> None:
    told = await told_by(world, world.key, headers={"x-connector-profile-id": "8a1f6d1e-0000-4000-8000-000000000000"})

    assert 400 == told["statusCode"]
    assert any("x-connector-profile-id" in text for text in told["errors"])
