"""A person links an account in Chromium: only with the keyboard, without scripts, and past a mistake."""

from dataclasses import replace
from datetime import timedelta

import pytest
from link_walk import accounts_of, context_of, fill_details, serious_violations, sign_in
from playwright.async_api import Browser, Page, expect
from served_world import Installation

from linkspan.model import Owner
from linkspan.usecases.create_connect_session import NewSession, create_connect_session
from linkspan.usecases.keep_brand import change_brand

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_account_is_linked(installation: Installation, chromium: Browser, *, scripts: bool) -> None:
    demo = installation.simulator.demo
    window = await chromium.new_context(java_script_enabled=scripts)
    page = await window.new_page()
    policy: list[str] = []
    page.on(
        "console", lambda message: policy.append(message.text) if "Content Security Policy" in message.text else None
    )
    await page.goto(await installation.link_url(f"browser {scripts}"))
    await page.fill("#tenant_id", str(demo.tenant_id))
    await page.fill("#environment", "Nowhere")
    await page.press("#environment", "Enter")
    await page.fill("[name=username]", demo.user)
    await page.fill("[name=password]", demo.password)
    await page.press("[name=password]", "Enter")
    if await page.locator("[name=answer][value=accept]").count():
        await page.click("[name=answer][value=accept]")

    await expect(page.locator("h1")).to_have_text("Almost: one thing to check")
    await expect(page.locator("#environment[aria-invalid=true]")).to_have_value("Nowhere")
    await page.fill("#environment", demo.environment)
    await page.press("#environment", "Enter")
    await expect(page.locator("h1")).to_have_text("Choose the company")
    await page.focus("[name=company_id] >> nth=0")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Linked")
    assert policy == []
    await window.close()


LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><script>document.title="owned"</script><rect width="8" height="8"/></svg>'


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(30):
        if await page.evaluate("document.activeElement?.matches(" + repr(selector) + ")"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


async def looked_at(page: Page, found: list[str]) -> None:
    """What is wrong with the page as it is: barriers, scrolling sideways, a title that says nothing."""
    found += await serious_violations(page)
    if not await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
        found.append(f"{page.url} scrolls sideways")


@pytest.mark.parametrize(
    ("scheme", "width", "colour"),
    [("light", 1000, None), ("dark", 1000, None), ("light", 360, "#f0a500"), ("dark", 360, "#10206a")],
)
async def test_every_page_of_a_linking_is_open_to_everybody(
    installation: Installation, chromium: Browser, scheme: str, width: int, colour: str | None
) -> None:
    """By keyboard alone, past a mistake, in the product's own colour; axe-core sees no serious barrier on any page."""
    brand = {"name": "Brygge Orders", "colour": colour, "logo": LOGO if colour else None}
    await change_brand(installation.hall, installation.caller, brand)
    demo, found, owner = installation.simulator.demo, list[str](), f"open-{scheme}-{width}"
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await context.new_page()
    policy: list[str] = []
    page.on("console", lambda message: policy.append(message.text) if "Security Policy" in message.text else None)
    await page.goto(await installation.link_url(owner))
    await looked_at(page, found)
    await tab_to(page, "#tenant_id")
    await page.keyboard.type(str(demo.tenant_id))
    await tab_to(page, "#environment")
    await page.keyboard.type("not a name!")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[aria-invalid=true]")
    await looked_at(page, found)
    await tab_to(page, "#environment")
    await page.keyboard.press("Control+a")
    await page.keyboard.type(demo.environment)
    await page.keyboard.press("Enter")
    await sign_in(page, installation)
    await page.wait_for_selector("[name=company_id]")
    await looked_at(page, found)
    await tab_to(page, "[name=company_id]")
    await page.keyboard.press("Space")
    await tab_to(page, "form button")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Linked")
    await looked_at(page, found)
    await page.goto(await installation.link_url(f"{owner}-cancel"))
    await tab_to(page, "button.plain")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Nothing was linked")
    await looked_at(page, found)
    title, linked = await page.title(), await accounts_of(installation, owner)
    await context.close()
    await change_brand(installation.hall, installation.caller, {"colour": None, "logo": None})

    assert [] == found
    assert [] == policy
    assert title.startswith("Cancelled")
    assert 1 == len(linked)


async def test_an_expired_session_and_a_used_one_say_what_to_do(installation: Installation, chromium: Browser) -> None:
    hall = installation.hall
    new = NewSession(owner=Owner("expired", "expired"), profile_id=installation.profile.id)
    opened = await create_connect_session(hall, installation.caller, new)
    past = replace(opened.session, id=opened.session.id - 1, expires_at=hall.clock() - timedelta(minutes=1))
    await hall.sessions.remove(past.project_id, opened.session.id)
    await hall.sessions.add(past, hall.vault.digest("connect-session", opened.token))
    context = await context_of(chromium)
    page = await context.new_page()
    await page.goto(opened.link_url)
    text = await page.inner_text("main")
    violations = await serious_violations(page)
    await context.close()

    assert "This link has expired." in text
    assert "Ask for a new link" in text
    assert "connect_session_expired" in text
    assert [] == violations


async def test_a_wrong_tenant_is_named_and_nothing_typed_is_lost(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    await page.goto(await installation.link_url("wrong tenant"))
    await fill_details(page, installation, tenant_id="nosuch-tenant.example")
    await expect(page.get_by_text("tenant_not_found")).to_be_visible()
    kept = [await page.input_value(f"#{name}") for name in ("tenant_id", "environment")]
    marked = await page.get_attribute("#tenant_id", "aria-invalid")
    violations = await serious_violations(page)
    await context.close()

    assert ["nosuch-tenant.example", installation.simulator.demo.environment] == kept
    assert "true" == marked
    assert [] == violations


async def test_many_companies_are_searched_while_typing_and_without_scripts(
    installation: Installation, chromium: Browser
) -> None:
    offered = {f"id-{number}": {"name": f"Havn {number:02} AS", "company_id": f"id-{number}"} for number in range(60)}
    for scripts in (True, False):
        context = await context_of(chromium, java_script_enabled=scripts)
        page = await context.new_page()
        await page.goto(await installation.link_url(f"searcher {scripts}"))
        await fill_details(page, installation)
        await sign_in(page, installation)
        await page.wait_for_selector("[name=company_id]")
        attempt = page.url.rsplit("/", 1)[-1]
        await installation.hall.links.keep_companies(installation.caller.project_id, attempt, offered)
        await page.reload()
        shown = await page.locator("[name=company_id]").count()
        await page.fill("#q", "havn 42")
        if not scripts:
            await page.press("#q", "Enter")
        await expect(page.locator("[name=company_id]")).to_have_count(1)
        await expect(page.locator("#found")).to_have_text("1 fits.")
        violations = await serious_violations(page) if scripts else []
        await page.get_by_text("Havn 42 AS").click()
        await page.get_by_role("button", name="Link this company").click()
        await expect(page.locator("h1")).to_have_text("Linked")
        (account,) = await accounts_of(installation, f"searcher {scripts}")
        await context.close()

        assert 50 == shown
        assert "id-42" == account.fields["company_id"]
        assert [] == violations


async def test_the_check_for_barriers_finds_a_planted_one(chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    await page.set_content("<main><h1>Form</h1><input id=nameless><img src=x></main>")
    violations = await serious_violations(page)
    await context.close()

    assert {"label", "image-alt"} <= {violation.split(":")[0] for violation in violations}


async def test_another_tenant_than_the_profiles_own_is_refused_before_the_sign_in(
    installation: Installation, chromium: Browser
) -> None:
    """The profile is for one tenant, which its first link has settled."""
    context = await context_of(chromium)
    page = await context.new_page()
    await page.goto(await installation.link_url("first of the tenant"))
    await fill_details(page, installation)
    await sign_in(page, installation)
    await page.wait_for_selector("[name=company_id]")
    await page.get_by_text("Tidewater Chandlers", exact=True).click()
    await page.get_by_role("button", name="Link this company").click()
    await expect(page.locator("h1")).to_have_text("Linked")
    await page.goto(await installation.link_url("other tenant"))
    settled = await page.input_value("#tenant_id")
    others = {str(tenant.id) for tenant in installation.simulator.state().tenants} - {settled}
    await fill_details(page, installation, tenant_id=min(others))
    await expect(page.get_by_text("tenant_not_allowed")).to_be_visible()
    violations = await serious_violations(page)
    linked = await accounts_of(installation, "other tenant")
    await context.close()

    assert str(installation.simulator.demo.tenant_id) == settled
    assert [] == violations
    assert [] == linked
