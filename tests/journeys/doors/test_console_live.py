"""What the log's script asks for: nothing while nothing is new, and it does not keep a session open."""

from datetime import timedelta

import pytest
from console_people import make_member, sign_in
from doors_world import BASE, CONNECTOR, World

from linkspan.model import Secret
from linkspan.people_records import Role
from linkspan.usecases.console_sign_in import LONGEST_IDLE, read_session

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_only_what_is_new_is_sent(world: World) -> None:
    async with sign_in(world, await make_member(world, "live-viewer", Role.VIEWER)) as viewer:
        live = f"{BASE}/console/p/{world.caller.project_id}/live/logs?action={CONNECTOR}_list_tax_areas"
        first = await viewer.browser.get(live)
        mark = first.text.partition('data-mark="')[2].partition('"')[0]
        same = await viewer.browser.get(f"{live}&mark={mark}")
        await world.rpc("list_tax_areas", query={"top": 1})
        changed = await viewer.browser.get(f"{live}&mark={mark}")
        hostile = await viewer.browser.get(f"{live}&before=%27;drop&status=<script>&span=x&door=%00")

    assert (200, 204, 200) == (first.status_code, same.status_code, changed.status_code)
    assert b"" == same.content
    assert "data-run" not in first.text
    assert 1 == changed.text.count("<tr data-run=")
    assert "<html" not in changed.text
    assert 200 == hostile.status_code
    assert "<script>" not in hostile.text


async def test_a_page_left_open_does_not_keep_its_person_signed_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sign_in(world, await make_member(world, "live-idler", Role.VIEWER)) as idler:
        cookie = next(iter(idler.browser.cookies.jar)).value
        before = await read_session(world.hall, Secret(cookie or ""), seen=False)
        assert before is not None
        later = world.hall.clock() + timedelta(hours=1)
        monkeypatch.setattr(type(world.hall), "clock", property(lambda _: lambda: later), raising=False)
        await idler.browser.get(f"{BASE}/console/p/{world.caller.project_id}/live/logs")
        polled = await read_session(world.hall, Secret(cookie or ""), seen=False)
        await idler.browser.get(f"{BASE}/console/p/{world.caller.project_id}/logs")
        looked = await read_session(world.hall, Secret(cookie or ""), seen=False)

    assert polled is not None
    assert looked is not None
    assert before.session.seen_at == polled.session.seen_at
    assert looked.session.seen_at > polled.session.seen_at
    assert timedelta(hours=1) < LONGEST_IDLE
