"""Settings at the console: for owners alone; name, brand, how long things are kept, data keys rotated while everything runs; and new projects."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from console_people import Signed, make_member, sign_in
from doors_world import BASE, World

from linkspan.people_records import Role
from linkspan.usecases.create_project import rename_project
from linkspan.usecases.keep_brand import change_brand
from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook, delete_webhook
from linkspan.usecases.read_profiles import list_profiles
from linkspan.usecases.rotate_keys import read_data_keys

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "keeper", Role.OWNER)) as signed:
        yield signed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def developer(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "tinker", Role.DEVELOPER)) as signed:
        yield signed


def here(world: World, page: str = "settings") -> str:
    return f"/console/p/{world.caller.project_id}/{page}"


async def shown(signed: Signed, where: str) -> str:
    answer = await signed.browser.get(BASE + where)
    assert 200 == answer.status_code, answer.text
    return answer.text


async def test_settings_are_for_owners(world: World, owner: Signed, developer: Signed) -> None:
    text = await shown(owner, here(world))
    others = await shown(developer, here(world, "keys"))
    answers = [
        (await developer.browser.get(BASE + here(world, page))).status_code for page in ("settings", "settings/keys")
    ]

    assert "LINKSPAN_RUNS_KEPT_DAYS" in text
    assert "90 days" in text
    assert "linkspan keys rotate --new-master-key --drop-old" in text
    assert [403, 403] == answers
    assert here(world) not in others


async def test_the_project_is_renamed_and_branded(world: World, owner: Signed) -> None:
    before = (await world.hall.projects.read(world.caller.project_id)).name
    too_long = await owner.post(here(world, "settings/name"), {"name": "n" * 81})
    renamed = await owner.post(here(world, "settings/name"), {"name": "Pier <Nine>"})
    page = await shown(owner, here(world))
    wrong = await owner.post(here(world, "settings/brand"), {"own_colour": "yes", "colour": "red;}"})
    branded = await owner.post(
        here(world, "settings/brand"), {"brand_name": "Quayside", "own_colour": "yes", "colour": "#0B6E4F"}
    )
    brand = await world.hall.brands.read(world.caller.project_id)
    await rename_project(world.hall, world.caller.project_id, before)
    await change_brand(world.hall, world.caller, {"name": None, "colour": None})

    assert (400, 303) == (too_long.status_code, renamed.status_code)
    assert "Pier &lt;Nine&gt;" in page
    assert (400, 303) == (wrong.status_code, branded.status_code)
    assert ("Quayside", "#0b6e4f") == (brand.name, brand.colour)


async def test_data_keys_are_rotated_while_everything_runs(world: World, owner: Signed) -> None:
    webhook, _ = await create_webhook(world.hall, world.caller, NewWebhook("http://127.0.0.1:9/rotated"))
    before = await read_data_keys(world.hall, world.caller)
    answers = [await owner.post(here(world, "settings/keys"), {}) for _ in range(2)]
    for _ in range(600):
        told = (await owner.browser.get(BASE + here(world, "settings/keys"))).json()
        if not told["running"]:
            break
        await asyncio.sleep(0.1)
    after = await read_data_keys(world.hall, world.caller)
    page = await shown(owner, here(world))
    profiles = await list_profiles(world.hall, world.caller)
    await delete_webhook(world.hall, world.caller, webhook.id)

    assert [303, 303] == [answer.status_code for answer in answers]
    assert told["all"] == told["done"] > 0
    assert after[0].version > before[0].version
    assert [0] * (len(after) - 1) == [key.seals for key in after[1:]]
    assert f"{told['done']} of {told['all']}" in page
    assert profiles


async def test_an_owner_makes_a_project_of_their_own(world: World, owner: Signed, developer: Signed) -> None:
    refused = await developer.post("/console/projects", {"name": "Not mine"})
    nameless = await owner.post("/console/projects", {"name": " "})
    made = await owner.post("/console/projects", {"name": "Second pier"})
    new = made.headers["location"]
    inside = await shown(owner, new)
    listed = await shown(owner, "/console/projects")
    outside = await developer.browser.get(BASE + new)
    members = await shown(owner, f"{new}/members")

    assert (403, 400, 303) == (refused.status_code, nameless.status_code, made.status_code)
    assert "Second pier" in inside
    assert f'href="{new}"' in listed
    assert 404 == outside.status_code
    assert 1 == len(re.findall(r"<select name=\"role\"", members))
    assert "Make a project" not in await shown(developer, "/console/projects")
