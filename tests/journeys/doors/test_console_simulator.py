"""The simulator's page of the console: how it is while it runs, what came instead, and how to start one."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from console_people import PASSWORD, Signed, make_member, sign_in
from doors_world import BASE, World
from wire_server import says, wire_server

from linkspan.model import Caller, Secret
from linkspan.people_records import Role
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project
from linkspan.usecases.look_at_simulators import look_at_simulators
from linkspan.usecases.members import accept_invitation, add_member

pytestmark = pytest.mark.asyncio(loop_scope="session")
STATE = {"clock": {"now": "2026-11-26T02:00:00Z", "offset_seconds": 0}, "failures": [{"kind": "<b>", "times": 2}]}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def viewer(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "watcher", Role.VIEWER)) as signed:
        yield signed


async def project_at(world: World, name: str, url: str) -> Caller:
    """A project whose one profile points at an address."""
    caller = Caller((await create_project(world.hall, name)).id, ALL_SCOPES)
    new = NewProfile(
        "dynamics365bc",
        "Elsewhere",
        "33333333-3333-4333-8333-333333333333",
        client_secret=Secret("none"),
        provider_url=url,
    )
    await create_profile(world.hall, caller, new)
    return caller


async def test_a_running_simulator_shows_its_state_and_its_page(world: World, viewer: Signed) -> None:
    page = (await viewer.browser.get(f"{BASE}/console/p/{world.caller.project_id}/simulator")).text
    [view] = await look_at_simulators(world.hall, world.caller)

    assert "Running" in page
    assert f'href="{world.simulator.url}/_sim/"' in page
    assert (0, True) == (view.state.seed, view.requests > 0)
    assert f"<dd>{len(view.state.tenants)}</dd>" in page


async def test_a_project_without_one_is_told_how_to_start_one(world: World) -> None:
    caller = Caller((await create_project(world.hall, "No simulator")).id, ALL_SCOPES)

    assert [] == list(await look_at_simulators(world.hall, caller))


@pytest.mark.parametrize(
    "body", [b"<html>", b"", b"[]", b'{"clock": 7}', b"\xff\xfe", b'{"clock": {"now": "then", "offset_seconds": 0}}']
)
async def test_what_is_no_simulator_is_said_to_be_none(world: World, body: bytes) -> None:
    async with wire_server(says(200, body)) as server:
        [view] = await look_at_simulators(world.hall, await project_at(world, "Odd place", server.url))

    assert (None, "what answers there is no simulator") == (view.state, view.why)


async def test_one_that_is_away_says_so_and_holds_nobody_up(world: World) -> None:
    async with wire_server(says(200, b"")) as server:
        url = server.url
    [view] = await look_at_simulators(world.hall, await project_at(world, "Away", url))

    assert view.state is None
    assert view.why is not None
    assert view.why.startswith("connect")


async def test_what_a_hostile_place_says_is_text(world: World) -> None:
    seen = [{"at": "now", "method": "<i>" * 9, "path": "<script>" * 99, "status": 200}]
    async with wire_server(says(200, STATE), says(200, seen)) as server:
        caller = await project_at(world, "Hostile", server.url)
        member = await add_member(world.hall, caller, email="host@harbour.example", name="Host", role=Role.VIEWER)
        await accept_invitation(world.hall, Secret(str(member.link).rpartition("/")[2]), Secret(PASSWORD))
        async with sign_in(world, member.member) as signed:
            page = (await signed.browser.get(f"{BASE}/console/p/{caller.project_id}/simulator")).text

    assert "<code>&lt;b&gt;</code> " in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "<i>" not in page
