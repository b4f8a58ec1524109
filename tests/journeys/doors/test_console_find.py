"""Finding at the console: only what is of this project and open to this role, as a page and as the palette's data."""

import pytest
from console_people import Signed, make_member, sign_in
from doors_world import BASE, World

from linkspan.engine.call import Inputs
from linkspan.errors import LinkspanError
from linkspan.model import Caller
from linkspan.people_records import Role
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_project import create_project
from linkspan.usecases.run_action import ActionRequest, run_action

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def found(world: World, signed: Signed, words: str) -> dict[str, list[dict[str, str]]]:
    """Groups by name, of the data; the page must have the same addresses."""
    where = f"{BASE}/console/p/{world.caller.project_id}/find"
    data = await signed.browser.get(f"{where}.json", params={"q": words})
    page = await signed.browser.get(where, params={"q": words})

    assert (200, "no-store") == (data.status_code, data.headers["cache-control"])
    assert 200 == page.status_code
    groups = {group["name"]: group["hits"] for group in data.json()["groups"]}
    assert all(hit["address"].replace("&", "&amp;") in page.text for hits in groups.values() for hit in hits)
    return groups


async def failed_run(world: World, project_id: str) -> str:
    with pytest.raises(LinkspanError) as caught:
        await run_action(
            world.hall,
            Caller(project_id, ALL_SCOPES),
            ActionRequest("dynamics365bc_list_items", "nobody", Inputs(), "rest"),
        )
    return str(caught.value.run_id)


async def test_things_are_found_by_what_people_know_of_them(world: World) -> None:
    run = await failed_run(world, world.caller.project_id)
    root = f"/console/p/{world.caller.project_id}"
    async with sign_in(world, await make_member(world, "finder", Role.OWNER)) as owner:
        by_account, by_run = await found(world, owner, world.account.id), await found(world, owner, f"  {run} ")
        by_profile, by_page = await found(world, owner, world.profile.name.upper()), await found(world, owner, "LOG")
        by_words, by_id = await found(world, owner, "overdue customers"), await found(world, owner, "list_vendors")
        nothing = await found(world, owner, "zzqy xxkw")

    assert [f"{root}/accounts/{world.account.id}"] == [hit["address"] for hit in by_account["Accounts"]]
    assert [(run, f"{root}/logs/{run}")] == [(hit["title"], hit["address"]) for hit in by_run["Runs"]]
    assert world.profile.name in [hit["title"] for hit in by_profile["Connector profiles"]]
    assert ["Logs"] == [hit["title"] for hit in by_page["Pages"]]
    assert any("customer" in hit["title"] for hit in by_words["Actions"])
    assert "dynamics365bc_list_vendors" == by_id["Actions"][0]["title"]
    assert f"{root}/tester?action=dynamics365bc_list_vendors" == by_id["Actions"][0]["address"]
    assert {} == nothing


async def test_a_viewer_is_offered_nothing_to_do_that_is_refused(world: World) -> None:
    async with sign_in(world, await make_member(world, "found-viewer", Role.VIEWER)) as viewer:
        everything = await found(world, viewer, "")
    async with sign_in(world, await make_member(world, "found-owner", Role.OWNER)) as owner:
        more = await found(world, owner, "")

    assert ["See what failed"] == [hit["title"] for hit in everything["Do"]]
    assert {"Add a member", "Take an API key"} <= {hit["title"] for hit in more["Do"]}
    assert "Start" == everything["Pages"][0]["title"]


async def test_other_projects_things_are_not_found(world: World) -> None:
    other = await create_project(world.hall, "Far Quay")
    run = await failed_run(world, other.id)
    async with sign_in(world, await make_member(world, "searcher", Role.OWNER)) as owner:
        assert {} == await found(world, owner, run)
        foreign = await owner.browser.get(f"{BASE}/console/p/{other.id}/find.json", params={"q": world.account.id})

    assert 404 == foreign.status_code
    assert world.account.id not in foreign.text


@pytest.mark.parametrize(
    "words",
    [
        "\x00",
        "a\x00b",
        "%",
        "_",
        "'; --",
        "<img src=x onerror=alert(1)>",
        "x" * 5000,
        "run_" + "z" * 3000,
        "\ud7ff\u202e",
        "(",
    ],
)
async def test_hostile_words_find_nothing_and_break_nothing(world: World, words: str) -> None:
    async with sign_in(world, await make_member(world, f"hostile-{abs(hash(words))}", Role.VIEWER)) as viewer:
        answer = await viewer.browser.get(f"{BASE}/console/p/{world.caller.project_id}/find", params={"q": words})
        data = await viewer.browser.get(f"{BASE}/console/p/{world.caller.project_id}/find.json", params={"q": words})

    assert (200, 200) == (answer.status_code, data.status_code)
    assert "<img" not in answer.text
    assert len(answer.text) < 20_000
