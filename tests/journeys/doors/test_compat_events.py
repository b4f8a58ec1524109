"""Events put in for one webhook as the wire contract has it: told and signed like any other, each with a status of its own."""

import json

import pytest
from doors_world import World
from standardwebhooks.webhooks import Webhook as Verifier
from wire_server import says, wire_server

from linkspan.event_records import EventType
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project
from linkspan.usecases.deliver_events import Courier
from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook, delete_webhook

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_event_put_in_is_told_and_the_others_say_why_not(world: World) -> None:
    account = world.account.id
    async with wire_server(says(204)) as server, world.api() as client:
        new = NewWebhook(f"{server.url}/put-in", events=frozenset({EventType.ACCOUNT_UPDATED}))
        webhook, secret = await create_webhook(world.hall, world.caller, new)
        asked = [
            {"event": "account.updated", "record_id": account},
            {"event": "account.created", "record_id": account},
            {"event": "webhook.test", "record_id": account},
            {"event": "account.updated", "record_id": "somebody"},
        ]
        answer = await client.post(f"/webhooks/{webhook.id}/events", json=asked, headers={"x-account-id": account})
        await Courier(world.hall, timeout=2.0).deliver_due()
        await delete_webhook(world.hall, world.caller, webhook.id)
    Verifier(secret.reveal()).verify(server.seen[0].body.decode(), server.seen[0].headers)

    assert 207 == answer.status_code, answer.text
    assert [202, 400, 400, 404] == [one["status"] for one in answer.json()]
    assert [one["event"] for one in asked] == [one["event"] for one in answer.json()]
    assert {"event", "record_id", "status", "message"} == answer.json()[0].keys()
    assert [("account.updated", account)] == [
        (body["event"], body["record_id"]) for body in (json.loads(seen.body) for seen in server.seen)
    ]


async def test_what_cannot_be_put_in_is_refused_whole(world: World) -> None:
    webhook, _ = await create_webhook(world.hall, world.caller, NewWebhook("http://127.0.0.1:9/refused-whole"))
    stranger = Caller((await create_project(world.hall, "Putting in")).id, ALL_SCOPES)
    _, other = await create_key(world.hall, stranger, NewKey("other"))
    reader = await world.new_key(KeyScope.PLATFORM_READ)
    path, one = f"/webhooks/{webhook.id}/events", [{"event": "account.updated", "record_id": world.account.id}]
    whose = {"x-account-id": world.account.id}
    async with world.api() as client:
        wrong = [
            (await client.post(path, content=content, headers=whose)).status_code
            for content in (
                b"",
                b"{",
                b"[]",
                b"{}",
                b'["x"]',
                b'[{"event": 1, "record_id": "x"}]',
                json.dumps(one * 101).encode(),
            )
        ]
        nobody = await client.post(path, json=one, headers={"x-account-id": ""})
        unknown = await client.post(path, json=one, headers={"x-account-id": "nobody"})
        missing = await client.post("/webhooks/wh_nobody/events", json=one, headers=whose)
        read = await client.get(path)
    async with world.api(other.reveal()) as client:
        foreign = await client.post(path, json=one, headers=whose)
    async with world.api(reader) as client:
        no_scope = await client.post(path, json=one, headers=whose)
    counts = await world.hall.webhooks.counts(world.caller.project_id)
    await delete_webhook(world.hall, world.caller, webhook.id)

    assert [400] * 7 == wrong
    assert (400, 404, 404, 404) == (nobody.status_code, unknown.status_code, missing.status_code, read.status_code)
    assert (404, 403) == (foreign.status_code, no_scope.status_code)
    assert [] == [key for key in counts if key[0] == webhook.id]
