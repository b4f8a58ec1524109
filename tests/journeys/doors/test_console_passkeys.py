"""Passkeys at the console, over HTTP with an authenticator in software: added, used, removed, and every way in that must stay shut."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx2
import pytest
import pytest_asyncio
from console_people import Signed, make_member, sign_in
from doors_world import BASE, World, open_world
from soft_authenticator import PRESENT, SoftAuthenticator, text_of

from linkspan.people_records import Member, Role
from linkspan.simulator import Simulator
from linkspan.usecases.keep_house import keep_house
from linkspan.usecases.members import invite_again
from linkspan.usecases.passkey_proof import Site, site_of
from linkspan.usecases.passkeys import MOST
from linkspan.wiring import utc_now

pytestmark = pytest.mark.asyncio(loop_scope="session")
OPTIONS, ENTER = "/console/sign-in/passkey/options", "/console/sign-in/passkey"


class MovedClock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


CLOCK = MovedClock()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def harbour(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> AsyncIterator[World]:
    """An installation of its own, whose clock can be moved."""
    async for world in open_world(tmp_path_factory.mktemp("passkeys"), simulator, clock=CLOCK):
        yield world


async def add(signed: Signed, authenticator: SoftAuthenticator, **bent: object) -> httpx2.Response:
    options = (await signed.browser.get(f"{BASE}/console/me/passkeys/options")).json()
    form = {"name": "blue key", "credential": authenticator.make(options, **bent)}
    return await signed.post("/console/me/passkeys", form)


async def with_passkey(world: World, name: str, counter: int = 0) -> tuple[Member, SoftAuthenticator]:
    member = await make_member(world, name, Role.DEVELOPER)
    authenticator = SoftAuthenticator(BASE, counter)
    async with sign_in(world, member) as signed:
        added = await add(signed, authenticator)
    assert 303 == added.status_code, added.text
    return member, authenticator


async def enter(
    browser: httpx2.AsyncClient, authenticator: SoftAuthenticator, to: str = "", **bent: object
) -> httpx2.Response:
    options = (await browser.get(BASE + OPTIONS)).json()
    return await browser.post(BASE + ENTER, data={"to": to, "credential": authenticator.sign(options, **bent)})


async def test_a_passkey_signs_in_and_leads_where_one_wanted_to(harbour: World) -> None:
    member, authenticator = await with_passkey(harbour, "keyed")
    where = f"/console/p/{harbour.project.id}/logs"
    async with harbour.browser(follow_redirects=False) as browser:
        entered = await enter(browser, authenticator, where)
        inside = await browser.get(BASE + where)
        me = await browser.get(f"{BASE}/console/me")
    (passkey,) = await harbour.hall.passkeys.list(member.person.id)

    assert (303, where, 200) == (entered.status_code, entered.headers["location"], inside.status_code)
    assert "blue key" in me.text
    assert passkey.last_used is not None


async def test_the_question_asks_for_a_verified_person_and_excludes_what_is_there(harbour: World) -> None:
    member, authenticator = await with_passkey(harbour, "asked")
    async with sign_in(harbour, member) as signed, harbour.browser() as browser:
        to_add = (await signed.browser.get(f"{BASE}/console/me/passkeys/options")).json()
        asked = await browser.get(BASE + OPTIONS)

    assert 43 == len(to_add["user"]["id"])
    assert [text_of(authenticator.credential_id)] == [one["id"] for one in to_add["excludeCredentials"]]
    assert ("required", "required") == (
        to_add["authenticatorSelection"]["residentKey"],
        to_add["authenticatorSelection"]["userVerification"],
    )
    assert ("linkspan.example", "required", []) == tuple(
        asked.json()[name] for name in ("rpId", "userVerification", "allowCredentials")
    )
    cookie = asked.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=strict")), cookie
    # Five minutes, less the second that may have begun since.
    assert re.search(r"Max-Age=(299|300)\b", cookie), cookie


async def test_a_challenge_works_once_in_its_own_browser_and_for_five_minutes(harbour: World) -> None:
    _, authenticator = await with_passkey(harbour, "once")
    async with harbour.browser(follow_redirects=False) as browser, harbour.browser() as other:
        asked = await browser.get(BASE + OPTIONS)
        cookie = {"cookie": asked.headers["set-cookie"].partition(";")[0]}
        form = {"credential": authenticator.sign(asked.json())}
        first = await browser.post(BASE + ENTER, data=form, headers=cookie)
        again = await other.post(BASE + ENTER, data=form, headers=cookie)
        elsewhere = await other.post(BASE + ENTER, data=form)
        late = (await browser.get(BASE + OPTIONS)).json()
        CLOCK.ahead += timedelta(minutes=5, seconds=1)
        too_late = await browser.post(BASE + ENTER, data={"credential": authenticator.sign(late)})

    assert 303 == first.status_code
    for refused in (again, elsewhere, too_late):
        assert (401, True) == (refused.status_code, "This took too long" in refused.text)


async def test_of_many_posts_of_one_answer_at_once_one_enters(harbour: World) -> None:
    _, authenticator = await with_passkey(harbour, "racer")
    async with harbour.browser(follow_redirects=False) as browser:
        asked = await browser.get(BASE + OPTIONS)
        cookie = {"cookie": asked.headers["set-cookie"].partition(";")[0]}
        form = {"credential": authenticator.sign(asked.json())}
        answers = await asyncio.gather(*(browser.post(BASE + ENTER, data=form, headers=cookie) for _ in range(8)))

    assert [303] + [401] * 7 == sorted(answer.status_code for answer in answers)


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://linkspan.example:8443"},
        {"origin": "http://linkspan.example"},
        {"origin": "https://linkspan.example.evil.example"},
        {"site": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"kind": "webauthn.create"},
        {"person": text_of(b"person_of_somebody_else")},
        {"person": ""},
        {"person": text_of(b"\xff\xfe")},
    ],
    ids=str,
)
async def test_an_answer_that_is_not_quite_right_opens_nothing(harbour: World, bent: dict[str, object]) -> None:
    _, authenticator = await with_passkey(harbour, f"bent-{abs(hash(str(bent)))}")
    async with harbour.browser(follow_redirects=False) as browser:
        refused = await enter(browser, authenticator, **bent)
        right = await enter(browser, authenticator)

    assert (401, True) == (refused.status_code, "does not open this console" in refused.text)
    assert "linkspan_console" not in refused.headers.get("set-cookie", "")
    assert 303 == right.status_code


async def test_another_persons_passkey_is_no_way_to_be_this_one(harbour: World) -> None:
    _, victim_key = await with_passkey(harbour, "victim")
    _, thief = await with_passkey(harbour, "thief")
    async with harbour.browser(follow_redirects=False) as browser:
        refused = await enter(browser, thief, person=victim_key.person)
        forged = SoftAuthenticator(BASE, person=thief.person, credential_id=thief.credential_id)
        not_signed = await enter(browser, forged)

    assert (401, 401) == (refused.status_code, not_signed.status_code)


async def test_a_passkey_of_another_installation_and_its_challenge_are_unknown(harbour: World, world: World) -> None:
    _, here = await with_passkey(harbour, "at-home")
    _, foreign = await with_passkey(world, "from-abroad")
    async with harbour.browser(follow_redirects=False) as browser, world.browser() as abroad:
        unknown = await enter(browser, foreign)
        asked = await abroad.get(BASE + OPTIONS)
        cookie = {"cookie": asked.headers["set-cookie"].partition(";")[0]}
        form = {"credential": here.sign(asked.json())}
        mixed_up = await browser.post(BASE + ENTER, data=form, headers=cookie)

    assert (401, 401) == (unknown.status_code, mixed_up.status_code)


async def test_a_removed_passkey_opens_nothing(harbour: World) -> None:
    member, authenticator = await with_passkey(harbour, "remover")
    (passkey,) = await harbour.hall.passkeys.list(member.person.id)
    async with sign_in(harbour, member) as signed:
        page = await signed.browser.get(f"{BASE}/console/me")
        removed = await signed.post(f"/console/me/passkeys/{passkey.id}/remove", {})
        twice = await signed.post(f"/console/me/passkeys/{passkey.id}/remove", {})
    async with harbour.browser(follow_redirects=False) as browser:
        refused = await enter(browser, authenticator)

    assert f"/console/me/passkeys/{passkey.id}/remove" in page.text
    assert (303, 404, 401) == (removed.status_code, twice.status_code, refused.status_code)


async def test_nobody_removes_another_persons_passkey(harbour: World) -> None:
    member, authenticator = await with_passkey(harbour, "keeper")
    (passkey,) = await harbour.hall.passkeys.list(member.person.id)
    async with sign_in(harbour, await make_member(harbour, "meddler", Role.OWNER)) as signed:
        refused = await signed.post(f"/console/me/passkeys/{passkey.id}/remove", {})
    async with harbour.browser(follow_redirects=False) as browser:
        entered = await enter(browser, authenticator)

    assert (404, 303) == (refused.status_code, entered.status_code)


async def test_a_counter_that_goes_back_locks_the_passkey_and_is_told(harbour: World) -> None:
    member, authenticator = await with_passkey(harbour, "cloned", counter=7)
    async with harbour.browser(follow_redirects=False) as browser:
        authenticator.counter = 9
        used = await enter(browser, authenticator)
        authenticator.counter = 8
        copied = await enter(browser, authenticator)
        authenticator.counter = 20
        locked = await enter(browser, authenticator)
    async with sign_in(harbour, member) as signed:
        page = await signed.browser.get(f"{BASE}/console/me")
    notes = [entry.note for entry in await harbour.hall.audit.list(harbour.project.id, after=0, limit=500)]
    mine = [(note.event, note.source) for note in notes if note.key_id == member.person.id]

    assert 303 == used.status_code
    for refused in (copied, locked):
        assert (401, True) == (refused.status_code, "there may be a copy of it" in refused.text)
    assert "Its counter went back" in page.text
    assert [("member.passkey_added", "console"), ("member.passkey_locked", "console")] == mine


async def test_whoever_forges_a_counter_locks_nothing(harbour: World) -> None:
    member, authenticator = await with_passkey(harbour, "not-cloned", counter=7)
    forger = SoftAuthenticator(BASE, 1, authenticator.credential_id, person=authenticator.person)
    async with harbour.browser(follow_redirects=False) as browser:
        refused = await enter(browser, forger)
    (passkey,) = await harbour.hall.passkeys.list(member.person.id)

    assert (401, None) == (refused.status_code, passkey.locked_at)


async def test_a_new_invitation_voids_passkeys_too(harbour: World) -> None:
    member, authenticator = await with_passkey(harbour, "invited-anew")
    await invite_again(harbour.hall, harbour.caller, member.person.id)
    async with harbour.browser(follow_redirects=False) as browser:
        refused = await enter(browser, authenticator)

    assert 401 == refused.status_code
    assert [] == await harbour.hall.passkeys.list(member.person.id)


async def test_adding_needs_a_fresh_sign_in(harbour: World) -> None:
    member = await make_member(harbour, "stale", Role.VIEWER)
    async with sign_in(harbour, member) as signed:
        options = (await signed.browser.get(f"{BASE}/console/me/passkeys/options")).json()
        CLOCK.ahead += timedelta(minutes=16)
        asked = await signed.browser.get(f"{BASE}/console/me/passkeys/options")
        form = {"name": "late", "credential": SoftAuthenticator(BASE).make(options)}
        added = await signed.post("/console/me/passkeys", form)
        page = await signed.browser.get(f"{BASE}/console/me")
        anew = await signed.post("/console/me/anew", {})
        out = await signed.browser.get(f"{BASE}/console/me")

    assert (403, 403) == (asked.status_code, added.status_code)
    assert "Sign in anew" in page.text
    assert ("/console/sign-in?to=/console/me", 303) == (anew.headers["location"], out.status_code)


async def test_what_is_added_was_made_for_this_session_on_this_site_by_a_verified_person(harbour: World) -> None:
    member = await make_member(harbour, "careful-adder", Role.VIEWER)
    async with sign_in(harbour, member) as signed, sign_in(harbour, member) as other:
        not_verified = await add(signed, SoftAuthenticator(BASE), flags=PRESENT)
        elsewhere = await add(signed, SoftAuthenticator(BASE), origin="https://evil.example")
        nameless = await signed.post("/console/me/passkeys", {"name": " ", "credential": "{}"})
        asked = await other.browser.get(f"{BASE}/console/me/passkeys/options")
        cookie = asked.headers["set-cookie"].partition(";")[0].partition("=")
        signed.browser.cookies.set(cookie[0], cookie[2], domain="linkspan.example", path="/console")
        form = {"name": "theirs", "credential": SoftAuthenticator(BASE).make(asked.json())}
        other_session = await signed.post("/console/me/passkeys", form)

    assert (401, 401, 400, 401) == tuple(
        answer.status_code for answer in (not_verified, elsewhere, nameless, other_session)
    )
    assert [] == await harbour.hall.passkeys.list(member.person.id)


async def test_a_passkey_is_one_persons_and_nobody_has_too_many(harbour: World) -> None:
    _, authenticator = await with_passkey(harbour, "first-holder")
    second = await make_member(harbour, "second-holder", Role.VIEWER)
    async with sign_in(harbour, second) as signed:
        taken = await add(signed, authenticator)
        added = [(await add(signed, SoftAuthenticator(BASE))).status_code for _ in range(MOST + 1)]

    assert 400 == taken.status_code
    assert [303] * MOST + [400] == added


async def test_house_keeping_forgets_what_cannot_come_again(harbour: World) -> None:
    _, authenticator = await with_passkey(harbour, "tidy")
    async with harbour.browser(follow_redirects=False) as browser:
        await enter(browser, authenticator)
    CLOCK.ahead += timedelta(minutes=7)
    await keep_house(harbour.hall)

    assert 0 == await harbour.hall.passkeys.prune(CLOCK())


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://Linkspan.Example", Site("linkspan.example", "https://linkspan.example")),
        ("https://linkspan.example:443", Site("linkspan.example", "https://linkspan.example")),
        ("https://linkspan.example:8443", Site("linkspan.example", "https://linkspan.example:8443")),
        ("http://localhost:8700", Site("localhost", "http://localhost:8700")),
        ("http://127.0.0.1:8700", None),
        ("http://[::1]:8700", None),
    ],
)
async def test_the_site_of_passkeys_is_the_public_address(address: str, site: Site | None) -> None:
    assert site == site_of(address)
