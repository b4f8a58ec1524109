"""From the guide in the wizard to a linked account to the first action, with nothing but keys; and the wizard without scripts."""

import pytest
from link_walk import accounts_of, context_of
from playwright.async_api import Browser, Page
from served_world import Installation
from test_console_in_chromium import entered

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OWNER = "Keys & Daughters"
MOST_TABS = 400


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what is meant; it must be reached, and be seen to have the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert "none" != outline, f"{selector} has the focus, but does not show it"
            return
    raise AssertionError(f"no Tab leads to {selector} at {page.url}")


async def go(page: Page, selector: str) -> None:
    """Follow a link or press a button."""
    await tab_to(page, selector)
    await page.keyboard.press("Enter")
    await page.wait_for_load_state()


async def type_into(page: Page, selector: str, text: str) -> None:
    await tab_to(page, selector)
    await page.keyboard.press("Control+A")
    await page.keyboard.type(text)


async def make_profile(page: Page, installation: Installation, root: str, name: str) -> None:
    """Through the gallery and the guide to the form at its end."""
    demo = installation.simulator.demo
    await page.goto(f"{root}/profiles")
    await go(page, "a[href$='/profiles/new']")
    await page.wait_for_url("**/profiles/new")
    await type_into(page, "#q", "central")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/new?q=central")
    await go(page, "a[href$='/dynamics365bc/oauth-2-0']")
    await page.wait_for_url("**/dynamics365bc/oauth-2-0")
    await go(page, "a[href='#create']")
    await type_into(page, "#name", name)
    await type_into(page, "#client_id", str(demo.client_id))
    await type_into(page, "#given_secret", demo.client_secret)
    await type_into(page, "#secret_expires", "2027-03-31")
    await tab_to(page, "summary")
    await page.keyboard.press("Enter")
    await type_into(page, "#provider_url", installation.simulator.url)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/profiles/*?done=created")


async def link_by_keys(page: Page, installation: Installation) -> None:
    """From the profile's page through the hosted pages and the provider's own."""
    demo = installation.simulator.demo
    await type_into(page, "#owner_id", OWNER)
    await type_into(page, "#owner_name", OWNER)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=The link page is ready")
    await go(page, "a.button[href*='/connect/s/']")
    await page.wait_for_selector("#tenant_id, form button")
    if not await page.locator("#tenant_id").count():
        await go(page, "form button")
        await page.wait_for_selector("#tenant_id")
    await type_into(page, "#tenant_id", str(demo.tenant_id))
    await type_into(page, "#environment", demo.environment)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[name=username]")
    # The provider's pages are not ours: whether they show the focus is not asked.
    await page.focus("[name=username]")
    await page.keyboard.type(demo.user)
    await page.focus("[name=password]")
    await page.keyboard.type(demo.password)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[name=answer][value=accept], input[type=radio]")
    if await page.locator("[name=answer][value=accept]").count():
        await page.focus("[name=answer][value=accept]")
        await page.keyboard.press("Enter")
    await page.wait_for_selector("input[type=radio]")
    await tab_to(page, "input[type=radio]")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Linked")


async def test_from_the_guide_to_the_first_action_by_keys_alone(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "wizard-keys")
    await make_profile(page, installation, root, "Made by keys")
    profile, before = page.url.partition("?")[0], await page.inner_text("section[aria-labelledby=steps-h]")
    await link_by_keys(page, installation)
    (account,) = await accounts_of(installation, OWNER)
    await page.goto(profile)
    after = await page.inner_text("section[aria-labelledby=steps-h]")
    await page.goto(f"{root}/tester?account={account.id}")
    await go(page, "a[href*='action=dynamics365bc_list_customers']")
    await page.wait_for_url("**action=dynamics365bc_list_customers*")
    await tab_to(page, "button[name=deed][value=run]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#answer")

    assert "stated" in before
    assert "proved" not in before.lower().replace("proves", "")
    assert "proved" in after
    assert "not tried" not in after
    assert "Tidewater" not in before
    assert await page.locator("#answer table tbody tr").count()
    await context.close()


async def test_the_wizard_is_whole_without_scripts(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium, java_script_enabled=False)
    page = await context.new_page()
    root = await entered(installation, page, "wizard-plain")
    await page.goto(f"{root}/profiles/new/entraid/oauth-2-0?a=users.l")
    chosen = await page.inner_text("section[aria-labelledby=create]")
    for name, text in (
        ("name", "Made without scripts"),
        ("client_id", str(installation.simulator.demo.client_id)),
        ("given_secret", "planted-plain-wizard-secret-5d"),
    ):
        await page.fill(f"#{name}", text)
    await page.get_by_role("button", name="Create").click()
    await page.wait_for_url("**/profiles/*?done=created")

    assert "1 of 12 actions" in chosen
    assert "1 of 12" in await page.inner_text("main")
    await context.close()
