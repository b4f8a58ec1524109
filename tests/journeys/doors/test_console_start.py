"""The start page says what to do next out of what is really there, and what needs a look."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest
import pytest_asyncio
from console_people import PASSWORD, Signed, sign_in
from doors_world import BASE, World
from sqlalchemy import insert

from linkspan.event_records import EventType
from linkspan.model import Account, AccountState, Caller, Owner, Run, Secret, StateReason
from linkspan.people_records import Role
from linkspan.storage.account_rows import account_cells
from linkspan.storage.account_store import set_state
from linkspan.storage.tables import accounts
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project
from linkspan.usecases.ids import new_run_id
from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook
from linkspan.usecases.members import accept_invitation, add_member

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def fresh(world: World) -> AsyncIterator[tuple[Caller, Signed, Signed]]:
    """A project of its own without anything, its owner and a viewer."""
    caller = Caller((await create_project(world.hall, "Fresh Harbour")).id, ALL_SCOPES)
    members = []
    for role in (Role.OWNER, Role.VIEWER):
        email = f"{role.value}-{caller.project_id}@harbour.example"
        invited = await add_member(world.hall, caller, email=email, name=role.value, role=role)
        await accept_invitation(world.hall, Secret(str(invited.link).rpartition("/")[2]), Secret(PASSWORD))
        members.append(invited.member)
    async with sign_in(world, members[0]) as owner, sign_in(world, members[1]) as viewer:
        yield caller, owner, viewer


async def put_account(world: World, account: Account) -> None:
    """Only its row: nothing is asked of a provider here."""
    async with world.hall.accounts._database.begin() as connection:
        await connection.execute(insert(accounts).values(account_cells(account)))


async def shown(signed: Signed, caller: Caller) -> str:
    page = await signed.browser.get(f"{BASE}/console/p/{caller.project_id}")
    assert 200 == page.status_code
    return page.text


def step(text: str) -> str | None:
    found = re.search(r'<h2 id="next">([^<]*)</h2>', text)
    return found[1] if found else None


def a_run(caller: Caller, world: World, door: str) -> Run:
    now = world.hall.clock()
    return Run(
        id=new_run_id(now), project_id=caller.project_id, account_id=None, profile_id=None, connector="dynamics365bc",
        action="dynamics365bc_list_items", verb="list", door=door, key_id=None, started_at=now, duration_ms=5, status=200,
    )  # fmt: skip


def replace_run(run: Run, began: datetime) -> Run:
    return msgspec.structs.replace(run, id=new_run_id(began), started_at=began)


async def test_the_next_step_follows_what_is_there(world: World, fresh: tuple[Caller, Signed, Signed]) -> None:
    caller, owner, viewer = fresh
    hall, steps = world.hall, []
    first, watched = await shown(owner, caller), await shown(viewer, caller)
    profile = await create_profile(
        hall, caller, NewProfile("dynamics365bc", "Fresh", "client", client_secret=Secret("Tern-41-tern"))
    )
    steps.append(step(await shown(owner, caller)))
    assert world.account is not None
    stored = replace(
        world.account,
        id="FreshAccount00000001",
        project_id=caller.project_id,
        profile_id=profile.id,
        owner=Owner("o", "Fresh & Sons"),
    )
    await put_account(world, stored)
    steps.append(step(await shown(owner, caller)))
    await hall.runs.put([a_run(caller, world, "linking")])
    steps.append(step(await shown(owner, caller)))
    await hall.runs.put([a_run(caller, world, "mcp")])
    steps.append(step(await shown(owner, caller)))
    await create_key(hall, caller, NewKey("fresh"))
    last = await shown(owner, caller)

    assert "Make a connector profile" == step(first)
    assert 'href="/connectors"' in first
    assert ("To the profiles" in first, "To the profiles" in watched) == (True, False)
    assert "Somebody with the role developer does this." in watched
    assert '<figure class="picture"' not in first
    assert ["Link an account", "Run an action", "Run an action", "Take an API key"] == steps
    assert None is step(last)
    assert {"volume", "latency"} == set(re.findall(r'<figure class="picture" id="(\w+)"', last))


async def test_what_needs_a_look_is_named(world: World, fresh: tuple[Caller, Signed, Signed]) -> None:
    caller, owner, _ = fresh
    hall, now = world.hall, world.hall.clock()
    new = NewProfile(
        "dynamics365bc",
        "Gull",
        "client",
        client_secret=Secret("Tern-42-tern"),
        secret_expires_at=now + timedelta(days=3, hours=1),
    )
    profile = await create_profile(hall, caller, new)
    assert world.account is not None
    account = replace(
        world.account,
        id="FreshAccount00000002",
        project_id=caller.project_id,
        profile_id=profile.id,
        owner=Owner("o", "<b>Ill & Sons"),
        label=None,
    )
    await put_account(world, account)
    async with hall.accounts._database.begin() as connection:
        await set_state(
            connection,
            (caller.project_id, account.id),
            AccountState.NEEDS_REAUTH,
            [StateReason("consent_revoked", "no", now)],
            now,
        )
    webhook, _secret = await create_webhook(hall, caller, NewWebhook(f"{BASE}/nowhere", frozenset(EventType)))
    quiet = await shown(owner, caller)

    assert "1 account needs a look." in quiet
    assert f'/accounts/{account.id}">&lt;b&gt;Ill &amp; Sons</a>' in quiet
    assert "Client secret expires in 3 days." in quiet
    assert "0 of 1" in quiet
    assert webhook.url not in quiet


async def test_each_range_of_the_pictures_leads_to_its_runs_in_the_log(
    world: World, fresh: tuple[Caller, Signed, Signed]
) -> None:
    caller, owner, _ = fresh
    old = a_run(caller, world, "linking")
    began = world.hall.clock() - timedelta(days=20)
    await world.hall.runs.put([replace_run(old, began)])
    figures, logs = {}, {}
    for name in ("hour", "day", "week", "month"):
        page = await owner.browser.get(f"{BASE}/console/p/{caller.project_id}", params={"range": name})
        link = re.search(r'href="([^"]*span=[^"&]*)"><span class="figure">([0-9,]+)', page.text)
        assert link is not None
        figures[name] = link[2]
        logs[name] = (await owner.browser.get(BASE + link[1])).text.count("<td><time")

    assert {"hour": "0", "day": "0", "week": "0", "month": "1"} == figures
    assert {"hour": 0, "day": 0, "week": 0, "month": 1} == logs
