"""A run's page: its token then and now, and the replay, which reaches nothing but a simulator that passes nothing on."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx2
import msgspec
import pytest
import pytest_asyncio
from console_people import Signed, make_member, sign_in
from doors_world import BASE, World, open_world

from linkspan.engine.call import Inputs
from linkspan.errors import AccessError, LinkspanError
from linkspan.model import Run
from linkspan.people_records import Role
from linkspan.simulator import Simulator
from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.read_runs import read_run
from linkspan.usecases.replay_run import replay_run, simulator_at
from linkspan.usecases.run_action import ActionRequest, run_action
from linkspan.usecases.token_state import read_token_states

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def keeping(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> AsyncIterator[World]:
    """An installation that keeps bodies."""
    async for world in open_world(tmp_path_factory.mktemp("replays"), simulator, bodies_kept_days=1):
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def developer(keeping: World) -> AsyncIterator[Signed]:
    async with sign_in(keeping, await make_member(keeping, "replayer", Role.DEVELOPER)) as signed:
        yield signed


async def ran(world: World, action: str, **groups: object) -> Run:
    answer = (await world.rpc(action, **groups)).json()
    return await read_run(world.hall, world.caller, answer["run_id"] if "run_id" in answer else await newest(world))


async def newest(world: World) -> str:
    await world.hall.run_log.flush()
    async with world.api() as client:
        return (await client.get("/v1/runs?limit=1")).json()["data"][0]["id"]


async def replayed(world: World, signed: Signed, run: Run, **form: str) -> httpx2.Response:
    page = await signed.browser.get(f"{BASE}/console/p/{world.caller.project_id}/logs/{run.id}")
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page.text)
    assert key is not None, page.text
    return await again(world, signed, run, key[1], **form)


async def again(world: World, signed: Signed, run: Run, key: str, **form: str) -> httpx2.Response:
    where = f"/console/p/{world.caller.project_id}/logs/{run.id}/replay"
    return await signed.post(where, {"account": world.account.id, "idempotency_key": key, **form})


def requests_seen(world: World) -> int:
    return len(world.simulator.requests(path="/api/v2.0"))


async def test_an_equal_answer_is_told_and_a_changed_record_shown(keeping: World, developer: Signed) -> None:
    made = (await keeping.rpc("create_customer", body={"displayName": "Replay Me", "city": "Moss"})).json()["data"]
    run = await ran(keeping, "get_customer", path={"id": made["id"]})
    same = await replayed(keeping, developer, run)
    await keeping.rpc("update_customer", path={"id": made["id"]}, body={"city": "Halden"})
    other = await replayed(keeping, developer, run)
    await keeping.rpc("delete_customer", path={"id": made["id"]})
    gone = await replayed(keeping, developer, run)

    assert "The simulator answers the same." in same.text
    assert "<code>city</code>" in other.text
    assert "Moss" in other.text
    assert "Halden" in other.text
    assert "record_not_found" in gone.text
    assert [200, 200, 200] == [page.status_code for page in (same, other, gone)]


async def test_a_write_is_a_new_run_once_per_page_and_needs_a_yes(keeping: World, developer: Signed) -> None:
    run = await ran(keeping, "create_customer", body={"displayName": "Replay Written"})
    unsure = await replayed(keeping, developer, run)
    key = "replay-" + "ab" * 16
    first = await again(keeping, developer, run, key, sure="yes")
    second = await again(keeping, developer, run, key, sure="yes")
    found = (await keeping.rpc("list_customers", query={"filter": {"displayName": "Replay Written"}})).json()["data"]
    ids = {one for page in (first, second) for one in re.findall(r"run_\w+", page.text)} - {run.id}

    assert 400 == unsure.status_code
    assert 2 == len(found)
    assert 1 == len(ids)
    assert "Nothing was written now." in second.text


async def test_a_profile_at_the_provider_itself_is_never_replayed(keeping: World, developer: Signed) -> None:
    run = await ran(keeping, "list_items", query={"top": 1})
    before = requests_seen(keeping)
    await change_profile(keeping.hall, keeping.caller, keeping.profile.id, {"provider_url": None})
    try:
        page = await developer.browser.get(f"{BASE}/console/p/{keeping.caller.project_id}/logs/{run.id}")
        refused = await again(keeping, developer, run, "replay-" + "cd" * 16)
    finally:
        await change_profile(keeping.hall, keeping.caller, keeping.profile.id, {"provider_url": keeping.simulator.url})

    assert "No account of this connector points at a simulator." in page.text
    assert (403, "points at the provider itself" in refused.text) == (refused.status_code, True)
    assert before == requests_seen(keeping)


async def test_a_recording_simulator_and_what_is_none_are_refused(keeping: World, developer: Signed) -> None:
    run = await ran(keeping, "list_items", query={"top": 1})
    keeping.simulator.start_recording("http://127.0.0.1:9")
    try:
        recording = await replayed(keeping, developer, run)
    finally:
        keeping.simulator.stop_recording()
    for address in ("http://127.0.0.1:9", None, "file:///etc", "http://u:p@127.0.0.1"):
        with pytest.raises(AccessError, match="Nothing was sent"):
            await simulator_at(keeping.hall, address)

    assert (403, "is recording" in recording.text) == (recording.status_code, True)


async def test_a_profile_that_moves_while_it_is_replayed_reaches_nothing(keeping: World) -> None:
    before = requests_seen(keeping)
    request = ActionRequest(
        "dynamics365bc_list_items", keeping.account.id, Inputs(), "console", only_at="http://127.0.0.1:9"
    )
    with pytest.raises(AccessError, match="does not point at"):
        await run_action(keeping.hall, keeping.caller, request)

    assert before == requests_seen(keeping)


async def test_without_bodies_or_with_hidden_ones_there_is_no_replay(
    world: World, keeping: World, developer: Signed
) -> None:
    bare = await ran(world, "list_items", query={"top": 1})
    hidden = await ran(keeping, "list_items", query={"top": 1, "password": "x"})
    page = await developer.browser.get(f"{BASE}/console/p/{keeping.caller.project_id}/logs/{hidden.id}")
    with pytest.raises(LinkspanError, match="kept"):
        await replay_run(world.hall, world.caller, bare.id, world.account.id, "k")

    assert "hidden or left out" in page.text


async def test_the_tester_opens_with_what_a_run_was_asked(keeping: World, developer: Signed) -> None:
    run = await ran(keeping, "list_customers", query={"filter": {"city": "Kinsale"}, "top": 3})
    tester = f"{BASE}/console/p/{keeping.caller.project_id}/tester"
    page = await developer.browser.get(
        tester, params={"account": keeping.account.id, "action": "dynamics365bc_list_customers", "run": run.id}
    )
    strange = await developer.browser.get(
        tester, params={"account": keeping.account.id, "action": "dynamics365bc_list_customers", "run": "run_nobody"}
    )

    assert "Kinsale" in page.text
    assert 404 == strange.status_code


async def test_the_token_is_told_then_and_now_and_its_text_never(keeping: World, developer: Signed) -> None:
    run = await ran(keeping, "list_items", query={"top": 1})
    states = await read_token_states(keeping.hall, keeping.caller, run)
    early = replace_started(run, run.started_at - timedelta(days=400))
    late = replace_started(run, run.started_at + timedelta(days=1))
    page = await developer.browser.get(f"{BASE}/console/p/{keeping.caller.project_id}/logs/{run.id}")
    long_ago, tomorrow = [await read_token_states(keeping.hall, keeping.caller, one) for one in (early, late)]

    assert states is not None
    assert long_ago is not None
    assert tomorrow is not None
    assert ("fresh", "fresh") == (states.then.state, states.now.state)
    assert states.then.ends_at == states.now.ends_at
    assert ("unknown", "expired") == (long_ago.then.state, tomorrow.then.state)
    assert "Fresh" in page.text
    assert "eyJ" not in page.text


def replace_started(run: Run, at: datetime) -> Run:
    return msgspec.structs.replace(run, started_at=at)
