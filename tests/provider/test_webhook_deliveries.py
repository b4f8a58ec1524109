"""Account events reach webhooks: signed, in order, and nothing lost while a receiver is away for a day, fails, hangs or points elsewhere."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from webhook_world import Hook, hook, order_of, toggle
from wire_server import Script, says, wire_server, writes

from linking_world import World
from linkspan.errors import NotFoundError
from linkspan.event_records import EventType
from linkspan.model import AccountState, Caller, StateReason
from linkspan.storage.delivery_store import DeliveryStore
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.change_account import archive_account, change_account, resume_account, suspend_account
from linkspan.usecases.create_project import create_project
from linkspan.usecases.delete_account import delete_account
from linkspan.usecases.deliver_events import FEWEST_TRIES, Courier
from linkspan.usecases.keep_house import keep_house
from linkspan.usecases.keep_webhooks import (
    NewWebhook,
    change_webhook,
    create_webhook,
    delete_webhook,
    read_webhook,
    rotate_webhook_secret,
    try_webhook,
)
from linkspan.usecases.read_deliveries import DeliveryFilter, list_deliveries, replay_deliveries, replay_event
from linkspan.usecases.watch_linking import start_watch


async def hanging(seen: object, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3)
    writer.close()


async def test_each_change_of_an_account_is_told_and_signed(world_on_each: World) -> None:
    world = world_on_each
    async with wire_server(says(204)) as server:
        told = await hook(world, server)
        account = await world.link()
        await change_account(world.hall, world.caller, account.id, {"label": "South"})
        await suspend_account(world.hall, world.caller, account.id)
        await suspend_account(world.hall, world.caller, account.id)
        await resume_account(world.hall, world.caller, account.id)
        grant = await world.hall.grants.read(account.project_id, account.id)
        reason = StateReason("grant_revoked", "The password was changed.", world.clock())
        await world.hall.grants.fail(grant, reason, refused=True)
        await world.link(account_id=account.id)
        await archive_account(world.hall, world.caller, account.id)
        await delete_account(world.hall, world.caller, account.id)
        await told.courier.deliver_due()

    assert [
        ("account.created", "active"),
        ("account.updated", "active"),
        ("account.updated", "suspended"),
        ("account.updated", "active"),
        ("account.needs_reauth", "needs_reauth"),
        ("account.updated", "active"),
        ("account.updated", "archived"),
        ("account.deleted", "archived"),
    ] == told.told()
    created, needs = told.bodies()[0], told.bodies()[4]
    assert ("o1", "Holm & Vik", "dynamics365bc", account.id, account.id, "account") == tuple(
        created[name]
        for name in ("origin_owner_id", "origin_owner_name", "provider", "account_id", "record_id", "record_type")
    )
    assert account.fields["company_name"] == created["setup_information"]["company_name"]
    assert created["event"] == created["type"]
    assert created["sent_at"].endswith("Z")
    assert ["grant_revoked"] == [one["code"] for one in needs["data"]["state_reasons"]]
    assert "ok" == (await told.health()).health


async def test_a_passing_failure_of_a_refresh_is_no_event(world: World) -> None:
    async with wire_server(says(200)) as server:
        told = await hook(world, server)
        account = await world.link()
        grant = await world.hall.grants.read(account.project_id, account.id)
        await world.hall.grants.fail(grant, StateReason("timeout", "No answer.", world.clock()), refused=False)
        await world.hall.grants.swap(replace(grant), now=world.clock())
        await told.courier.deliver_due()

    assert ["account.created"] == [event for event, _ in told.told()]


async def test_a_change_and_its_event_are_stored_together_or_not_at_all(world: World, monkeypatch) -> None:
    account = await world.link()

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("linkspan.storage.account_store.note_event", broken)
    with pytest.raises(RuntimeError):
        await suspend_account(world.hall, world.caller, account.id)
    with pytest.raises(RuntimeError):
        await delete_account(world.hall, world.caller, account.id)
    kept = await world.hall.accounts.read(account.project_id, account.id)

    assert kept is not None
    assert AccountState.ACTIVE is kept.state


async def a_day(told: Hook, *, minutes: int = 30) -> int:
    """Let a day pass while the courier looks every half hour: how many tries it made."""
    tries = 0
    for _ in range(24 * 60 // minutes):
        tries += await told.courier.deliver_due()
        told.world.clock.offset += timedelta(minutes=minutes)
    return tries


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        (says(500), "answered 500"),
        (says(302, location="http://127.0.0.1:1/inside"), "redirect"),
        (writes(b"", abort=True), "cut"),
    ],
    ids=["500", "redirect", "cut"],
)
async def test_a_receiver_that_fails_for_a_day_loses_nothing_and_keeps_the_order(
    world_on_each: World, failing: Script, error: str
) -> None:
    world = world_on_each
    first, second = await world.link(), await world.link(multiple=True)
    async with wire_server(failing) as server:
        told = await hook(world, server)
        for account in (first, second):
            await toggle(world, account, 5)
        tries = await a_day(told)
        failing_health = await told.health()
        server.scripts[:] = [says(200)]
        server.seen.clear()
        world.clock.offset += timedelta(hours=1, minutes=10)
        await told.courier.deliver_due()
        await told.courier.deliver_due()

    expected = ["suspended", "active", "suspended", "active", "suspended"]
    assert {first.id: expected, second.id: expected} == order_of(told.bodies())
    assert 10 == len(server.seen)
    assert 20 <= tries <= 80
    assert ("failing", 10) == (failing_health.health, failing_health.pending)
    assert error in str(failing_health.webhook.last_error)
    assert ("ok", 0) == ((await told.health()).health, (await told.health()).pending)


async def test_a_receiver_that_is_down_for_a_day_gets_everything_afterwards(world: World) -> None:
    account = await world.link()
    async with wire_server(says(200)) as server:
        told = await hook(world, server)
        port = int(server.url.rsplit(":", 1)[1])
    await toggle(world, account, 6)
    tries = await a_day(told)
    health = await told.health()
    server.seen.clear()
    listening = await asyncio.start_server(server.handle, "127.0.0.1", port)
    world.clock.offset += timedelta(hours=1, minutes=10)
    await told.courier.deliver_due()
    listening.close()

    assert {account.id: ["suspended", "active"] * 3} == order_of(told.bodies())
    assert 10 <= tries <= 40
    assert ("failing", 6) == (health.health, health.pending)
    assert "connect" in str(health.webhook.last_error)
    assert "ok" == (await told.health()).health


async def test_a_receiver_that_hangs_holds_up_nobody_else(world: World) -> None:
    account = await world.link()
    async with wire_server(hanging) as slow, wire_server(says(200)) as quick:
        stuck, served = await hook(world, slow), await hook(world, quick)
        await toggle(world, account, 3)
        courier = asyncio.create_task(Courier(world.hall, timeout=1.0).deliver_forever(every=0.02))
        await asyncio.sleep(0.7)
        arrived = len(quick.seen)
        await asyncio.sleep(0.8)
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)

    assert 3 == arrived
    assert ["suspended", "active", "suspended"] == [state for _, state in served.told()]
    assert 1 == len(slow.seen)
    assert "timeout" in str((await stuck.health()).webhook.last_error)


async def test_an_answer_that_is_lost_means_a_repetition_under_the_same_id(world: World) -> None:
    account = await world.link()
    async with wire_server(writes(b"", abort=True), says(200)) as server:
        told = await hook(world, server)
        await toggle(world, account, 2)
        await told.courier.deliver_due()
        world.clock.offset += timedelta(seconds=10)
        await told.courier.deliver_due()

    assert {account.id: ["suspended", "active"]} == order_of(told.bodies())
    assert 3 == len(told.bodies())
    assert told.bodies()[0]["id"] == told.bodies()[1]["id"]


async def test_two_couriers_at_once_deliver_each_event_once_and_in_order(world_on_each: World) -> None:
    world = world_on_each
    accounts = [await world.link(multiple=True) for _ in range(3)]
    async with wire_server(says(200)) as server:
        told = await hook(world, server)
        for account in accounts:
            await toggle(world, account, 8)
        await asyncio.gather(*(Courier(world.hall).deliver_due() for _ in range(4)))

    assert {account.id: ["suspended", "active"] * 4 for account in accounts} == order_of(told.bodies())
    assert 24 == len(server.seen)


async def test_what_cannot_be_delivered_for_days_is_given_up_and_can_be_replayed(world: World) -> None:
    account = await world.link()
    async with wire_server(says(500)) as server:
        told = await hook(world, server)
        await toggle(world, account, 2)
        for _ in range(4):
            await a_day(told)
        given_up = await told.deliveries()
        server.scripts[:] = [says(200)]
        server.seen.clear()
        replayed = await replay_deliveries(world.hall, world.caller, told.webhook.id)
        await told.courier.deliver_due()
        await replay_event(world.hall, world.caller, told.webhook.id, str(told.bodies()[0]["id"]))
        await told.courier.deliver_due()
        again = await replay_deliveries(
            world.hall, world.caller, told.webhook.id, since=world.clock() - timedelta(days=9)
        )

    assert ["dead", "dead"] == [state for state, _, _ in given_up]
    assert all(tries >= FEWEST_TRIES for _, tries, _ in given_up)
    assert 2 == replayed
    assert ["suspended", "active", "suspended"] == [state for _, state in told.told()]
    assert 2 == again


async def test_events_are_kept_for_as_long_as_somebody_waits_for_them(world: World) -> None:
    account = await world.link()
    async with wire_server(says(200)) as server, wire_server(says(500)) as failing:
        done, waiting = await hook(world, server), await hook(world, failing)
        await toggle(world, account, 1)
        await done.courier.deliver_due()
        world.clock.offset += timedelta(days=31)
        await keep_house(world.hall)
        kept = await done.deliveries()
        await change_webhook(world.hall, world.caller, waiting.webhook.id, {"url": f"{server.url}/other"})
        await waiting.courier.deliver_due()
        await keep_house(world.hall)

    assert ["delivered"] == [state for state, _, _ in kept]
    assert ["/hook", "/other"] == [seen.target for seen in server.seen]
    assert [] == await done.deliveries()


async def test_after_a_rotation_both_secrets_verify_for_a_day(world: World) -> None:
    account = await world.link()
    async with wire_server(says(200)) as server:
        told = await hook(world, server)
        _, new = await rotate_webhook_secret(world.hall, world.caller, told.webhook.id)
        await toggle(world, account, 1)
        await told.courier.deliver_due()
        both = server.seen[0].headers["webhook-signature"].split()
        world.clock.offset += timedelta(hours=25)
        await try_webhook(world.hall, world.caller, told.webhook.id)
        await told.courier.deliver_due()
    old, told.secret = told.secret, new
    tested = told.bodies()[-1]

    assert 2 == len(both)
    assert old != new
    assert 1 == len(server.seen[1].headers["webhook-signature"].split())
    assert ("webhook.test", {}) == (tested["event"], tested["data"])


async def test_a_webhook_gets_only_what_it_asks_for_and_nothing_of_another_project(world: World) -> None:
    account = await world.link()
    stranger = Caller((await create_project(world.hall, "Other")).id, ALL_SCOPES)
    async with wire_server(says(200)) as server:
        told = await hook(world, server, events=frozenset({EventType.ACCOUNT_DELETED}))
        await create_webhook(world.hall, stranger, NewWebhook(url=server.url + "/stranger"))
        off = await hook(world, server, path="/off", enabled=False)
        await toggle(world, account, 1)
        await delete_account(world.hall, world.caller, account.id)
        await told.courier.deliver_due()

    assert ["/hook"] == [seen.target for seen in server.seen]
    assert ["account.deleted"] == [event for event, _ in told.told()]
    assert "off" == (await off.health()).health
    for use in (read_webhook, delete_webhook, rotate_webhook_secret, try_webhook, replay_deliveries):
        with pytest.raises(NotFoundError):
            await use(world.hall, stranger, told.webhook.id)
    with pytest.raises(NotFoundError):
        await change_webhook(world.hall, stranger, told.webhook.id, {"enabled": False})
    with pytest.raises(NotFoundError):
        await list_deliveries(world.hall, stranger, DeliveryFilter(told.webhook.id))
    with pytest.raises(NotFoundError):
        await replay_event(world.hall, stranger, told.webhook.id, str(told.bodies()[0]["id"]))


async def test_a_claim_is_one_process_and_comes_back_when_its_lease_is_over(world_on_each: World) -> None:
    world = world_on_each
    account = await world.link()
    async with wire_server(says(200)) as server:
        told = await hook(world, server)
        await toggle(world, account, 2)
    store, now = DeliveryStore(world.database), world.clock()
    (due,) = await store.due(now)
    until = now + timedelta(seconds=60)
    (mine,) = await store.claim(due, "one", now=now, until=until, limit=8)
    nothing = await store.claim(due, "two", now=now, until=until, limit=8)
    (taken,) = await store.claim(due, "two", now=until, until=until + timedelta(seconds=60), limit=8)

    assert [] == nothing
    assert mine.event.id == taken.event.id
    assert "pending" == (await told.deliveries())[0][0]


async def test_an_archived_account_has_no_tokens_and_is_opened_by_linking_it_again(world_on_each: World) -> None:
    world = world_on_each
    account = await world.link()
    await archive_account(world.hall, world.caller, account.id)
    await archive_account(world.hall, world.caller, account.id)
    erased = await world.hall.grants.read(account.project_id, account.id)
    await suspend_account(world.hall, world.caller, account.id)
    archived = await world.hall.accounts.read(account.project_id, account.id)
    other = await world.link()
    again = await world.link(account_id=account.id)
    token = await world.token(again)

    assert None is erased
    assert AccountState.ARCHIVED is archived.state
    assert other.id != account.id
    assert (account.id, AccountState.ACTIVE, ()) == (again.id, again.state, again.reasons)
    assert token.reveal()


def stored_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("linkspan.db*"))


async def test_no_secret_of_a_webhook_or_session_lies_in_the_database_or_the_log(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = await world.open()
    watch = await start_watch(world.hall, opened.token)
    async with wire_server(says(500)) as server:
        told = await hook(world, server)
        _, rotated = await rotate_webhook_secret(world.hall, world.caller, told.webhook.id)
        account = await world.link()
        await told.courier.deliver_due()
    access = await world.token(account)
    stored = stored_in(tmp_path)
    logged = "".join(capsys.readouterr())

    assert watch.id.encode() in stored
    assert told.webhook.id.encode() in stored
    assert "delivery_failed" in logged
    for secret in (opened.token, told.secret, rotated, access):
        assert secret.reveal().encode() not in stored
        assert secret.reveal() not in logged
