"""The audit log: each change leaves one entry in its own transaction, names fields and no values, and cannot be altered."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hall_world import CALLER, PROJECT, HallWorld, hall_world
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from linkspan.audit_records import AuditNote
from linkspan.errors import AlreadyExistsError, InvalidInputError, MissingScopeError, NotFoundError, ProfileInUseError
from linkspan.event_records import EventType
from linkspan.model import ApiKey, Caller, KeyScope, Owner, Secret
from linkspan.usecases.audit import export_audit, read_audit
from linkspan.usecases.change_account import archive_account, change_account, resume_account, suspend_account
from linkspan.usecases.change_key import change_key, delete_key
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project, rename_project
from linkspan.usecases.delete_account import delete_account
from linkspan.usecases.delete_profile import delete_profile
from linkspan.usecases.keep_brand import change_brand
from linkspan.usecases.keep_webhooks import (
    NewWebhook,
    change_webhook,
    create_webhook,
    delete_webhook,
    rotate_webhook_secret,
)

PLANTED, SECRET = "planted-name-of-somebody-93", "planted-secret-value-94"
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[HallWorld]:
    async with hall_world(tmp_path, database_url=database_url) as world:
        yield world


async def told(here: HallWorld, subject_id: str | None = None) -> list[tuple[str, str, tuple[str, ...]]]:
    found = await read_audit(here.hall, CALLER, limit=500, subject_id=subject_id)
    return [(entry.note.event, entry.note.key_id or entry.note.source, entry.note.fields) for entry in found]


def new_profile(name: str = "Second") -> NewProfile:
    return NewProfile(connector="dynamics365bc", name=name, client_id="c", client_secret=Secret(SECRET))


async def test_a_profile_tells_who_made_changed_and_deleted_it(here):
    profile = await create_profile(here.hall, CALLER, new_profile())
    change = {"client_secret": Secret(SECRET + "x"), "enabled_actions": frozenset({"dynamics365bc_list_items"})}
    await change_profile(here.hall, Caller(PROJECT, frozenset(KeyScope), source="cli"), profile.id, change)
    await delete_profile(here.hall, CALLER, profile.id)

    expected = [
        ("profile.created", "key_1", ("client_id", "client_secret", "connector", "name")),
        ("profile.changed", "cli", ("client_secret", "enabled_actions")),
        ("profile.deleted", "key_1", ()),
    ]
    assert expected == await told(here, profile.id)


async def test_a_key_tells_who_made_limited_and_deleted_it(here):
    key, text_of_key = await create_key(here.hall, CALLER, NewKey("ci", per_minute=5))
    await change_key(here.hall, CALLER, key.id, {"per_minute": None, "enabled": False})
    await delete_key(here.hall, CALLER, key.id)

    expected = [
        ("key.created", "key_1", ("name", "per_minute", "scopes")),
        ("key.changed", "key_1", ("enabled", "per_minute")),
        ("key.deleted", "key_1", ()),
    ]
    assert expected == await told(here, key.id)
    assert text_of_key.reveal() not in repr(await read_audit(here.hall, CALLER, limit=500))


async def test_an_account_tells_its_whole_life(here):
    account = here.account.id
    await change_account(here.hall, CALLER, account, {"owner": Owner("o2", PLANTED), "label": PLANTED})
    await suspend_account(here.hall, CALLER, account)
    await suspend_account(here.hall, CALLER, account)  # is suspended already: no change, no entry
    await resume_account(here.hall, CALLER, account)
    await archive_account(here.hall, CALLER, account)
    await delete_account(here.hall, CALLER, account)

    expected = [
        ("account.linked", "link_page", ("grant", "company_id", "environment", "tenant_id")),
        ("account.changed", "key_1", ("label", "owner")),
        ("account.suspended", "key_1", ()),
        ("account.resumed", "key_1", ()),
        ("account.archived", "key_1", ()),
        ("account.deleted", "key_1", ()),
    ]
    assert expected == await told(here, account)
    told_of_all = repr(await read_audit(here.hall, CALLER, limit=500))
    assert PLANTED not in told_of_all
    assert SECRET not in told_of_all


async def test_webhooks_and_the_brand_are_told_too(here):
    hook, _ = await create_webhook(here.hall, CALLER, NewWebhook("http://127.0.0.1:9/hook"))
    await change_webhook(here.hall, CALLER, hook.id, {"events": frozenset({EventType.ACCOUNT_DELETED})})
    await rotate_webhook_secret(here.hall, CALLER, hook.id)
    await delete_webhook(here.hall, CALLER, hook.id)
    await change_brand(here.hall, CALLER, {"colour": "#102030"})

    assert ["webhook.created", "webhook.changed", "webhook.changed", "webhook.deleted"] == [
        event for event, _, _ in await told(here, hook.id)
    ]
    assert [("brand.changed", "key_1", ("colour",))] == await told(here, PROJECT)


async def test_what_was_refused_leaves_no_entry(here):
    before = await told(here)
    with pytest.raises(AlreadyExistsError):
        await create_profile(here.hall, CALLER, new_profile(here.profile.name))
    with pytest.raises(ProfileInUseError):
        await delete_profile(here.hall, CALLER, here.profile.id)
    with pytest.raises(NotFoundError):
        await change_key(here.hall, CALLER, "key_of_nobody", {"enabled": False})

    assert before == await told(here)


async def test_a_change_whose_entry_cannot_be_written_does_not_happen(here):
    broken = AuditNote(PROJECT, here.hall.clock(), "cli", None, "x")  # type: ignore[arg-type]  # a column that may not be NULL
    key = ApiKey("key_never", PROJECT, "n", "v1", frozenset(KeyScope), True, here.hall.clock())
    with pytest.raises(Exception, match=r"(?i)null"):
        await here.hall.keys.add(key, "d" * 64, broken)

    assert await here.hall.keys.read(PROJECT, "key_never") is None


async def test_a_new_name_of_the_project_is_told_without_the_name(here):
    other = await create_project(here.hall, "Somebody else")
    await rename_project(here.hall, CALLER.project_id, PLANTED)
    with pytest.raises(InvalidInputError):
        await rename_project(here.hall, CALLER.project_id, " ")
    with pytest.raises(NotFoundError):
        await rename_project(here.hall, "nothing-1234", "Anything")

    assert [("project.changed", "cli", ("name",))] == await told(here, CALLER.project_id)
    assert [] == await read_audit(here.hall, replace(CALLER, project_id=other.id))
    assert PLANTED not in repr(await read_audit(here.hall, CALLER, limit=500))


@pytest.mark.parametrize("deed", ["UPDATE audit_log SET source = 'nobody'", "DELETE FROM audit_log"])
async def test_the_database_itself_refuses_to_alter_the_log(here, database_url, deed):
    before = await told(here)
    address = make_url(database_url)
    engine = create_engine(address.set(drivername=DRIVERS[address.get_backend_name()]))

    def alter() -> None:
        with engine.begin() as connection:
            connection.execute(text(deed))

    # Not in the loop: what the installation itself has under way there may hold the database's one writer's lock.
    with pytest.raises(DBAPIError, match="append-only"):
        await asyncio.to_thread(alter)
    engine.dispose()

    assert before
    assert before == await told(here)


async def test_the_log_is_exported_whole_and_read_by_pages_of_the_own_project_only(here):
    for number in range(7):
        await create_key(here.hall, CALLER, NewKey(f"k{number}"))
    whole = [entry async for group in export_audit(here.hall, CALLER) for entry in group]
    first = await read_audit(here.hall, CALLER, limit=3)
    rest = await read_audit(here.hall, CALLER, after=first[-1].position, limit=500)

    assert 8 == len(whole)
    assert whole == first + rest
    assert [] == await read_audit(here.hall, Caller("quay-1002", frozenset(KeyScope)), limit=500)


async def test_reading_needs_the_scope(here):
    with pytest.raises(MissingScopeError):
        await read_audit(here.hall, Caller(PROJECT, frozenset({KeyScope.PLATFORM_WRITE})))
