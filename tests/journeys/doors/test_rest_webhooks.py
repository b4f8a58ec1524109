"""Webhooks over REST: made, tried, replayed; the secret is shown twice in a life and another project sees nothing."""

import pytest
from doors_world import World, walk

from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project

pytestmark = pytest.mark.asyncio(loop_scope="session")
URL = "http://127.0.0.1:9/hooks"


async def test_a_webhook_lives(world: World) -> None:
    async with world.api() as client:
        made = await client.post("/v1/webhooks", json={"url": URL, "events": ["account.deleted"], "description": "ERP"})
        path = f"/v1/webhooks/{made.json()['id']}"
        tried = await client.post(f"{path}/test")
        waiting = await client.get(f"{path}/deliveries", params={"state": "pending"})
        event = waiting.json()["data"][0]
        replayed = await client.post(f"{path}/deliveries/{event['event']['id']}/replay")
        all_again = await client.post(f"{path}/replay", json={"since": "2020-01-01T00:00:00Z"})
        rotated = await client.post(f"{path}/rotate_secret")
        off = await client.patch(path, json={"enabled": False, "events": []})
        read = await client.get(path)
        listed = await client.get("/v1/webhooks")
        gone = await client.delete(path)
        after = await client.get(path)

    assert 201 == made.status_code, made.text
    assert made.json()["secret"].startswith("whsec_")
    assert made.json()["secret"] != rotated.json()["secret"]
    assert (202, "webhook.test") == (tried.status_code, tried.json()["type"])
    assert (None, "pending") == (event["account_id"], event["state"])
    assert ({"replayed": 1}, {"replayed": 1}) == (replayed.json(), all_again.json())
    assert ("off", 1) == (off.json()["health"]["state"], off.json()["health"]["pending"])
    assert [] == off.json()["events"]
    assert off.json() == read.json()
    assert read.json() in listed.json()["data"]
    assert "secret" not in read.json()
    assert (200, 404) == (gone.status_code, after.status_code)


async def test_what_cannot_be_is_refused(world: World) -> None:
    reader = await world.new_key(KeyScope.PLATFORM_READ)
    stranger = Caller((await create_project(world.hall, "Stranger")).id, ALL_SCOPES)
    _, other = await create_key(world.hall, stranger, NewKey("other"))
    async with world.api() as client:
        made = (await client.post("/v1/webhooks", json={"url": URL})).json()
        nonsense = [
            (await client.post("/v1/webhooks", json=body)).status_code
            for body in ({"url": "ftp://x"}, {"url": URL, "events": ["account.eaten"]}, {"url": URL, "extra": 1}, {})
        ]
        cursor = await client.get(f"/v1/webhooks/{made['id']}/deliveries", params={"cursor": "x"})
    async with world.api(reader) as client:
        no_scope = await client.post("/v1/webhooks", json={"url": URL})
    async with world.api(other.reveal()) as client:
        foreign = [
            (await client.request(method, f"/v1/webhooks/{made['id']}{rest}", json=body)).status_code
            for method, rest, body in (
                ("GET", "", None),
                ("PATCH", "", {"enabled": False}),
                ("DELETE", "", None),
                ("GET", "/deliveries", None),
                ("POST", "/replay", {}),
                ("POST", "/test", None),
                ("POST", "/rotate_secret", None),
                ("POST", "/deliveries/evt_1/replay", None),
            )
        ]
        own = (await client.get("/v1/webhooks")).json()["data"]

    assert [400] * 4 == nonsense
    assert 400 == cursor.status_code
    assert 403 == no_scope.status_code
    assert [404] * 8 == foreign
    assert [] == own


async def test_an_archived_account_is_closed_and_left_out_of_lists(world: World) -> None:
    async with world.browser() as browser:
        await walk(browser, await world.link_url("archived"), world.answers())
    async with world.api() as client:
        account = (await client.get("/v1/accounts", params={"origin_owner_id": "archived"})).json()["data"][0]
        archived = await client.post(f"/v1/accounts/{account['id']}/archive")
        listed = (await client.get("/v1/accounts", params={"origin_owner_id": "archived"})).json()["data"]
        named = (await client.get("/v1/accounts", params={"state": "archived"})).json()["data"]
        compatible = (await client.get(f"/accounts/{account['id']}")).json()
        run = await client.post(
            "/v1/actions/dynamics365bc_list_customers", json={}, headers={"x-account-id": account["id"]}
        )
    grant = await world.hall.grants.read(world.project.id, account["id"])

    assert ("archived", "archived") == (archived.json()["state"], archived.json()["state_reasons"][0]["code"])
    assert [] == listed
    assert account["id"] in [one["id"] for one in named]
    assert "archived" == compatible["status"]
    assert (412, "account_archived") == (run.status_code, run.json()["error"]["code"])
    assert None is grant
