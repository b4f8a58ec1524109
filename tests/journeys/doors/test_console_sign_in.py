"""Signing in at the console: the first owner, wrong passwords, sessions that end, invitations, and the last owner who stays."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from console_people import PASSWORD, make_member, sign_in
from doors_world import BASE, World, open_world

from linkspan.errors import AccessError, ConnectSessionExpiredError, InvalidInputError, SignInFailedError
from linkspan.model import Secret
from linkspan.people_records import Role
from linkspan.simulator import Simulator
from linkspan.usecases.console_sign_in import first_owner_code, make_first_owner
from linkspan.usecases.members import accept_invitation, add_member, change_role, invite_again, remove_member
from linkspan.wiring import utc_now

pytestmark = pytest.mark.asyncio(loop_scope="session")


class MovedClock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


CLOCK = MovedClock()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fresh(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> AsyncIterator[World]:
    """An installation of its own, whose clock can be moved, and where nobody can sign in yet."""
    folder: Path = tmp_path_factory.mktemp("console")
    async for world in open_world(folder, simulator, clock=CLOCK):
        yield world


async def test_the_code_makes_the_first_owner_once(fresh: World) -> None:
    given = {"email": "Ada@Harbour.example", "name": "Ada", "password": PASSWORD}
    async with fresh.browser(follow_redirects=False) as browser:
        shown = await browser.get(f"{BASE}/console/sign-in")
        wrong = await browser.post(f"{BASE}/console/first", data={**given, "code": "AAAA-BBBB-CCCC-DDDD"})
        short = await browser.post(
            f"{BASE}/console/first", data={**given, "code": first_owner_code(fresh.hall).reveal(), "password": "short"}
        )
        code = first_owner_code(fresh.hall).reveal().lower()
        made = await browser.post(f"{BASE}/console/first", data={**given, "code": code})
        inside = await browser.get(f"{BASE}/console/p/{fresh.project.id}/members")
        again = await browser.post(f"{BASE}/console/first", data={**given, "code": code, "email": "b@b.example"})

    assert "Make the first owner" in shown.text
    assert (401, 400) == (wrong.status_code, short.status_code)
    assert (303, 200) == (made.status_code, inside.status_code)
    assert "ada@harbour.example" in inside.text
    assert 403 == again.status_code


async def test_of_two_first_owners_at_once_one_is_made(
    tmp_path_factory: pytest.TempPathFactory, simulator: Simulator
) -> None:
    async for world in open_world(tmp_path_factory.mktemp("race"), simulator):
        code = first_owner_code(world.hall).reveal()
        tries = [
            make_first_owner(world.hall, code, email=f"{name}@x.example", name=name, password=Secret(PASSWORD))
            for name in ("one", "two")
        ]
        ended = await asyncio.gather(*tries, return_exceptions=True)

        assert 1 == await world.hall.people.count()
        assert [AccessError] == [type(one) for one in ended if one is not None]


async def test_wrong_passwords_are_refused_alike_and_soon_slowly(fresh: World) -> None:
    await make_member(fresh, "guessed", Role.VIEWER)
    texts = []
    async with fresh.browser(follow_redirects=False) as browser:
        for email in ("guessed@harbour.example", "nobody@harbour.example"):
            answer = await browser.post(f"{BASE}/console/sign-in", data={"email": email, "password": "wrong-wrong"})
            texts.append((answer.status_code, answer.text.replace(email, "")))
        for _ in range(5):
            last = await browser.post(
                f"{BASE}/console/sign-in", data={"email": "guessed@harbour.example", "password": "wrong-wrong"}
            )
        right = await browser.post(
            f"{BASE}/console/sign-in", data={"email": "guessed@harbour.example", "password": PASSWORD}
        )
        CLOCK.ahead += timedelta(minutes=2)
        later = await browser.post(
            f"{BASE}/console/sign-in", data={"email": "guessed@harbour.example", "password": PASSWORD}
        )

    assert texts[0] == texts[1]
    assert 401 == texts[0][0]
    assert "Too many tries" in last.text
    assert (401, 303) == (right.status_code, later.status_code)


@pytest.mark.parametrize(
    ("to", "lands"),
    [
        ("/console/p/x/logs?status=failed", "/console/p/x/logs?status=failed"),
        ("https://evil.example/console", "/console"),
        ("//evil.example/console", "/console"),
        ("/console/../connect", "/console"),
        ("/console\\evil", "/console"),
        ("/consolex", "/console"),
    ],
)
async def test_sign_in_leads_only_to_pages_of_the_console(fresh: World, to: str, lands: str) -> None:
    form = {"email": "ada@harbour.example", "password": PASSWORD, "to": to}
    async with fresh.browser(follow_redirects=False) as browser:
        answer = await browser.post(f"{BASE}/console/sign-in", data=form)

    assert lands == answer.headers["location"]
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/console"))


async def test_a_session_ends_when_idle_when_old_and_by_signing_out(fresh: World) -> None:
    member = await make_member(fresh, "idler", Role.VIEWER)
    async with sign_in(fresh, member) as signed:
        CLOCK.ahead += timedelta(hours=1, minutes=50)
        used = await signed.browser.get(f"{BASE}/console/me")
        CLOCK.ahead += timedelta(hours=2)
        idle = await signed.browser.get(f"{BASE}/console/me")
    async with sign_in(fresh, member) as signed:
        alive = []
        for _ in range(7):
            CLOCK.ahead += timedelta(hours=1, minutes=45)
            alive.append((await signed.browser.get(f"{BASE}/console/me")).status_code)
    async with sign_in(fresh, member) as signed:
        await signed.post("/console/sign-out", {})
        out = await signed.browser.get(f"{BASE}/console/me")

    assert (200, 303, 303) == (used.status_code, idle.status_code, out.status_code)
    assert [200] * 6 + [303] == alive


async def test_a_changed_password_signs_out_everywhere_else(fresh: World) -> None:
    member = await make_member(fresh, "careful", Role.VIEWER)
    async with sign_in(fresh, member) as here, sign_in(fresh, member) as there:
        wrong = await here.post("/console/me", {"password": "not-that-one", "new_password": "New-Herring-Gull-99"})
        done = await here.post("/console/me", {"password": PASSWORD, "new_password": "New-Herring-Gull-99"})
        stays, goes = await here.browser.get(f"{BASE}/console/me"), await there.browser.get(f"{BASE}/console/me")

    assert (401, 303) == (wrong.status_code, done.status_code)
    assert (200, 303) == (stays.status_code, goes.status_code)


async def test_one_signs_out_everywhere_else_and_nobody_but_oneself(fresh: World) -> None:
    member, other = await make_member(fresh, "roamer", Role.VIEWER), await make_member(fresh, "neighbour", Role.VIEWER)
    async with sign_in(fresh, member) as here, sign_in(fresh, member) as there, sign_in(fresh, other) as neighbour:
        page = await here.browser.get(f"{BASE}/console/me")
        done = await here.post("/console/me/sign-out-elsewhere", {})
        shown = [(await one.browser.get(f"{BASE}/console/me")) for one in (here, there, neighbour)]

    assert "2 other browsers are signed in as you" in page.text  # the one that took the invitation is the second
    assert (303, [200, 303, 200]) == (done.status_code, [one.status_code for one in shown])
    assert "other browser" not in shown[0].text


async def test_signing_in_anew_ends_the_session_that_the_browser_had(fresh: World) -> None:
    member = await make_member(fresh, "renewer", Role.VIEWER)
    async with sign_in(fresh, member) as signed, fresh.browser(follow_redirects=False) as thief:
        old = {"cookie": f"linkspan_console={signed.browser.cookies['linkspan_console']}"}
        before = await thief.get(f"{BASE}/console/me", headers=old)
        await signed.browser.post(f"{BASE}/console/sign-in", data={"email": member.person.email, "password": PASSWORD})
        now, after = await signed.browser.get(f"{BASE}/console/me"), await thief.get(f"{BASE}/console/me", headers=old)

    assert (200, 200, 303) == (before.status_code, now.status_code, after.status_code)


async def test_an_invitation_works_once_and_an_older_one_not_at_all(fresh: World) -> None:
    invited = await add_member(fresh.hall, fresh.caller, email="new@harbour.example", name="New", role=Role.DEVELOPER)
    first = Secret(str(invited.link).rpartition("/")[2])
    again = await invite_again(fresh.hall, fresh.caller, invited.member.person.id)
    second = Secret(str(again.link).rpartition("/")[2])

    with pytest.raises(ConnectSessionExpiredError):
        await accept_invitation(fresh.hall, first, Secret(PASSWORD))
    with pytest.raises(InvalidInputError):
        await accept_invitation(fresh.hall, second, Secret("short"))
    await accept_invitation(fresh.hall, second, Secret(PASSWORD))
    for used in (second, Secret("x" + second.reveal())):
        with pytest.raises(ConnectSessionExpiredError):
            await accept_invitation(fresh.hall, used, Secret(PASSWORD))


async def test_a_project_keeps_its_last_owner(fresh: World) -> None:
    owners = [one for one in await fresh.hall.people.list(fresh.project.id) if one.role is Role.OWNER]
    (last,) = owners

    with pytest.raises(AccessError):
        await change_role(fresh.hall, fresh.caller, last.person.id, Role.VIEWER)
    with pytest.raises(AccessError):
        await remove_member(fresh.hall, fresh.caller, last.person.id)


async def test_of_two_owners_who_remove_each_other_one_stays(fresh: World) -> None:
    other = await make_member(fresh, "rival", Role.OWNER)
    owners = [one for one in await fresh.hall.people.list(fresh.project.id) if one.role is Role.OWNER]
    tries = [remove_member(fresh.hall, fresh.caller, one.person.id) for one in owners]
    ended = await asyncio.gather(*tries, return_exceptions=True)

    assert 2 == len(owners)
    assert other.person.id in {one.person.id for one in owners}
    assert [AccessError] == [type(one) for one in ended if one is not None]


async def test_what_is_done_is_in_the_audit_log_under_the_persons_name(fresh: World) -> None:
    member = await make_member(fresh, "keymaker", Role.DEVELOPER)
    async with sign_in(fresh, member) as signed:
        made = await signed.post(f"/console/p/{fresh.project.id}/keys", {"name": "robot", "scopes": "actions"})
        too_much = await signed.post(f"/console/p/{fresh.project.id}/keys", {"name": "robot", "scopes": "proxy"})
    notes = [entry.note for entry in await fresh.hall.audit.list(fresh.project.id, after=0, limit=500)]

    assert (200, 403) == (made.status_code, too_much.status_code)
    assert ("console", member.person.id) in {
        (note.source, note.key_id) for note in notes if note.event == "key.created"
    }
    with pytest.raises(SignInFailedError):
        await make_wrong(fresh)


async def make_wrong(fresh: World) -> None:
    from linkspan.usecases.console_sign_in import sign_in as enter

    await enter(fresh.hall, "ada@harbour.example", Secret("Gull-at-noon-" * 30))
