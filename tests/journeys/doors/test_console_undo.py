"""What can be taken back at the console, taken back by the button on the next page; and an account's story, newest first."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
from console_people import Signed, make_member, sign_in
from doors_world import BASE, World

from linkspan.people_records import Role
from linkspan.usecases.create_key import NewKey, create_key

pytestmark = pytest.mark.asyncio(loop_scope="session")
_UNDO = re.compile(
    r'done-note".*?</p>\s*<form method="post" action="([^"]+)".*?name="(\w+)" value="(\w+)"><button[^>]*>Undo',
    re.DOTALL,
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "undoer", Role.OWNER)) as signed:
        yield signed


async def followed(signed: Signed, answer: httpx2.Response) -> str:
    assert 303 == answer.status_code, answer.text
    return (await signed.browser.get(BASE + answer.headers["location"])).text


async def undone(signed: Signed, page: str) -> str:
    """The page after the Undo button of a page."""
    button = _UNDO.search(page)
    assert button is not None, page
    return await followed(signed, await signed.post(button[1], {button[2]: button[3]}))


async def test_suspending_an_account_is_undone_and_its_story_tells_both(world: World, owner: Signed) -> None:
    here = f"/console/p/{world.caller.project_id}/accounts/{world.account.id}"
    suspended = await followed(owner, await owner.post(here, {"deed": "suspend"}))
    back = await undone(owner, suspended)
    later = (await owner.browser.get(f"{BASE}{here}?done=suspend")).text
    told = re.findall(r'<span class="badge \w+">(Resumed|Suspended|Linked)</span></td><td class="small">([^<]*)', back)

    assert "The account is suspended" in suspended
    assert "The account is in use again." in back
    assert "done-note" not in later
    assert [("Resumed", "by Undoer at the console"), ("Suspended", "by Undoer at the console")] == [
        (what, more.strip()) for what, more in told[:2]
    ]
    assert "Linked" == told[-1][0]


async def test_switching_a_key_off_is_undone(world: World, owner: Signed) -> None:
    key, _ = await create_key(world.hall, world.caller, NewKey("Undone <key>"))
    here = f"/console/p/{world.caller.project_id}/keys/{key.id}"
    off = await followed(owner, await owner.post(here, {"enabled": "no"}))
    on = await undone(owner, off)

    assert "“Undone &lt;key&gt;” is switched off." in off
    assert "is switched on." in on


async def test_another_role_is_undone_and_a_made_up_way_back_is_none(world: World, owner: Signed) -> None:
    member = await make_member(world, "promoted", Role.VIEWER)
    here = f"/console/p/{world.caller.project_id}/members/{member.person.id}"
    up = await followed(owner, await owner.post(here, {"role": "developer"}))
    back = await undone(owner, up)
    forged = (await owner.browser.get(f"{BASE}{here.rpartition('/')[0]}?changed={member.person.id}&was=admin")).text

    assert "Promoted is developer now." in up
    assert "Promoted is viewer now." in back
    assert "done-note" not in forged
