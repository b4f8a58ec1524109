"""The doors of the published client packages for sessions and accounts, held to the wire contract over plain HTTP."""

import re
from datetime import datetime

import pytest
from doors_world import World, walk

from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.change_account import resume_account, suspend_account
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project

pytestmark = pytest.mark.asyncio(loop_scope="session")
OWNER = {"origin_owner_id": "c-1", "origin_owner_name": "Holm & Vik"}
OLD_CLIENT = "speakeasy-sdk/typescript 4.28.0 2.723.11 1.0.0 @stackone/stackone-client-ts"
NEW_CLIENT = "speakeasy-sdk/typescript 4.34.1 2.836.4 1.0.0 @stackone/stackone-client-ts"


async def linked(world: World, owner: str, **answers: str) -> dict[str, object]:
    async with world.browser() as browser:
        await walk(browser, await world.link_url(owner), world.answers(**answers))
    async with world.api() as client:
        return (await client.get("/accounts", params={"origin_owner_id": owner})).json()[0]


async def test_a_session_has_every_field_of_the_wire_and_its_link_works(world: World) -> None:
    asked = {
        **OWNER, "origin_username": "astrid", "provider": "dynamics365bc", "label": "North", "type": "TEST", "multiple": True,
        "metadata": {"deal": 7}, "expires_in": 600, "categories": ["accounting"], "provider_version": None, "shared": False,
    }  # fmt: skip
    async with world.api() as client:
        made = await client.post("/connect_sessions", json=asked)
        body = made.json()
        again = await client.post("/connect_sessions/authenticate", json={"token": body["token"]})
    async with world.browser() as browser:
        page = await walk(browser, body["auth_link_url"], world.answers())

    assert (201, 201) == (made.status_code, again.status_code)
    assert isinstance(body["id"], int)
    assert str(world.project.organization_id) == body["organization_id"]
    assert (world.project.id, world.profile.id) == (body["project_id"], body["integration_id"])
    assert ("test", "North", {"deal": 7}, "astrid") == tuple(
        body[n] for n in ("type", "label", "metadata", "origin_username")
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["created_at"])
    assert {n: v for n, v in body.items() if n not in {"token", "auth_link_url"}} == again.json()
    assert "Linked" in page.text


@pytest.mark.parametrize(
    ("agent", "kind"), [(OLD_CLIENT, int), (NEW_CLIENT, str), ("python-httpx/0.28", str), ("", str)]
)
async def test_the_organisation_is_a_number_only_for_the_client_that_needs_one(
    world: World, agent: str, kind: type
) -> None:
    async with world.api() as client:
        body = (await client.post("/connect_sessions", json=OWNER, headers={"user-agent": agent})).json()

    assert kind is type(body["organization_id"])
    assert str(world.project.organization_id) == str(body["organization_id"])


async def test_every_mistake_of_a_session_is_told_at_once_in_the_wire_shape(world: World) -> None:
    wrong = {"origin_owner_name": 7, "type": "live", "metadata": [], "expires_in": "soon", "multiple": "yes"}
    async with world.api() as client:
        answer = await client.post("/connect_sessions", json=wrong)
    body = answer.json()

    assert 400 == answer.status_code == body["statusCode"]
    assert {"origin_owner_id", "origin_owner_name", "type", "metadata", "expires_in", "multiple"} == {
        error.split(":")[0] for error in body["errors"]
    }
    assert datetime.fromisoformat(body["timestamp"]).tzinfo is not None


async def test_a_session_of_another_project_is_not_known(world: World) -> None:
    async with world.api() as client:
        token = (await client.post("/connect_sessions", json=OWNER)).json()["token"]
    other = Caller((await create_project(world.hall, "Other")).id, ALL_SCOPES)
    _, key = await create_key(world.hall, other, NewKey("other"))
    async with world.api(key.reveal()) as client:
        found = await client.post("/connect_sessions/authenticate", json={"token": token})
        accounts = await client.get("/accounts")
        unnamed = await client.post("/connect_sessions", json=OWNER)

    assert (404, []) == (found.status_code, accounts.json())
    assert (400, "provider: create a connector profile first") == (unnamed.status_code, unnamed.json()["errors"][0])


async def test_a_key_without_the_scope_opens_nothing(world: World) -> None:
    async with world.api(await world.new_key(KeyScope.PLATFORM_READ)) as client:
        refused = await client.post("/connect_sessions", json=OWNER)
        read = await client.get("/accounts")

    assert (403, 200) == (refused.status_code, read.status_code)
    assert "MissingScope" == refused.json()["errorCode"]


async def test_accounts_are_a_bare_array_with_the_fields_that_clients_validate(world: World) -> None:
    account = await linked(world, "array")
    async with world.api() as client:
        every = (await client.get("/accounts")).json()
        some = (
            await client.get("/accounts", params=[("providers", "dynamics365bc"), ("origin_owner_ids", "array")])
        ).json()
        none = (await client.get("/accounts", params={"providers": "netsuite"})).json()
        page = (await client.get("/accounts", params={"page": 2, "page_size": 1})).json()
        one = (await client.get(f"/accounts/{account['id']}")).json()
        meta = (await client.get(f"/accounts/{account['id']}/meta")).json()

    assert [account] == some == [one]
    assert ([], [every[1]]) == (none, page)
    assert ("active", "dynamics365bc", None) == (account["status"], account["provider"], account["credentials"])
    assert world.answers()["environment"] == account["setup_information"]["environment"]
    assert {"provider": "dynamics365bc", "category": "accounting", "models": {}} == meta


async def test_a_state_is_told_and_filtered_in_the_words_of_the_wire(world: World) -> None:
    account = await linked(world, "states")
    async with world.api() as client:

        async def state() -> tuple[str, int, int]:
            told = (await client.get(f"/accounts/{account['id']}")).json()["status"]
            found = [
                len((await client.get("/accounts", params={"origin_owner_id": "states", "status": name})).json())
                for name in ("active", "inactive")
            ]
            return told, *found

        before = await state()
        await suspend_account(world.hall, world.caller, account["id"])
        suspended = await state()
        reasons = (await client.get(f"/accounts/{account['id']}")).json()["status_reasons"]
        await resume_account(world.hall, world.caller, account["id"])
        await change_profile(world.hall, world.caller, world.profile.id, {"enabled": False})
        disabled = await state()
        await change_profile(world.hall, world.caller, world.profile.id, {"enabled": True})

    assert ("active", 1, 0) == before
    assert ("inactive", 0, 1) == disabled
    assert ("suspended", 0, 0) == suspended
    assert "suspended" == reasons[0]["code"]
    assert reasons[0]["timestamp"].endswith("Z")


async def test_an_account_is_changed_but_never_moved_by_a_patch(world: World) -> None:
    account = await linked(world, "patch")
    path = f"/accounts/{account['id']}"
    async with world.api() as client:
        changed = await client.patch(
            path, json={"label": "South", "type": "TEST", "origin_owner_name": "Vik", "metadata": None}
        )
        kept = await client.patch(path, json={"label": {}})
        refused = await client.patch(
            path, json={"setup_information": {"environment": "Sandbox"}, "provider": "netsuite"}
        )

    assert ("South", "test", "Vik", "patch") == tuple(
        changed.json()[name] for name in ("label", "type", "origin_owner_name", "origin_owner_id")
    )
    assert "South" == kept.json()["label"]
    assert 400 == refused.status_code
    assert ["setup_information", "provider"] == [error.split(":")[0] for error in refused.json()["errors"]]


async def test_a_deleted_account_is_answered_and_then_gone(world: World) -> None:
    account = await linked(world, "gone")
    async with world.api() as client:
        deleted = await client.delete(f"/accounts/{account['id']}")
        again = await client.delete(f"/accounts/{account['id']}")
        nowhere = await client.put("/accounts")

    assert (200, account["id"]) == (deleted.status_code, deleted.json()["id"])
    assert (404, 404) == (again.status_code, nowhere.status_code)
    assert {"statusCode", "message", "timestamp"} <= again.json().keys() & nowhere.json().keys()
