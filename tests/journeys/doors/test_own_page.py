"""The end user's own page: seen, linked again and revoked by whom the link is for, and by nobody else."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio
from doors_world import World, open_world, walk

from linkspan.errors import ConnectSessionExpiredError
from linkspan.model import Account, AccountState, Caller, Owner, Secret
from linkspan.simulator import Simulator
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.audit import read_audit
from linkspan.usecases.change_account import change_account, resume_account, suspend_account
from linkspan.usecases.create_project import create_project
from linkspan.usecases.owner_page import list_own, open_owner_page, read_pass, revoke_own
from linkspan.usecases.read_accounts import read_account
from linkspan.wiring import utc_now

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def own(tmp_path: Path, simulator: Simulator) -> AsyncIterator[World]:
    """An installation of its own: its account is revoked."""
    async for world in open_world(tmp_path, simulator):
        yield world


def form_token(html: str) -> str:
    return re.findall(r'name="form_token" value="([^"]+)"', html)[0]


async def page_url(world: World, owner: str = "first") -> str:
    async with world.api() as client:
        answer = await client.post(f"/v1/owners/{owner}/page", json={})
    assert 201 == answer.status_code, answer.text
    return str(answer.json()["url"])


async def state(world: World) -> Account:
    return await read_account(world.hall, world.caller, world.account.id)


async def test_a_customer_sees_revokes_and_links_again(own: World) -> None:
    account = own.account.id
    async with own.browser() as browser:
        page = await browser.get(await page_url(own))
        ask = await browser.get(f"/connect/mine/{account}/revoke")
        after = await browser.post(f"/connect/mine/{account}/revoke", data={"form_token": form_token(ask.text)})
        revoked, refused = await state(own), await own.rpc("list_items")
        start = await browser.post(f"/connect/mine/{account}/relink", data={"form_token": form_token(after.text)})
        done = await walk(browser, str(start.url), own.answers())
        back = re.findall(r'class="button wide" href="([^"]+)"', done.text)[0]
        again = await browser.get(unescape(back))
    linked, answer = await state(own), await own.rpc("list_items")
    told = [
        (entry.note.event, entry.note.source)
        for entry in await read_audit(own.hall, own.caller, limit=500, subject_id=account)
    ]

    assert page.url.path == "/connect/mine"
    assert "Linked and working." in page.text
    assert own.account.fields["company_name"] in unescape(page.text)
    assert AccountState.REVOKED is revoked.state
    assert "revoked_by_owner" == revoked.reasons[0].code
    assert "account_revoked" == refused.json()["code"]
    assert "The access is taken back." in after.text
    assert AccountState.ACTIVE is linked.state
    assert "Linked and working." in again.text
    assert 200 == answer.status_code
    assert [
        ("account.linked", "link_page"),
        ("account.revoked", "owner_page"),
        ("account.relinked", "link_page"),
    ] == told


async def test_a_revoked_account_has_no_token_left(own: World) -> None:
    allowed = read_pass(own.hall, Secret((await page_url(own)).rpartition("/")[2]))
    await revoke_own(own.hall, allowed, own.account.id)

    assert await own.hall.grants.read(own.project.id, own.account.id) is None
    assert [own.account.id] == [account.id for account in await list_own(own.hall, allowed)]


async def test_a_suspension_outlives_what_its_user_does(own: World) -> None:
    await suspend_account(own.hall, own.caller, own.account.id)
    allowed = read_pass(own.hall, Secret((await page_url(own)).rpartition("/")[2]))
    await revoke_own(own.hall, allowed, own.account.id)
    suspended = await state(own)
    await resume_account(own.hall, own.caller, own.account.id)
    resumed = await state(own)

    assert AccountState.SUSPENDED is suspended.state
    assert AccountState.REVOKED is resumed.state
    assert ["revoked_by_owner"] == [reason.code for reason in resumed.reasons]


async def test_somebody_elses_account_is_not_there(world: World) -> None:
    async with world.browser() as browser:
        page = await browser.get(await page_url(world, "somebody-else"))
        ask = await browser.get(f"/connect/mine/{world.account.id}/revoke")

    assert "Nothing is linked." in page.text
    assert world.account.id not in page.text
    assert 404 == ask.status_code
    assert AccountState.ACTIVE is (await state(world)).state


async def test_the_same_owner_id_of_another_project_is_not_there(world: World) -> None:
    stranger = Caller((await create_project(world.hall, "Stranger")).id, ALL_SCOPES)
    link = await open_owner_page(world.hall, stranger, "first")

    assert [] == await list_own(world.hall, read_pass(world.hall, Secret(link.url.rpartition("/")[2])))


async def test_a_form_of_another_page_is_refused(world: World) -> None:
    async with world.browser() as browser:
        await browser.get(await page_url(world))
        forged = [
            await browser.post(f"/connect/mine/{world.account.id}/{deed}", data=data)
            for deed in ("revoke", "relink")
            for data in ({}, {"form_token": "x" * 64}, {"form_token": "\u00e9"})
        ]
    async with world.browser() as other:
        unknown = await other.post(f"/connect/mine/{world.account.id}/revoke", data={"form_token": ""})

    assert {400} == {answer.status_code for answer in forged}
    assert unknown.is_client_error
    assert AccountState.ACTIVE is (await state(world)).state


async def test_a_link_that_was_altered_or_is_none_opens_nothing(world: World) -> None:
    url = await page_url(world)
    token = url.rpartition("/")[2]
    wrong = [token[:-2], token + "A", "A" + token[1:], token.swapcase(), "x", "%00", "\u00e9"]
    async with world.browser() as browser:
        answers = [await browser.get(f"/connect/mine/s/{each}") for each in wrong]
        bare = await browser.get("/connect/mine")

    assert {410} == {answer.status_code for answer in (*answers, bare)}


async def test_a_link_is_over_in_time(tmp_path: Path, simulator: Simulator) -> None:
    skip = [timedelta(0)]
    async for world in open_world(tmp_path, simulator, clock=lambda: utc_now() + skip[0]):
        token = Secret((await page_url(world)).rpartition("/")[2])
        skip[0] = timedelta(minutes=14)
        before = read_pass(world.hall, token)
        skip[0] = timedelta(minutes=16)
        with pytest.raises(ConnectSessionExpiredError):
            read_pass(world.hall, token)

        assert "first" == before.owner_id


@pytest.mark.parametrize("seconds", [0, 59, 86401, -1])
async def test_how_long_a_link_may_be_open(world: World, seconds: int) -> None:
    async with world.api() as client:
        answer = await client.post("/v1/owners/first/page", json={"expires_in": seconds})

    assert "invalid_input" == answer.json()["error"]["code"]


async def test_an_account_that_was_given_to_another_owner_is_the_others(own: World) -> None:
    allowed = read_pass(own.hall, Secret((await page_url(own)).rpartition("/")[2]))
    await change_account(own.hall, own.caller, own.account.id, {"owner": Owner("second", "Second")})

    assert [] == await list_own(own.hall, allowed)
