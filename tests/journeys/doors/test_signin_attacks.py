"""Attacks on signing in: stolen and repeated codes and tokens, mixed-up clients, redirects, forms, clocks, floods."""

import asyncio
import base64
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
import pytest_asyncio
from doors_world import BASE, CONNECTOR, World, open_world
from signin_client import RESOURCE, Signin, answered, press

from linkspan.model import Caller, Secret
from linkspan.simulator import Simulator
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.audit import read_audit
from linkspan.usecases.client_limits import ClientLimits
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project
from linkspan.usecases.exchange_tokens import refresh_tokens
from linkspan.usecases.keep_house import keep_house
from linkspan.usecases.keep_permits import list_permits
from linkspan.usecases.oauth_refusal import OAuthRefusedError
from linkspan.usecases.owner_data import erase_owner, export_owner
from linkspan.usecases.owner_page import open_owner_page
from linkspan.wiring import utc_now

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Clock:
    """Real time plus an offset."""

    offset = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.offset


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture(loop_scope="session")
async def own(tmp_path: Path, simulator: Simulator, clock: Clock):
    """An installation of its own, whose clock can be moved."""
    async for world in open_world(tmp_path, simulator, clock=clock):
        yield world


async def registered(world: World, **metadata: object) -> Signin:
    client = Signin(world)
    answer = await client.register(**metadata)
    assert 201 == answer.status_code, answer.text
    return client


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


async def test_a_code_that_comes_twice_ends_what_came_of_it(world: World) -> None:
    client = await registered(world)
    code = await client.code({world.account.id: "read"})
    tokens = (await client.redeem(code)).json()
    mcp = client.mcp(tokens["access_token"])
    before = await mcp.ask("ping")
    again = await client.redeem(code, code_verifier="never-the-verifier-" * 3)
    after, refreshed = await mcp.ask("ping"), await client.refresh(tokens["refresh_token"])
    last = (await read_audit(world.hall, world.caller, limit=500))[-1].note

    assert (200, (400, "invalid_grant")) == (before.status_code, refusal(again))
    assert (401, (400, "invalid_grant")) == (after.status_code, refusal(refreshed))
    assert ("permit.revoked", "mcp_sign_in", ("code_used_twice",)) == (last.event, last.source, last.fields)


async def test_a_refresh_token_that_comes_twice_ends_the_permit(world: World) -> None:
    client = await registered(world)
    tokens = await client.signed_in({world.account.id: "read"})
    newer = (await client.refresh(str(tokens["refresh_token"]))).json()
    alive = await client.mcp(newer["access_token"]).ask("ping")
    stolen = await client.refresh(str(tokens["refresh_token"]))
    after = await client.mcp(newer["access_token"]).ask("ping")
    last = await client.refresh(newer["refresh_token"])

    assert (200, 401) == (alive.status_code, after.status_code)
    assert [(400, "invalid_grant")] * 2 == [refusal(stolen), refusal(last)]


async def test_of_two_refreshes_at_once_one_is_answered_and_both_are_over(world: World) -> None:
    client = await registered(world)
    tokens = await client.signed_in({world.account.id: "read"})
    answers = await asyncio.gather(*(client.refresh(str(tokens["refresh_token"])) for _ in range(5)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    alive = [(await client.mcp(each["access_token"]).ask("ping")).status_code for each in won]

    assert len(won) <= 1
    assert {200, 400} >= {answer.status_code for answer in answers}
    assert [401] * len(won) == alive


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "y" * 43},
        {"code_verifier": "short"},
        {"redirect_uri": "http://127.0.0.1:1/other"},
        {"code": "mcp_ac_" + "z" * 43},
    ],
    ids="-".join,
)
async def test_a_code_needs_its_verifier_and_its_redirect(world: World, wrong: dict[str, str]) -> None:
    client = await registered(world)
    code = await client.code({world.account.id: "read"})
    refused = await client.redeem(wrong.get("code", code), **{k: v for k, v in wrong.items() if k != "code"})
    right = await client.redeem(code)

    assert (400, "invalid_grant") == refusal(refused)
    assert 200 == right.status_code


async def test_clients_are_not_mixed_up(world: World) -> None:
    mine, other = await registered(world), await registered(world)
    code = await mine.code({world.account.id: "read"})
    stolen = await mine.redeem(code, client_id=other.client_id)
    tokens = (await mine.redeem(code)).json()
    refreshed = await mine.refresh(tokens["refresh_token"], client_id=other.client_id)
    async with world.browser() as browser:
        revoked = await browser.post(
            "/oauth/revoke", data={"token": tokens["access_token"], "client_id": other.client_id}
        )
    alive = await mine.mcp(tokens["access_token"]).ask("ping")
    unknown = await mine.token(client_id="mcp_client_" + "0" * 24, grant_type="refresh_token", refresh_token="x")

    assert [(400, "invalid_grant")] * 2 == [refusal(stolen), refusal(refreshed)]
    assert (200, 200) == (revoked.status_code, alive.status_code)
    assert (401, "invalid_client") == refusal(unknown)


async def test_a_client_revokes_its_own_permit(world: World) -> None:
    client = await registered(world)
    tokens = await client.signed_in({world.account.id: "read"})
    async with world.browser() as browser:
        form = {"token": tokens["refresh_token"], "client_id": client.client_id, "token_type_hint": "refresh_token"}
        answers = [await browser.post("/oauth/revoke", data=form) for _ in range(2)]

    assert [200, 200] == [answer.status_code for answer in answers]
    assert 401 == (await client.mcp(tokens["access_token"]).ask("ping")).status_code


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"resource": "https://other.example/mcp"}, "invalid_target"),
        ({"resource": f"{BASE}/v1"}, "invalid_target"),
    ],
)
async def test_a_wrong_request_is_told_to_the_client(world: World, ask: dict[str, str | None], code: str) -> None:
    client = await registered(world)
    async with world.browser() as browser:
        answer = await browser.get(client.address(**ask), follow_redirects=False)
    said = answered(answer)

    assert answer.headers["location"].startswith(client.redirect)
    assert (code, client.state, BASE) == (said["error"], said["state"], said["iss"])
    assert "code" not in said


@pytest.mark.parametrize(
    "redirect",
    [
        "https://evil.example/callback",
        "http://127.0.0.1:49152/callback/../evil",
        "http://127.0.0.1:49152/callback?next=1",
        "http://127.0.0.1.evil.example:49152/callback",
        "http://127.0.0.1:49152@evil.example/callback",
        "http://localhost:49152/callback",
        "https://127.0.0.1:49152/callback",
        "http://127.0.0.1:49152/callback#x",
        "http://127.0.0.1:70000/callback",
        "//evil.example/callback",
        "http://127.0.0.1:49152/Callback",
    ],
)
async def test_nobody_is_redirected_to_where_the_client_is_not(world: World, redirect: str) -> None:
    client = await registered(world)
    async with world.browser() as browser:
        answer = await browser.get(client.address(redirect_uri=redirect), follow_redirects=False)
        unknown = await browser.get(client.address(client_id="mcp_client_none"), follow_redirects=False)
        twice = await browser.get(
            client.address() + f"&redirect_uri={quote('https://evil.example/')}", follow_redirects=False
        )

    assert [400] * 3 == [answer.status_code, unknown.status_code, twice.status_code]
    assert not any("location" in each.headers for each in (answer, unknown, twice))
    assert "client_request_invalid" in answer.text


async def test_a_loopback_redirect_may_use_any_port(world: World) -> None:
    client = await registered(world)
    async with world.browser() as browser:
        other = client.redirect.replace("49152", "50001")
        answer = await client.agree(browser, {world.account.id: "read"}, ask={"redirect_uri": other})
    tokens = await client.redeem(answered(answer)["code"], redirect_uri=other)

    assert answer.headers["location"].startswith(f"{other}?")
    assert 200 == tokens.status_code


@pytest.mark.parametrize(
    "uris",
    [
        ["javascript:alert(1)"],
        ["data:text/html,x"],
        ["http://example.com/callback"],
        ["https://app.example/cb#x"],
        ["https://user@app.example/cb"],
        ["/callback"],
        ["https:///cb"],
        ["https://app.example/\r\nset-cookie:x"],
        ["https://app.example/;form-action *"],
        ["https://app.example;sandbox/cb"],
        ["https://app.example,x/cb"],
        ["https://app.example:x/cb"],
        ["http://127.0.0.1;x/cb"],
        ["intent://scan/#Intent;end"],
        [1],
        [],
        "https://app.example/cb",
        ["https://app.example/cb"] * 11,
    ],
)
async def test_unfit_redirects_cannot_be_registered(world: World, uris: object) -> None:
    answer = await Signin(world).register(redirect_uris=uris)

    assert (400, "invalid_redirect_uri") == refusal(answer)


@pytest.mark.parametrize(
    "metadata",
    [
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"grant_types": ["client_credentials"]},
        {"response_types": ["token"]},
        {"client_name": "x" * 300},
        {"client_name": 5},
    ],
)
async def test_unfit_metadata_cannot_be_registered(world: World, metadata: dict[str, object]) -> None:
    answer = await Signin(world).register(**metadata)

    assert (400, "invalid_client_metadata") == refusal(answer)


async def test_an_own_scheme_is_answered_as_it_was_registered(world: World) -> None:
    client = Signin(world, redirect="com.example.quay:/signed-in?from=mcp")
    await client.register()
    async with world.browser() as browser:
        page = await browser.get(client.address())
        answer = await client.agree(browser, {world.account.id: "read"})

    assert "com.example.quay:" in page.headers["content-security-policy"]
    assert answer.headers["location"].startswith("com.example.quay:/signed-in?from=mcp&code=")


async def test_a_client_with_a_secret_must_show_it(world: World) -> None:
    client = Signin(world)
    registration = (await client.register(token_endpoint_auth_method="client_secret_basic")).json()
    secret = registration["client_secret"]
    code = await client.code({world.account.id: "read"})
    without = await client.redeem(code)
    wrong = await client.redeem(code, client_secret="never-the-secret-" * 3)
    basic = base64.b64encode(f"{quote(client.client_id)}:{quote(secret)}".encode()).decode()
    form = {
        "grant_type": "authorization_code", "code": code, "code_verifier": client.verifier, "redirect_uri": client.redirect,
    }  # fmt: skip
    async with world.browser() as browser:
        both = await browser.post(
            "/oauth/token", data=form | {"client_secret": secret}, headers={"authorization": f"Basic {basic}"}
        )
        right = await browser.post("/oauth/token", data=form, headers={"authorization": f"Basic {basic}"})

    assert [(401, "invalid_client")] * 2 == [refusal(without), refusal(wrong)]
    assert (400, "invalid_request") == refusal(both)
    assert 200 == right.status_code


async def test_another_projects_accounts_cannot_be_chosen(world: World) -> None:
    stranger = Caller((await create_project(world.hall, "Stranger")).id, ALL_SCOPES)
    _, key = await create_key(world.hall, stranger, NewKey("stranger"))
    client = await registered(world)
    async with world.browser() as browser:
        page = await press(browser, await browser.get(client.address()), "prove", proof=key.reveal())
        searched = await press(browser, page, "search", q="Tidewater", **{f"account.{world.account.id}": "read"})
        refused = await press(browser, page, "allow", **{f"account.{world.account.id}": "read", "actions": "all"})
        every = await press(browser, page, "all-write", **{f"account.{world.account.id}": ""})

    assert [200, 400, 200] == [answer.status_code for answer in (searched, refused, every)]
    assert not any(world.account.id in answer.text for answer in (page, searched, refused, every))
    assert [] == await list_permits(world.hall, stranger)


async def test_a_form_of_another_browser_or_request_is_refused(world: World) -> None:
    client, other = await registered(world), await registered(world)
    fields = {f"account.{world.account.id}": "read", "actions": "all"}
    async with world.browser() as browser, world.browser() as stranger:
        page = await press(browser, await browser.get(client.address()), "prove", proof=world.key)
        await stranger.get(client.address())
        foreign = await press(stranger, page, "allow", **fields)
        cookies = {cookie.name: cookie.value for cookie in browser.cookies.jar}
        stranger.cookies.set(
            "linkspan_consent", cookies["linkspan_consent"], domain="linkspan.example", path="/connect"
        )
        stolen = await stranger.get(client.address())
        moved = await browser.post(other.address(), data={**fields, "do": "allow", "form_token": form_token(page)})
        bare = await browser.post(client.address(), data={**fields, "do": "allow"})
        mine = {**fields, "do": "allow", "form_token": form_token(page)}
        origins = ("https://neighbour.linkspan.example", "null", "http://linkspan.example", "https://[", "")
        planted = [
            await browser.post(client.address(), data=mine, headers={"origin": origin}, follow_redirects=False)
            for origin in origins
        ]
        own = await browser.post(client.address(), data=mine, headers={"origin": BASE}, follow_redirects=False)

    assert [400] * 3 == [answer.status_code for answer in (foreign, moved, bare)]
    assert [400] * 5 == [answer.status_code for answer in planted]
    assert 303 == own.status_code
    assert 'name="proof"' in stolen.text


def form_token(page: httpx2.Response) -> str:
    return page.text.partition('name="form_token" value="')[2].partition('"')[0]


async def test_no_page_holds_the_key_and_none_can_be_framed(world: World) -> None:
    client = await registered(world, client_name="<b>Mate</b>\u202e\n")
    async with world.browser() as browser:
        who = await browser.get(client.address())
        choose = await press(browser, who, "prove", proof=world.key)
        cookies = str(browser.cookies.jar)

    for page in (who, choose):
        assert "DENY" == page.headers["x-frame-options"]
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert "http://127.0.0.1:49152" in page.headers["content-security-policy"]
        assert "no-store" == page.headers["cache-control"]
        assert world.key not in page.text + cookies
        assert "<b>" not in page.text
        assert "\u202e" not in page.text


async def test_what_is_over_is_over_whatever_the_clock_does(own: World, clock: Clock) -> None:
    client = await registered(own)
    code = await client.code({own.account.id: "read"})
    clock.offset = timedelta(minutes=2)
    late = await client.redeem(code)
    tokens = await client.signed_in({own.account.id: "read"})
    mcp = client.mcp(tokens["access_token"])
    fresh = await mcp.ask("ping")
    clock.offset = timedelta(minutes=-30)
    before_it_was = await mcp.ask("ping")
    clock.offset = timedelta(minutes=18)
    stale, newer = await mcp.ask("ping"), (await client.refresh(str(tokens["refresh_token"]))).json()
    clock.offset += timedelta(days=29)
    kept = (await client.refresh(newer["refresh_token"])).json()
    clock.offset += timedelta(days=31)
    idle = await client.refresh(kept["refresh_token"])

    assert (400, "invalid_grant") == refusal(late)
    assert (200, 401, 401) == (fresh.status_code, before_it_was.status_code, stale.status_code)
    assert {"access_token", "refresh_token"} <= set(kept)
    assert (400, "invalid_grant") == refusal(idle)


async def test_a_permit_ends_after_half_a_year_and_leaves_nothing(own: World, clock: Clock) -> None:
    client = await registered(own)
    tokens = await client.signed_in({own.account.id: "read"})
    answers = []
    for _ in range(7):
        clock.offset += timedelta(days=29)
        answer = await client.refresh(str(tokens["refresh_token"]))
        answers.append(answer.status_code)
        tokens = answer.json() if answer.status_code == 200 else tokens
    clock.offset += timedelta(days=60)
    await keep_house(own.hall)
    gone = await client.refresh(str(tokens["refresh_token"]))

    assert [200] * 6 + [400] == answers
    assert (401, "invalid_client") == refusal(gone)


async def test_an_erased_owner_takes_permits_along(own: World) -> None:
    link = await open_owner_page(own.hall, own.caller, "first", agents="write")
    client = await registered(own)
    tokens = await client.signed_in({own.account.id: "write"}, proof=link.url)
    records = [record async for record in await export_owner(own.hall, own.caller, "first")]
    await erase_owner(own.hall, own.caller, "first")

    assert ["Test Agent"] == [record["client_name"] for record in records if record["record"] == "permit"]
    assert 401 == (await client.mcp(tokens["access_token"]).ask("ping")).status_code
    assert [] == await list_permits(own.hall, own.caller)


async def test_an_account_that_changes_hands_leaves_its_first_owners_permit(own: World) -> None:
    link = await open_owner_page(own.hall, own.caller, "first", agents="read")
    client = await registered(own)
    mcp = client.mcp((await client.signed_in({own.account.id: "read"}, proof=link.url))["access_token"])
    before = await mcp.tools()
    async with own.api() as api:
        moved = await api.patch(f"/v1/accounts/{own.account.id}", json={"origin_owner_id": "second"})
    after = await mcp.tools()
    mcp.headers["x-account-id"] = own.account.id
    called = await mcp.call("list_items")

    assert 200 == moved.status_code
    assert (48, 0) == (len(before), len(after))
    assert called["isError"]


async def test_an_account_that_only_reads_cannot_be_allowed_to_write(own: World) -> None:
    client = await registered(own)
    writes = client.mcp((await client.signed_in({own.account.id: "write"}))["access_token"])
    before = await writes.tools()
    async with own.api() as api:
        changed = await api.patch(f"/v1/accounts/{own.account.id}", json={"read_only": True})
    after = await writes.tools()
    async with own.browser() as browser:
        page = await press(browser, await browser.get(client.address()), "prove", proof=own.key)
        refused = await press(browser, page, "allow", **{f"account.{own.account.id}": "write", "actions": "all"})

    assert 200 == changed.status_code
    assert (70, 48) == (len(before), len(after))
    assert "This account only reads." in page.text
    assert (400, True) == (refused.status_code, "One of the accounts only reads." in refused.text)


async def test_a_token_for_one_address_opens_no_other(world: World) -> None:
    client = await registered(world)
    routed = f"{RESOURCE}/businesscentral"
    tokens = await client.signed_in({world.account.id: "write"})
    elsewhere = client.mcp(tokens["access_token"])
    elsewhere.address = "/mcp/businesscentral"
    refused = await elsewhere.ask("ping")
    code = await client.code({world.account.id: "write"}, ask={"resource": routed})
    wrong, right = await client.redeem(code), None
    right = (await client.redeem(code, resource=routed)).json()
    there, here = client.mcp(right["access_token"]), client.mcp(right["access_token"])
    there.address = "/mcp/businesscentral"
    fields = world.account.fields
    there.headers = {
        "TenantId": fields["tenant_id"], "EnvironmentName": fields["environment"], "Company": fields["company_name"],
    }  # fmt: skip
    listed = await there.ask("tools/list")

    assert 401 == refused.status_code
    assert "oauth-protected-resource/mcp/businesscentral" in refused.headers["www-authenticate"]
    assert (400, "invalid_target") == refusal(wrong)
    assert "result" in listed.json()
    assert 401 == (await here.ask("ping")).status_code


async def test_another_profiles_rules_do_not_widen_a_sign_in(world: World) -> None:
    async with world.api() as api:
        body = {
            "connector": CONNECTOR, "name": "Wider", "client_id": "x", "client_secret": "y",
            "enabled_actions": [f"{CONNECTOR}_list_contacts"],
        }  # fmt: skip
        made = (await api.post("/v1/profiles", json=body)).json()
    client = await registered(world)
    routed = f"{RESOURCE}/businesscentral"
    code = await client.code({world.account.id: "read"}, ask={"resource": routed})
    mcp = client.mcp((await client.redeem(code, resource=routed)).json()["access_token"])
    mcp.address, fields = "/mcp/businesscentral", world.account.fields
    mcp.headers = {
        "TenantId": fields["tenant_id"], "EnvironmentName": fields["environment"], "Company": fields["company_name"],
        "ConfigurationName": made["name"],
    }  # fmt: skip
    found = await mcp.ask("tools/call", {"name": "bc_actions_search", "arguments": {"SearchText": "contacts"}})
    name = "List_Contacts_PAG30077"
    asked = {"name": "bc_actions_invoke", "arguments": {"ActionName": name, "RequestParameters": "{}"}}
    answer = await mcp.ask("tools/call", asked)

    assert "result" in found.json()
    assert "no enabled connector profile named" in answer.json()["result"]["content"][0]["text"]


async def test_a_flood_of_registrations_is_slowed_and_leaves_nothing(own: World, clock: Clock) -> None:
    answers = [await Signin(own).register(patient=False) for _ in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    client = Signin(own)
    client.client_id = answers[0].json()["client_id"]
    async with own.browser() as browser:
        known = await browser.get(client.address())
        clock.offset = timedelta(days=2)
        await keep_house(own.hall)
        gone = await browser.get(client.address())
        huge = await browser.post("/oauth/register", content=b"{" + b" " * 40_000)

    assert 10 == len(refused)
    assert int(refused[0].headers["retry-after"]) >= 1
    assert (200, 400) == (known.status_code, gone.status_code)
    assert 413 == huge.status_code


async def test_limits_are_by_address_and_in_all() -> None:
    now = [100.0]
    limits = ClientLimits(per_address=3, in_all=5, clock=lambda: now[0])
    first = [limits.take("a") is None for _ in range(4)]
    others = [limits.take(name) is None for name in ("b", "c", "d")]
    now[0] += 20
    later = limits.take("a") is None

    assert [True, True, True, False] == first
    assert [True, True, False] == others
    assert later


async def test_only_the_newest_unused_registrations_stay(world: World) -> None:
    first = await registered(world)
    stored = await world.hall.clients.find(first.client_id)
    assert stored is not None
    for number in range(3):
        newer = replace(
            stored, id=f"mcp_client_extra{number}", created_at=stored.created_at + timedelta(seconds=number + 1)
        )
        await world.hall.clients.add(newer, most_unused=3)

    assert await world.hall.clients.find(first.client_id) is None
    assert await world.hall.clients.find("mcp_client_extra0") is not None


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"grant_type=authorization_code&grant_type=refresh_token", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"grant_type=password", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(100)), "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
    ],
)
async def test_the_token_endpoint_refuses_what_it_cannot_read(world: World, body: bytes, media: str) -> None:
    async with world.browser() as browser:
        answer = await browser.post("/oauth/token", content=body, headers={"content-type": media})
        got = await browser.get("/oauth/token")

    assert 400 == answer.status_code
    assert answer.json()["error"] in {"invalid_request", "unsupported_grant_type"}
    assert "no-store" == answer.headers["cache-control"]
    assert got.is_client_error


async def test_a_refresh_by_a_use_case_without_a_client_is_refused(world: World) -> None:
    client = await registered(world)
    tokens = await client.signed_in({world.account.id: "read"})
    for text in (tokens["access_token"], "mcp_rt_", ""):
        with pytest.raises(OAuthRefusedError, match="invalid_grant"):
            await refresh_tokens(world.hall, Secret(str(text)), client.client_id, resource=None)
