"""The provider's sign-in in bad weather: a token that cannot be renewed, and a callback that comes twice; on each door, in log and journal."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from doors_world import World, fitting_form, submit, walk
from hostile_world import DOORS, Front, unique

from linkspan.errors import all_errors
from linkspan.journal_records import WriteState
from linkspan.model import AccountState, Run
from linkspan.simulator import Simulator
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.read_accounts import list_accounts
from linkspan.usecases.read_runs import read_run, read_runs

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROWS = {row.code: row for row in all_errors()}
TOKEN = "/oauth2/v2.0/token"
TOKEN_FAILURES: dict[str, dict[str, object]] = {
    "400 that is no OAuth error": {"kind": "status", "status": 400, "body": "no"},
    "403 of a firewall": {"kind": "status", "status": 403, "body": "<html>denied</html>"},
    "404": {"kind": "status", "status": 404, "body": ""},
    "409": {"kind": "status", "status": 409, "body": ""},
    "429": {"kind": "throttle", "retry_after_seconds": 1},
    "500": {"kind": "status", "status": 500, "body": ""},
    "503": {"kind": "status", "status": 503, "body": ""},
    "an HTML page of a gateway": {"kind": "html"},
    "an HTML page with status 200": {"kind": "status", "status": 200, "body": "<html>Welcome</html>"},
    "a redirect": {"kind": "status", "status": 302, "headers": {"location": "http://127.0.0.1:9/"}},
    "a list": {"kind": "status", "status": 200, "body": [1]},
    "cut before anything is done": {"kind": "drop_before"},
    "cut when all is done": {"kind": "drop_after"},
    "half a body": {"kind": "half_body"},
}


async def expire_token(front: Front) -> None:
    """Let the account's token be due, as if its hour were over."""
    grants, account = front.hall.grants, front.account
    grant = await grants.read(account.project_id, account.id)
    assert grant is not None
    ago = datetime.now(UTC) - timedelta(hours=2)
    assert await grants.swap(replace(grant, obtained_at=ago, expires_at=ago + timedelta(hours=1)), now=ago)
    front.hall.warm.drop()
    front.hall.tokens.forget_all()


@pytest.mark.parametrize("name", TOKEN_FAILURES)
async def test_a_token_that_cannot_be_renewed_keeps_the_account(front: Front, weather: Simulator, name: str) -> None:
    await expire_token(front)
    weather.fail_next(method="POST", path=TOKEN, times=20, **TOKEN_FAILURES[name])
    buyer = unique("No token")
    told = [await front.ask(door, "list_customers") for door in DOORS]
    write = await front.ask("rpc", "create_customer", body={"displayName": buyer})
    degraded, line = await front.state(), await front.line(write.run_id)
    weather.clear_failures()
    await expire_token(front)
    mended = await front.ask("rpc", "list_customers", query={"filter": {"displayName": buyer}})

    for each in (*told, write):
        run = await front.run(each.run_id)
        assert ("token_unavailable", ROWS["token_unavailable"].http_status) == (each.error["code"], each.status)
        assert each.error["next_step"]
        assert ("token_unavailable", each.status) == (run.error_code, run.status)
        assert [] == [step for step in run.steps if "/customers" in step.url]
    assert AccountState.DEGRADED == degraded
    assert line is not None
    assert (WriteState.REFUSED, None) == (line.state, line.guarded_until)
    assert (200, []) == (mended.status, mended.body["data"])
    assert AccountState.ACTIVE == await front.state()


@pytest.mark.parametrize("code", [50173, 700082, 65001])
async def test_a_grant_that_is_over_needs_its_user_and_says_so_on_every_door(
    installation: tuple[World, Front], weather: Simulator, code: int
) -> None:
    world, front = installation
    await expire_token(front)
    weather.fail_token_requests(code)
    read = await front.ask("rest", "list_customers")
    write = await front.ask("rpc", "create_customer", body={"displayName": unique("Over")})
    state, line = await front.state(), await front.line(write.run_id)
    linked = await link_again(world)

    for each in (read, write):
        assert (401, "needs_reauth") == (each.status, each.error["code"])
        assert "needs_reauth" == (await front.run(each.run_id)).error_code
    assert "AccountExpiredCredentialsError" == write.error["errorCode"]
    assert AccountState.NEEDS_REAUTH == state
    # The write was turned away before it had a line, or, where the account's new state was not known yet, at its token.
    assert line is None or WriteState.REFUSED == line.state
    assert "Linked" in linked
    assert AccountState.ACTIVE == await front.state()
    assert 200 == (await front.ask("rpc", "list_customers")).status


async def link_again(world: World) -> str:
    async with world.browser() as browser:
        url = await world.link_url("first", account_id=world.account.id)
        return (await walk(browser, url, world.answers())).text


async def callback_of(world: World, browser: object, owner: str) -> str:
    """Go as far as the provider's redirect back to us, and stop before following it."""
    answers, page = world.answers(), await browser.get(await world.link_url(owner))
    for _ in range(12):
        while page.is_redirect:
            target = str(page.next_request.url)
            if "/callback" in target:
                return target
            page = await browser.get(target)
        form = fitting_form(page.text, answers)
        assert form is not None, page.text
        page = await submit(browser, page, form, answers)
    raise AssertionError("the sign-in never came back")


async def linkings(front: Front, code: str) -> list[Run]:
    found = await read_runs(front.hall, front.caller, RunFilter(action="dynamics365bc_link_account", limit=100))
    return [await read_run(front.hall, front.caller, run.id) for run in found.runs if run.error_code == code]


@pytest.mark.parametrize("at_once", [False, True], ids=["one after the other", "at once"])
async def test_a_callback_that_comes_twice_links_once(
    installation: tuple[World, Front], weather: Simulator, at_once: bool
) -> None:
    world, front = installation
    owner, before = unique("Twice"), len(await linkings(front, "link_state_used"))
    weather.clear_requests()
    async with world.browser() as browser:
        browser.follow_redirects = False
        callback = await callback_of(world, browser, owner)
        redeemed = len(weather.requests(method="POST", path=TOKEN))
        if at_once:
            pages = await asyncio.gather(browser.get(callback), browser.get(callback))
        else:
            pages = [await browser.get(callback), await browser.get(callback)]
        good, used = sorted(pages, key=lambda page: page.status_code)
        browser.follow_redirects = True
        page = await browser.get(good.headers["location"])
        done = await submit(browser, page, fitting_form(page.text, world.answers()), world.answers())
        late = await browser.get(callback)
    mine = [each for each in await list_accounts(front.hall, front.caller) if each.owner.id == owner]
    runs = (await linkings(front, "link_state_used"))[: -before or None]

    assert [303, 409, 409] == [good.status_code, used.status_code, late.status_code]
    for refused in (used, late):
        assert "link_state_used" in refused.text
        assert "Nothing more to do if the account is linked" in refused.text
    assert "Linked" in done.text
    assert [AccountState.ACTIVE] == [each.state for each in mine]
    assert 1 == len(weather.requests(method="POST", path=TOKEN)) - redeemed
    assert 2 == len(runs)
    assert all(409 == run.status and not run.steps for run in runs)
    assert all([None is await front.line(run.id) for run in runs])
