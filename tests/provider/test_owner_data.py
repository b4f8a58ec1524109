"""All data of one owner is given out and erased, and of nobody else's anything."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hall_world import CALLER, COMPANY, PROJECT, HallWorld, hall_world
from sqlalchemy import create_engine, inspect, literal_column, make_url, select, table, text

from linkspan.errors import ConnectSessionExpiredError, InvalidInputError, MissingScopeError
from linkspan.model import Account, Caller, ConnectSession, KeyScope, LinkAttempt, Owner, Run, SealedGrant, Secret
from linkspan.storage.owner_store import Erased
from linkspan.usecases.audit import read_audit
from linkspan.usecases.delete_account import delete_account
from linkspan.usecases.ids import new_account_id, new_run_id
from linkspan.usecases.keep_house import keep_house
from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook
from linkspan.usecases.owner_data import erase_owner, export_owner

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[HallWorld]:
    async with hall_world(tmp_path, database_url=database_url) as world:
        yield world


async def link_another(here: HallWorld, number: int, owner: Owner) -> Account:
    """A second account, with a session, a try and a grant of its own."""
    hall, now = here.hall, here.hall.clock()
    session = ConnectSession(
        number, PROJECT, here.profile.id, "dynamics365bc", owner, now, now + timedelta(hours=1), multiple=True
    )
    account = replace(here.account, id=new_account_id(), owner=owner)
    access = await hall.vault.seal(PROJECT, f"account:{account.id}", "access_token", Secret(f"token-{number}"))
    grant = SealedGrant(account.id, PROJECT, 1, access, None, "scope", now, now + timedelta(hours=1))
    attempt = LinkAttempt(
        f"link_{number}", PROJECT, number, account.id, "b" * 64, {}, b"v", now, now + timedelta(minutes=9)
    )
    await hall.sessions.add(session, f"{number:064}")
    await hall.links.start(attempt, state_digest=f"{number:064}")
    await hall.links.complete(attempt, session, account, grant)
    return account


def log_run(here: HallWorld, account: Account) -> str:
    run_id = new_run_id(here.hall.clock())
    here.hall.run_log.add(
        Run(
            run_id, PROJECT, account.id, account.profile_id, "dynamics365bc", "dynamics365bc_list_items", "list", "rest",
            "key_1", here.hall.clock(), 1.5, 200,
        )
    )  # fmt: skip
    return run_id


async def exported(here: HallWorld, owner_id: str) -> list[dict[str, object]]:
    return [record async for record in await export_owner(here.hall, CALLER, owner_id)]


def kinds(records: list[dict[str, object]]) -> dict[object, int]:
    return {
        kind: sum(each["record"] == kind for each in records) for kind in sorted({str(r["record"]) for r in records})
    }


def rows_with(database_url: str, planted: str) -> list[str]:
    """Every table that holds a text, in whatever column."""
    address = make_url(database_url)
    engine = create_engine(address.set(drivername=DRIVERS[address.get_backend_name()]))
    with engine.connect() as connection:
        found = [
            name
            for name in inspect(connection).get_table_names()
            if any(
                planted in repr(tuple(row))
                for row in connection.execute(select(literal_column("*")).select_from(table(name)))
            )
        ]
    engine.dispose()
    return found


async def test_an_export_holds_every_record_and_no_token(here):
    log_run(here, here.account)
    records = await exported(here, "o1")

    assert {"account": 1, "connect_session": 1, "event": 1, "grant": 1, "run": 1} == kinds(records)
    grant = next(each for each in records if each["record"] == "grant")
    assert not {"access", "refresh"} & grant.keys()
    assert COMPANY in repr(records)


async def test_an_export_of_many_runs_is_whole(here):
    ids = {log_run(here, here.account) for _ in range(1203)}
    records = await exported(here, "o1")

    assert ids == {each["id"] for each in records if each["record"] == "run"}


async def test_erasing_leaves_nothing_of_the_owner_and_everything_of_others(here, database_url):
    planted = Owner("owner-planted-71", "Planted & Sons")
    mine = await link_another(here, 11, planted)
    before_deleted = await link_another(here, 12, planted)
    await create_webhook(here.hall, CALLER, NewWebhook("http://127.0.0.1:9/hook"))
    for account in (mine, before_deleted, here.account):
        log_run(here, account)
    await here.hall.run_log.flush()
    await delete_account(here.hall, CALLER, before_deleted.id)
    kept = kinds(await exported(here, "o1"))
    erased = await erase_owner(here.hall, CALLER, planted.id)

    assert Erased(accounts=1, runs=2, writes=0, connect_sessions=2, events=3) == erased
    assert [] == await exported(here, planted.id)
    assert [] == rows_with(database_url, planted.id)
    assert [] == rows_with(database_url, planted.name)
    assert kept == kinds(await exported(here, "o1"))


async def test_links_that_end_during_an_erasure_come_whole_or_not_at_all(here):
    planted = Owner("owner-planted-72", "Racing Ltd")
    ends = await asyncio.gather(
        *(link_another(here, 20 + number, planted) for number in range(6)),
        *(erase_owner(here.hall, CALLER, planted.id) for _ in range(4)),
        return_exceptions=True,
    )
    left = kinds(await exported(here, planted.id))
    await erase_owner(here.hall, CALLER, planted.id)

    assert all(isinstance(end, Account | Erased | ConnectSessionExpiredError) for end in ends)
    assert left.get("account", 0) == left.get("grant", 0) == left.get("event", 0)
    assert [] == await exported(here, planted.id)


async def test_webhooks_hear_that_the_account_is_gone_but_not_whose_it_was(here, database_url):
    await create_webhook(here.hall, CALLER, NewWebhook("http://127.0.0.1:9/hook"))
    await erase_owner(here.hall, CALLER, "o1")
    address = make_url(database_url)
    engine = create_engine(address.set(drivername=DRIVERS[address.get_backend_name()]))
    with engine.connect() as connection:
        told = connection.execute(text("SELECT type, account_id, account FROM events")).all()
        due = connection.execute(text("SELECT account_id FROM deliveries")).scalars().all()
    engine.dispose()

    assert [("account.deleted", here.account.id)] == [(row.type, row.account_id) for row in told]
    assert '"origin_owner_id":""' in told[0].account
    assert COMPANY not in told[0].account
    assert [here.account.id] == list(due)


async def test_a_run_that_is_logged_late_is_swept_away(here):
    await erase_owner(here.hall, CALLER, "o1")
    late = log_run(here, here.account)  # another process had it under way
    await here.hall.run_log.flush()
    await keep_house(here.hall)

    assert await here.hall.runs.read(PROJECT, late) is None


async def test_an_erased_account_cannot_be_used(here):
    await erase_owner(here.hall, CALLER, "o1")
    error, _ = await here.refused("list_items")

    assert "not_found" == error.code
    assert [] == here.server.seen


async def test_the_audit_log_keeps_that_it_was_done_without_whose_it_was(here):
    await exported(here, "o1")
    await erase_owner(here.hall, CALLER, "o1")
    last = (await read_audit(here.hall, CALLER, limit=500))[-2:]

    assert ["owner.exported", "owner.erased"] == [entry.note.event for entry in last]
    assert last[0].note.subject_id == last[1].note.subject_id
    assert last[1].note.subject_id.startswith("owner_")


async def test_another_projects_owner_of_the_same_id_is_not_touched(here):
    stranger = Caller("quay-1002", frozenset(KeyScope))
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await erase_owner(here.hall, stranger, "o1")  # there is no such project; the audit log cannot be written

    assert 1 == kinds(await exported(here, "o1"))["account"]


async def test_who_may_and_what_is_no_owner(here):
    with pytest.raises(MissingScopeError):
        await erase_owner(here.hall, Caller(PROJECT, frozenset({KeyScope.PLATFORM_READ})), "o1")
    with pytest.raises(MissingScopeError):
        await export_owner(here.hall, Caller(PROJECT, frozenset({KeyScope.PLATFORM_READ})), "o1")
    with pytest.raises(InvalidInputError):
        await erase_owner(here.hall, CALLER, "  ")
