"""Every route of the console, enumerated: not signed in, too low a role, no form token, and another project's ids are all refused."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
from console_people import PASSWORD, Signed, make_member, sign_in
from doors_world import BASE, World

from linkspan.doors.console.guard import Place
from linkspan.doors.console.pages import ConsolePages
from linkspan.doors.console.routes import places
from linkspan.doors.console.sign_in import SignIn
from linkspan.model import Project
from linkspan.people_records import Role
from linkspan.server import build_app
from linkspan.usecases.create_project import create_project

pytestmark = pytest.mark.asyncio(loop_scope="session")
DOORSTEP = {
    "/console/sign-in",
    "/console/sign-in/passkey",
    "/console/sign-in/passkey/options",
    "/console/oidc",
    "/console/oidc/callback",
    "/console/oidc/sign-out",
    "/console/first",
    "/console/join/{token}",
}


def all_places() -> list[Place]:
    """The table of places is the same whatever hall it is made for."""
    return list(places(ConsolePages.__new__(ConsolePages), SignIn.__new__(SignIn)))


PLACES = [pytest.param(place, id=f"{place.method} {place.path}") for place in all_places()]
IN_PROJECT = [one for one in PLACES if "{project}" in one.values[0].path]
DEEDS = [one for one in PLACES if one.values[0].method == "POST"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def viewer(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "viewer", Role.VIEWER)) as signed:
        yield signed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "owner", Role.OWNER)) as signed:
        yield signed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def others(world: World) -> Project:
    return await create_project(world.hall, "Somebody else")


def address(place: Place, project: str, **ids: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: {"project": project, **ids}.get(found[1], "nothing"), place.path)


async def test_every_route_of_the_console_is_a_place_or_of_the_doorstep(world: World) -> None:
    routes = {route.path for route in build_app(world.hall).routes if getattr(route, "path", "").startswith("/console")}

    assert routes == DOORSTEP | {place.path for place in all_places()}


@pytest.mark.parametrize("place", PLACES)
async def test_whoever_is_not_signed_in_is_refused(world: World, place: Place) -> None:
    async with world.browser(follow_redirects=False) as browser:
        answer = await browser.request(place.method, BASE + address(place, world.caller.project_id))

    if place.method == "POST":
        assert 401 == answer.status_code
    else:
        assert 303 == answer.status_code
        assert answer.headers["location"].startswith("/console/sign-in?to=/console")


@pytest.mark.parametrize("place", [one for one in DEEDS if one.values[0].role is not Role.VIEWER])
async def test_a_viewer_changes_nothing(world: World, viewer: Signed, place: Place) -> None:
    answer = await viewer.post(address(place, world.caller.project_id), {})

    assert (403, True) == (answer.status_code, "This needs the role" in answer.text)


@pytest.mark.parametrize("place", DEEDS)
async def test_a_form_without_its_token_is_refused(world: World, owner: Signed, place: Place) -> None:
    where = address(place, world.caller.project_id)
    for form in ({}, {"form_token": "0" * 64}):
        answer = await owner.browser.post(BASE + where, data=form)

        assert (403, True) == (answer.status_code, "did not come from a page" in answer.text)
    foreign = await owner.post(where, {}, headers={"sec-fetch-site": "cross-site"})
    assert 403 == foreign.status_code


@pytest.mark.parametrize("place", IN_PROJECT)
async def test_another_project_is_not_there(owner: Signed, others: Project, place: Place) -> None:
    where = address(place, others.id)
    answer = await owner.post(where, {}) if place.method == "POST" else await owner.browser.get(BASE + where)

    assert (404, True) == (answer.status_code, "not_found" in answer.text)


@pytest.mark.parametrize(
    "place",
    [one for one in IN_PROJECT if re.search(r"\{(account|run|key|person|profile|webhook)\}", one.values[0].path)],
)
async def test_ids_that_are_not_of_this_project_are_not_there(world: World, owner: Signed, place: Place) -> None:
    where = address(place, world.caller.project_id)
    form = {"deed": "suspend", "role": "viewer", "enabled": "no", "name": "x"}
    answer = await owner.post(where, form) if place.method == "POST" else await owner.browser.get(BASE + where)

    assert 404 == answer.status_code


async def test_what_a_viewer_sees_holds_no_form_for_deeds(world: World, viewer: Signed) -> None:
    for page in ("", "/accounts", "/keys", "/members", "/logs", f"/accounts/{world.account.id}"):
        shown = await viewer.browser.get(f"{BASE}/console/p/{world.caller.project_id}{page}")

        assert 200 == shown.status_code
        assert ["/console/sign-out"] == re.findall(r'<form method="post"[^>]*action="([^"]*)"', shown.text)


async def test_pages_may_load_nothing_from_elsewhere_and_be_framed_by_nobody(world: World, owner: Signed) -> None:
    shown = await owner.browser.get(f"{BASE}/console/p/{world.caller.project_id}")
    policy = shown.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" == shown.headers["cache-control"]
    assert "<script>" not in shown.text
    assert PASSWORD not in shown.text


async def test_a_session_ends_with_its_person(world: World, owner: Signed) -> None:
    member = await make_member(world, "leaver", Role.DEVELOPER)
    async with sign_in(world, member) as leaver:
        inside = await leaver.browser.get(f"{BASE}/console/p/{world.caller.project_id}")
        await owner.post(f"/console/p/{world.caller.project_id}/members/{member.person.id}/remove", {})
        outside = await leaver.browser.get(f"{BASE}/console/p/{world.caller.project_id}")

    assert (200, 404) == (inside.status_code, outside.status_code)
    assert isinstance(outside, httpx2.Response)
