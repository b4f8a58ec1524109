"""The hosted link pages: the way through, what a browser keeps, and every way they can refuse."""

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from doors_world import BASE, CONNECTOR, REDIRECT, World, fitting_form, submit, walk

from linkspan.usecases.change_profile import change_profile
from linkspan.usecases.read_accounts import list_accounts

pytestmark = pytest.mark.asyncio(loop_scope="session")


def code_of(page: httpx2.Response) -> str:
    (code,) = re.findall(r"<dt>Code</dt><dd><code>([a-z_]+)</code>", page.text)
    return code


def assert_problem(page: httpx2.Response, code: str, status: int) -> None:
    """What happened, why, the next step, the code: on one page, in the usual look."""
    assert code == code_of(page), page.text
    assert status == page.status_code
    assert "What to do next" in page.text
    assert "no-store" == page.headers["cache-control"]


async def until(world: World, browser: httpx2.AsyncClient, owner: str, **other: str) -> httpx2.Response:
    """Walk up to our callback, and give the redirect to it without following it."""
    answers = world.answers(**other)
    page = await browser.get(await world.link_url(owner))
    for _ in range(6):
        form = fitting_form(page.text, answers)
        assert form is not None, page.text
        data = form.values | {
            name: value
            for name, value in answers.items()
            if name in form.values or any(name == n for n, _, _ in form.buttons)
        }
        page = await browser.post(page.url.join(form.action or str(page.url)), data=data, follow_redirects=False)
        while page.is_redirect:
            target = str(page.url.join(page.headers["location"]))
            if target.startswith(REDIRECT):
                return page
            page = await browser.get(target, follow_redirects=False)
    raise AssertionError("the provider never sent the browser back")


async def test_the_way_through(world: World) -> None:
    async with world.browser() as browser:
        start = await browser.get(await world.link_url("way"))
        page = await walk(browser, str(start.url), world.answers())
    (account,) = [account for account in await list_accounts(world.hall, world.caller) if account.owner.id == "way"]

    assert f"{BASE}/connect" == str(start.url)
    assert "Brygge Orders" in start.text
    assert "Tenant ID" in start.text
    assert f"/connectors/{CONNECTOR}/guides/link-account/oauth-2-0" in start.text
    assert "<h1>Linked</h1>" in page.text
    assert account.id in page.text
    assert account.fields["company_name"] in html.unescape(page.text)
    assert "code=" not in str(page.url)
    assert "state=" not in str(page.url)


async def test_the_token_leaves_the_address_for_a_closed_cookie(world: World) -> None:
    url = await world.link_url("cookie")
    async with world.browser() as browser:
        answer = await browser.get(url, follow_redirects=False)
    cookies = answer.headers.get_list("set-cookie")

    assert (303, "/connect") == (answer.status_code, answer.headers["location"])
    assert "no-referrer" == answer.headers["referrer-policy"]
    assert 2 == len(cookies)
    for cookie in cookies:
        assert all(flag in cookie.lower() for flag in ("httponly", "samesite=lax", "secure", "path=/connect"))


async def test_the_sign_in_is_asked_for_with_state_and_pkce(world: World) -> None:
    async with world.browser() as browser:
        start = await browser.get(await world.link_url("pkce"))
        form = fitting_form(start.text, world.answers())
        data = form.values | {"tenant_id": str(world.simulator.demo.tenant_domain), "environment": "Production"}
        answer = await browser.post("/connect", data=data, follow_redirects=False)
    address = urlsplit(answer.headers["location"])
    query = {name: values[0] for name, values in parse_qs(address.query).items()}

    assert 303 == answer.status_code
    assert f"/{world.simulator.demo.tenant_id}/oauth2/v2.0/authorize" == address.path
    assert REDIRECT == query["redirect_uri"]
    assert ("code", "S256") == (query["response_type"], query["code_challenge_method"])
    assert {"offline_access", "https://api.businesscentral.dynamics.com/Financials.ReadWrite.All"} <= set(
        query["scope"].split()
    )
    assert len(query["state"]) >= 32


async def test_wrong_fields_are_marked(world: World) -> None:
    async with world.browser() as browser:
        start = await browser.get(await world.link_url("fields"))
        form = fitting_form(start.text, world.answers())
        page = await submit(browser, start, form, {"tenant_id": "no tenant", "environment": ""})

    assert 400 == page.status_code
    assert 2 == page.text.count('aria-invalid="true"')
    assert 'value="no tenant"' in page.text
    assert "Environment is needed" in page.text


async def test_a_tenant_that_does_not_exist(world: World) -> None:
    async with world.browser() as browser:
        page = await walk(browser, await world.link_url("tenant"), world.answers(tenant_id="nosuch.example"))

    assert_problem(page, "tenant_not_found", 400)
    assert 'value="nosuch.example"' in page.text


async def test_a_wrong_environment_is_corrected_without_a_new_sign_in(world: World) -> None:
    async with world.browser() as browser:
        page = await walk(
            browser, (await until(world, browser, "env", environment="Prodction")).headers["location"], {}
        )
        problem = code_of(page)
        form = fitting_form(page.text, {"environment": ""})
        companies = await submit(browser, page, form, {"environment": "Production"})
        done = await submit(browser, companies, fitting_form(companies.text, world.answers()), world.answers())

    assert "environment_not_found" == problem
    assert "need not repeat" in page.text
    assert "<h1>Linked</h1>" in done.text


async def test_companies_are_searched_and_must_be_chosen(world: World) -> None:
    async with world.browser() as browser:
        page = await browser.get((await until(world, browser, "companies")).headers["location"])
        found = await browser.get(f"{page.url}?q=skips")
        nothing = await browser.get(f"{page.url}?q=nosuch")
        form = fitting_form(page.text, {"company_id": ""})
        empty = await browser.post(str(page.url), data=form.values)
        foreign = await browser.post(
            str(page.url), data=form.values | {"company_id": "00000000-0000-0000-0000-000000000000"}
        )

    assert 2 == page.text.count('type="radio" name="company_id"')
    assert 1 == found.text.count('type="radio" name="company_id"')
    assert "name holds “nosuch”" in nothing.text
    assert_problem(empty, "company_not_found", 404)
    assert_problem(foreign, "company_not_found", 404)


async def test_consent_refused(world: World) -> None:
    world.simulator.revoke_consent(world.simulator.demo.user)
    async with world.browser() as browser:
        page = await walk(browser, await world.link_url("refuser"), world.answers(answer="cancel"))

    assert_problem(page, "consent_refused", 403)
    assert 'href="/connect"' in page.text


async def test_wrong_client_secret(world: World) -> None:
    from linkspan.model import Secret

    await change_profile(world.hall, world.caller, world.profile.id, {"client_secret": Secret("not-the-secret")})
    async with world.browser() as browser:
        page = await walk(browser, await world.link_url("secret"), world.answers())
    await change_profile(
        world.hall, world.caller, world.profile.id, {"client_secret": Secret(world.simulator.demo.client_secret)}
    )

    assert_problem(page, "client_secret_wrong", 502)
    assert "not-the-secret" not in page.text
    assert "The team of the product" in page.text
    assert re.search(r"<dt>Run</dt><dd><code>run_", page.text)


async def test_a_state_is_good_once_and_in_its_own_browser(world: World) -> None:
    async with world.browser() as browser, world.browser() as stranger:
        callback = (await until(world, browser, "state")).headers["location"]
        stolen = await stranger.get(callback)
        first = await browser.get(callback)
        second = await browser.get(callback)
        forged = await browser.get(f"{REDIRECT}?code=x&state=forged")

    assert_problem(stolen, "link_state_invalid", 400)
    assert 200 == first.status_code
    assert_problem(second, "link_state_used", 409)
    assert_problem(forged, "link_state_invalid", 400)


async def test_a_form_of_another_site_is_refused(world: World) -> None:
    async with world.browser() as browser:
        await browser.get(await world.link_url("forgery"))
        tenant = {"tenant_id": str(world.simulator.demo.tenant_id), "environment": "Production"}
        without = await browser.post("/connect", data=tenant)
        wrong = await browser.post("/connect", data={**tenant, "form_token": "guessed"})

    assert_problem(without, "link_state_invalid", 400)
    assert_problem(wrong, "link_state_invalid", 400)


async def test_a_link_that_is_over(world: World) -> None:
    url = await world.link_url("over", expires_in=60)
    async with world.browser() as browser:
        opened = await browser.get(url)
        session = await world.hall.sessions.find(world.hall.vault.digest("connect-session", _token(url)))
        await _expire(world, session.id)
        again = await browser.get(url)
        page = await browser.get("/connect")
        unknown = await browser.get(f"{BASE}/connect/s/nosuchtoken")
        bare = await _fresh(world, "/connect")

    assert 200 == opened.status_code
    for problem in (again, page, unknown, bare):
        assert_problem(problem, "connect_session_expired", 410)
        assert 'href="/connect"' not in problem.text


async def test_a_link_is_good_for_one_account(world: World) -> None:
    url = await world.link_url("once")
    async with world.browser() as browser:
        await walk(browser, url, world.answers())
        again = await browser.get(url)

    assert_problem(again, "connect_session_expired", 410)
    assert "used already" in again.text


async def test_linking_again_keeps_the_account(world: World) -> None:
    async with world.browser() as browser:
        start = await browser.get(await world.link_url("first", account_id=world.account.id))
        page = await walk(browser, str(start.url), world.answers())

    assert "Link it again" in start.text
    assert f'value="{world.simulator.demo.tenant_id}"' in start.text
    assert world.account.id in page.text


async def test_a_profile_that_is_switched_off(world: World) -> None:
    url = await world.link_url("off")
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled": False})
    async with world.browser() as browser:
        page = await browser.get(url)
    await change_profile(world.hall, world.caller, world.profile.id, {"enabled": True})

    assert_problem(page, "profile_disabled", 412)


async def test_an_administrators_consent(world: World) -> None:
    async with world.browser() as browser:
        granted = await browser.get(f"{REDIRECT}?admin_consent=True&tenant=af72900c-dafa-5fde-92e4-1bbe29869b85")
        refused = await browser.get(
            f"{REDIRECT}?admin_consent=True&error=access_denied&error_description=AADSTS65004%3A+Declined.%0D%0ATrace"
        )

    assert "Consent granted" in granted.text
    assert_problem(refused, "admin_consent_required", 403)
    assert "AADSTS65004: Declined." in refused.text


async def test_what_a_stranger_writes_is_only_text(world: World) -> None:
    async with world.browser() as browser:
        page = await browser.get(f"{REDIRECT}?error=%3Cscript%3Ex&error_description=%3Cimg+src=x%3E&admin_consent=True")
        lost = await browser.get("/connect/%3Cscript%3E")

    assert "<img" not in page.text
    assert "<script>x" not in page.text + lost.text
    assert 404 == lost.status_code


async def test_pages_may_lead_to_the_providers_sign_in_only_by_form(world: World) -> None:
    async with world.browser() as browser:
        start = await browser.get(await world.link_url("policy"))

    assert f"form-action 'self' https: {world.simulator.url}" in start.headers["content-security-policy"]
    assert "DENY" == start.headers["x-frame-options"]


def _token(url: str) -> object:
    from linkspan.model import Secret

    return Secret(url.rpartition("/")[2])


async def _expire(world: World, session_id: int) -> None:
    """Put a session's end into the past, in its table."""
    from sqlalchemy import update

    from linkspan.storage.tables import connect_sessions

    async with world.hall.sessions._database.begin() as connection:
        past = world.hall.clock() - timedelta(seconds=1)
        await connection.execute(
            update(connect_sessions).where(connect_sessions.c.id == session_id).values(expires_at=past)
        )


async def _fresh(world: World, address: str) -> httpx2.Response:
    async with world.browser() as browser:
        return await browser.get(address)
