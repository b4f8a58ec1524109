"""Signing in at an OpenID provider: the simulator's Entra over HTTP, and a provider that lies, stalls and breaks."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import pytest_asyncio
from console_people import make_member, sign_in
from doors_world import BASE, World, walk
from joserfc.jwk import RSAKey
from open_id_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider, by_shared_secret, providing
from starlette.responses import JSONResponse, Response

from linkspan.people_records import Member, Role
from linkspan.providerauth import oidc
from linkspan.providerauth.oidc import open_provider
from linkspan.simulator import Simulator
from linkspan.usecases.members import add_member, invite_again
from linkspan.wiring import utc_now

pytestmark = pytest.mark.asyncio(loop_scope="session")
BACK = "/console/oidc/callback"


def at_provider(world: World, **given: object) -> World:
    """The installation with a provider to sign in at, its knowledge of it fresh."""
    settings = type(world.hall.settings).model_validate({**world.hall.settings.model_dump(), **given})
    provider = open_provider(settings, world.hall.oauth._transport, utc_now)
    return replace(world, hall=replace(world.hall, settings=settings, provider=provider))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def liar() -> AsyncIterator[OpenIdProvider]:
    async with providing() as provider:
        yield provider


@pytest.fixture
def port(world: World, liar: OpenIdProvider) -> World:
    """With the provider that can lie, and does not yet."""
    liar.be_honest()
    return at_provider(
        world, oidc_issuer=liar.issuer, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET, oidc_name="Quayside ID"
    )  # fmt: skip


async def come_back(browser: httpx2.AsyncClient, liar: OpenIdProvider, start: str = "/console/oidc") -> httpx2.Response:
    onward = await browser.get(BASE + start)
    assert 303 == onward.status_code, onward.text
    return await browser.get(BASE + liar.sign_in(onward.headers["location"]))


async def invited(world: World, name: str) -> tuple[Member, str]:
    """A new member, and the path of the invitation."""
    made = await add_member(
        world.hall, world.caller, email=f"{name}@harbour.example", name=name.title(), role=Role.DEVELOPER
    )
    return made.member, urlsplit(str(made.link)).path


async def test_whoever_is_invited_joins_with_entra_and_signs_in_there_from_then_on(
    world: World, simulator: Simulator
) -> None:
    app = simulator.register_app("Console of Linkspan", redirect_uris=(BASE + BACK,))
    entra = at_provider(
        world,
        oidc_issuer=f"https://login.microsoftonline.com/{app.tenant_id}/v2.0",
        oidc_discovery_url=f"{simulator.url}/{app.tenant_id}/v2.0/.well-known/openid-configuration",
        oidc_client_id=str(app.client_id),
        oidc_client_secret=app.client_secret,
        oidc_name="Tidewater",
    )
    _, link = await invited(entra, "entra-joiner")
    stranger, _ = await invited(entra, "nobody-at-entra")
    where = f"/console/p/{world.project.id}/logs"
    async with entra.browser() as browser, entra.browser() as later:
        shown = await browser.get(BASE + link)
        not_yet = await walk(later, f"{BASE}/console/oidc", entra.answers())
        joined = await walk(browser, f"{BASE}{link}?provider", entra.answers())
        again = await walk(later, f"{BASE}/console/oidc?to={where}", entra.answers())
        used = await later.get(BASE + link)
        signed_out = await later.get(f"{BASE}/console/oidc/sign-out", follow_redirects=False)

    assert 'href="?provider"' in shown.text
    assert link not in shown.text
    assert (401, True) == (not_yet.status_code, "only members can sign in" in not_yet.text)
    assert (200, f"/console/p/{world.project.id}") == (joined.status_code, joined.url.path)
    assert (200, where) == (again.status_code, again.url.path)
    assert "was used, or it is over" in used.text
    assert "/oauth2/v2.0/logout" in signed_out.headers["location"]
    assert not (await entra.hall.people.read(stranger.person.id)).person.at_provider


async def test_the_button_is_there_only_with_a_provider_and_has_its_name(port: World, world: World) -> None:
    async with port.browser() as with_one, world.browser() as without:
        shown, plain = await with_one.get(f"{BASE}/console/sign-in"), await without.get(f"{BASE}/console/sign-in")
        nowhere = await without.get(f"{BASE}/console/oidc")

    assert "Sign in with Quayside ID" in shown.text
    assert "/console/oidc" not in plain.text
    assert 404 == nowhere.status_code


async def test_what_the_provider_is_asked(port: World, liar: OpenIdProvider) -> None:
    liar.claims = {"sub": "asked"}
    _, link = await invited(port, "asker")
    async with port.browser(follow_redirects=False) as browser:
        onward = await browser.get(f"{BASE}{link}?provider")
        back = await browser.get(BASE + liar.sign_in(onward.headers["location"]))
    query = parse_qs(urlsplit(onward.headers["location"]).query)

    assert {"code_challenge", "nonce", "state", "redirect_uri", "scope"} < query.keys()
    assert (["S256"], ["code"], [BASE + BACK]) == (
        query["code_challenge_method"], query["response_type"], query["redirect_uri"]
    )  # fmt: skip
    assert "openid" in query["scope"][0].split()
    assert all(part in onward.headers["set-cookie"] for part in ("HttpOnly", "Secure", "SameSite=lax"))
    assert (303, "/console") == (back.status_code, back.headers["location"])
    assert ["authorization_code"] == liar.form["grant_type"]
    assert liar.form["code_verifier"]


@pytest.mark.parametrize("verified", [True, False, "true", None])
async def test_only_a_verified_address_is_taken_for_a_members(
    port: World, liar: OpenIdProvider, verified: object
) -> None:
    name = f"mail-{type(verified).__name__}-{verified}".lower()
    member, _ = await invited(port, name)
    liar.claims = {"sub": name, "email": f"{name.upper()}@Harbour.example", "email_verified": verified}
    async with port.browser(follow_redirects=False) as browser:
        answer = await come_back(browser, liar)
    person = (await port.hall.people.read(member.person.id)).person

    assert (303 if verified is True else 401) == answer.status_code
    assert (verified is True) == person.at_provider


async def test_a_subject_stays_one_persons_whatever_address_it_tells_later(port: World, liar: OpenIdProvider) -> None:
    first, first_link = await invited(port, "bound-first")
    other, other_link = await invited(port, "bound-other")
    liar.claims = {"sub": "bound"}
    async with port.browser(follow_redirects=False) as browser:
        await come_back(browser, liar, f"{first_link}?provider")
        taken = await come_back(browser, liar, f"{other_link}?provider")
        liar.claims = {"sub": "bound", "email": "bound-other@harbour.example", "email_verified": True}
        entered = await come_back(browser, liar)
        me = await browser.get(f"{BASE}/console/me")

    assert (401, 303) == (taken.status_code, entered.status_code)
    assert first.person.email in me.text
    assert not (await port.hall.people.read(other.person.id)).person.at_provider


async def test_a_verified_address_does_not_replace_a_subject_that_is_bound(port: World, liar: OpenIdProvider) -> None:
    _, link = await invited(port, "kept-subject")
    liar.claims = {"sub": "kept"}
    async with port.browser(follow_redirects=False) as browser, port.browser(follow_redirects=False) as thief:
        await come_back(browser, liar, f"{link}?provider")
        liar.claims = {"sub": "thief", "email": "kept-subject@harbour.example", "email_verified": True}
        refused = await come_back(thief, liar)

    assert 401 == refused.status_code


LIES = {
    "nonce": {"nonce": "of-another-sign-in"},
    "no nonce": {"nonce": None},
    "issuer": {"iss": "https://evil.example"},
    "audience": {"aud": "another-application"},
    "audiences": {"aud": [CLIENT_ID, "another-application"]},
    "party": {"azp": "another-application"},
    "expired": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "end as text": {"exp": "9999999999"},
    "from the future": {"iat": 9_999_999_999},
    "not yet": {"nbf": 9_999_999_999},
    "no subject": {"sub": None},
    "subject as number": {"sub": 7},
    "long subject": {"sub": "x" * 256},
}


@pytest.mark.parametrize("lie", LIES, ids=str)
async def test_a_token_that_is_not_for_this_sign_in_signs_nobody_in(
    port: World, liar: OpenIdProvider, lie: str
) -> None:
    member, link = await invited(port, f"lied-to-{lie.replace(' ', '-')}")
    liar.claims = {"sub": f"lie {lie}", **LIES[lie]}
    async with port.browser(follow_redirects=False) as browser:
        refused = await come_back(browser, liar, f"{link}?provider")

    assert (401, True) == (refused.status_code, "could not be trusted" in refused.text)
    assert not (await port.hall.people.read(member.person.id)).person.may_enter


def unsigned(header: dict[str, object], claims: dict[str, object]) -> str:
    parts = (json.dumps({**header, "alg": "none"}), json.dumps(claims))
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."


def by_strangers_key(header: dict[str, object], claims: dict[str, object]) -> str:
    from joserfc import jwt

    return jwt.encode(header, claims, RSAKey.generate_key(2048, {"kid": "one"}))


def with_its_own_key(header: dict[str, object], claims: dict[str, object]) -> str:
    from joserfc import jwt

    key = RSAKey.generate_key(2048, {"kid": "mine"})
    return jwt.encode({"alg": "RS256", "kid": "mine", "jwk": key.as_dict(private=False)}, claims, key)


@pytest.mark.parametrize(
    "sign",
    [unsigned, by_shared_secret, by_strangers_key, with_its_own_key, lambda *_: "no.token.at-all", lambda *_: "é" * 99],
    ids=["none", "shared secret", "stranger", "own key", "junk", "letters"],
)
async def test_a_token_that_the_provider_has_not_signed_signs_nobody_in(
    port: World, liar: OpenIdProvider, sign: object, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.id.replace(" ", "-")
    _, link = await invited(port, f"signed-{name}")
    liar.claims, liar.sign = {"sub": f"signed {name}"}, sign
    async with port.browser(follow_redirects=False) as browser:
        refused = await come_back(browser, liar, f"{link}?provider")

    assert (401, True) == (refused.status_code, "could not be trusted" in refused.text)


async def test_a_new_key_is_fetched_when_it_is_needed(
    port: World, liar: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "_KEYS_AGAIN", 0.0)
    _, link = await invited(port, "key-turner")
    liar.claims = {"sub": "key-turner"}
    async with port.browser(follow_redirects=False) as browser:
        before = await come_back(browser, liar, f"{link}?provider")
        liar.asked.clear()
        same_key = await come_back(browser, liar)
        kept = liar.asked.count("/keys")
        liar.key = RSAKey.generate_key(2048, {"kid": "two"})
        liar.published = [{"kty": "unheard-of", "kid": "x"}, {"kty": "RSA"}, liar.key.as_dict(private=False)]
        after = await come_back(browser, liar)

    assert [303] * 3 == [answer.status_code for answer in (before, same_key, after)]
    assert (0, 1) == (kept, liar.asked.count("/keys"))


async def test_a_state_of_another_browser_another_sign_in_or_used_before_is_refused(
    port: World, liar: OpenIdProvider
) -> None:
    _, link = await invited(port, "mixed-up")
    liar.claims = {"sub": "mixed-up"}
    async with port.browser(follow_redirects=False) as browser, port.browser(follow_redirects=False) as other:
        mine = liar.sign_in((await browser.get(f"{BASE}{link}?provider")).headers["location"])
        elsewhere = await other.get(BASE + mine)
        theirs = liar.sign_in((await other.get(f"{BASE}/console/oidc")).headers["location"])
        mixed = await browser.get(BASE + theirs)
        onward = await browser.get(f"{BASE}{link}?provider")
        cookie = {"cookie": onward.headers["set-cookie"].partition(";")[0]}
        right = liar.sign_in(onward.headers["location"])
        wrong_issuer = await other.get(BASE + theirs + "&iss=https://evil.example")
        entered = await browser.get(BASE + right, headers=cookie)
        again = await other.get(BASE + right, headers=cookie)

    assert [401] * 4 == [answer.status_code for answer in (elsewhere, mixed, wrong_issuer, again)]
    assert 303 == entered.status_code


@pytest.mark.parametrize(
    ("query", "said"), [("error=access_denied", "access_denied"), ("error=%3Cscript%3E", "an error"), ("", "no code")]
)
async def test_an_error_answer_is_told_and_nothing_else_of_it(
    port: World, liar: OpenIdProvider, query: str, said: str
) -> None:
    async with port.browser(follow_redirects=False) as browser:
        onward = (await browser.get(f"{BASE}/console/oidc")).headers["location"]
        state = parse_qs(urlsplit(onward).query)["state"][0]
        told = await browser.get(f"{BASE}{BACK}?state={state}&{query}&error_description=Call+0900-1234")

    assert (401, True, False) == (told.status_code, said in told.text, "0900" in told.text)


@pytest.mark.parametrize(
    ("path", "answer", "status"),
    [
        ("/keys", Response("<html>busy</html>", 503), 502),
        ("/keys", JSONResponse({"keys": "none"}), 502),
        ("/keys", JSONResponse({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]}), 502),
        ("/keys", Response(b"x" * 600_000), 502),
        ("/token", Response("", 503), 502),
        ("/token", JSONResponse({"error": "invalid_grant", "error_description": "secret words"}, 400), 401),
        ("/token", JSONResponse({"access_token": "only"}), 401),
        ("/token", JSONResponse([1, 2]), 401),
    ],
)
async def test_broken_answers_sign_nobody_in_and_are_no_crash(
    port: World, liar: OpenIdProvider, path: str, answer: Response, status: int
) -> None:
    liar.answers = {path: answer}
    async with port.browser(follow_redirects=False) as browser:
        shown = await come_back(browser, liar)

    assert (status, True) == (shown.status_code, "Quayside ID" in shown.text)
    assert "secret words" not in shown.text


@pytest.mark.parametrize("wrong", ["issuer", "endpoint", "status", "slow keys"])
async def test_a_provider_that_is_not_as_it_should_leaves_the_password(
    port: World, liar: OpenIdProvider, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "_SECONDS", 0.5)
    place = "/.well-known/openid-configuration"
    broken = {
        "issuer": JSONResponse({**liar.document(), "issuer": "https://other.example"}),
        "endpoint": JSONResponse({**liar.document(), "authorization_endpoint": "http://login.example/authorize"}),
        "status": Response("", 500),
    }
    if wrong in broken:
        liar.answers = {place: broken[wrong]}
    else:
        liar.slow = {"/keys": 3.0}
    async with port.browser(follow_redirects=False) as browser:
        shown = await browser.get(f"{BASE}/console/oidc")
        if wrong == "slow keys":
            shown = await browser.get(BASE + liar.sign_in(shown.headers["location"]))

    assert (502, True, True) == (
        shown.status_code, "does not answer as it should" in shown.text, 'name="password"' in shown.text
    )  # fmt: skip


async def test_a_provider_that_is_away_is_not_asked_by_everybody_who_opens_the_page(
    port: World, liar: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "/.well-known/openid-configuration"
    liar.asked.clear()
    liar.answers = {place: Response("", 500)}
    async with port.browser(follow_redirects=False) as browser:
        away = await asyncio.gather(*(browser.get(f"{BASE}/console/oidc") for _ in range(6)))
        asked = liar.asked.count(place)
        liar.be_honest()
        monkeypatch.setattr(port.hall.provider, "_away_until", 0.0)
        back = await asyncio.gather(*(browser.get(f"{BASE}/console/oidc") for _ in range(6)))

    assert ([502] * 6, 1) == ([answer.status_code for answer in away], asked)
    assert ([303] * 6, 2) == ([answer.status_code for answer in back], liar.asked.count(place))


async def test_one_connects_and_removes_it_on_ones_own_page(port: World, liar: OpenIdProvider) -> None:
    member = await make_member(port, "connector", Role.VIEWER)
    liar.claims = {"sub": "connector"}
    async with sign_in(port, member) as signed, port.browser(follow_redirects=False) as other:
        page = await signed.post("/console/me/provider", {})
        address = page.text.split('http-equiv="refresh" content="0;url=')[1].split('"')[0].replace("&amp;", "&")
        back = liar.sign_in(address)
        cookie = {"cookie": page.headers["set-cookie"].partition(";")[0]}
        hijacked = await other.get(BASE + back, headers=cookie)
        again = await signed.post("/console/me/provider", {})
        address = again.text.split('http-equiv="refresh" content="0;url=')[1].split('"')[0].replace("&amp;", "&")
        bound = await signed.browser.get(BASE + liar.sign_in(address))
        entered = await come_back(other, liar)
        removed = await signed.post("/console/me/provider/remove", {})
        refused = await come_back(other, liar)
    notes = [one.note for one in await port.hall.audit.list(port.project.id, after=0, limit=500)]

    assert (200, 401) == (page.status_code, hijacked.status_code)
    assert (303, "/console/me?done=bound") == (bound.status_code, bound.headers["location"])
    assert (303, 303, 401) == (entered.status_code, removed.status_code, refused.status_code)
    assert ["member.provider_bound", "member.provider_unbound"] == [
        note.event for note in notes if note.subject_id == member.person.id and "provider" in note.event
    ]


async def test_a_new_invitation_voids_the_provider_too_and_the_last_way_in_stays(
    port: World, liar: OpenIdProvider
) -> None:
    member, link = await invited(port, "voided")
    liar.claims = {"sub": "voided"}
    async with port.browser(follow_redirects=False) as browser:
        await come_back(browser, liar, f"{link}?provider")
        me = await browser.get(f"{BASE}/console/me")
        token = me.text.split('name="form_token" value="')[1].split('"')[0]
        kept = await browser.post(f"{BASE}/console/me/provider/remove", data={"form_token": token})
        await invite_again(port.hall, port.caller, member.person.id)
        out = await browser.get(f"{BASE}/console/me")
        refused = await come_back(browser, liar)

    assert 'name="new_password"' not in me.text
    assert (403, 303, 401) == (kept.status_code, out.status_code, refused.status_code)
