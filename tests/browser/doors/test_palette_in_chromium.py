"""The command palette: by keys alone, in the roles that screen readers know, and a page that does the same without a script."""

import re

import pytest
from link_walk import context_of, serious_violations
from playwright.async_api import Browser, Page, expect
from served_world import Installation
from test_console_in_chromium import a_run, entered

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def opened(page: Page, keys: str = "Control+k") -> None:
    await page.keyboard.press(keys)
    await expect(page.locator("#palette")).to_be_visible()
    await expect(page.locator("#palette").get_by_role("option").first).to_be_visible()


async def test_by_keys_alone_to_a_run_to_an_action_and_to_a_page(installation: Installation, chromium: Browser) -> None:
    run = await a_run(installation)
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "palette")
    await opened(page)
    # Faster than any answer.
    await page.keyboard.type(run)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{root}/logs/{run}")
    await opened(page, "Meta+k")
    await page.keyboard.type("list vendors")
    await expect(
        page.locator("#palette").get_by_role("option", name="dynamics365bc_list_vendors", exact=False).first
    ).to_be_visible()
    words, first = (
        page.locator("#palette").get_by_role("combobox"),
        page.locator("#palette").get_by_role("option").first,
    )
    await expect(words).to_be_focused()
    await expect(words).to_have_attribute("aria-expanded", "true")
    await expect(first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowDown")
    await expect(first).to_have_attribute("aria-selected", "false")
    chosen = page.locator(f"#{await words.get_attribute('aria-activedescendant')}")
    await expect(chosen).to_have_attribute("aria-selected", "true")
    violations = await serious_violations(page)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{root}/tester?action=dynamics365bc_list_vendors")
    await opened(page)
    await page.keyboard.type("members")
    await expect(page.locator("#palette").get_by_role("option", name="Members", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{root}/members")

    assert [] == violations
    await context.close()


async def test_it_closes_and_says_when_there_is_nothing(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "palette-two")
    await page.goto(root)
    await page.get_by_role("link", name="Find").click()
    await page.keyboard.type("zzqy xxkw")
    await expect(page.get_by_text("Nothing fits.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#palette")).to_be_hidden()
    await page.locator("body").press("?")
    await expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    violations = await serious_violations(page)
    await page.keyboard.press("Escape")
    await page.goto(f"{root}/find")
    await page.fill("#q", "")
    await page.press("#q", "?")

    assert "?" == await page.input_value("#q")
    await expect(page.get_by_role("heading", name="Keys")).to_be_hidden()
    assert [] == violations
    await context.close()


async def test_somebody_whose_session_has_ended_is_told(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "palette-three")
    await page.goto(root)
    await context.clear_cookies()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_text("It cannot be found out at the moment.")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/console/sign-in\?to="))
    await context.close()


async def test_without_a_script_a_page_finds_the_same(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium, java_script_enabled=False)
    page = await context.new_page()
    await entered(installation, page, "palette-four")
    await page.get_by_role("link", name="Find").click()
    await page.fill("#q", "list vendors")
    await page.press("#q", "Enter")
    await page.get_by_role("link", name="dynamics365bc_list_vendors", exact=True).click()

    assert page.url.endswith("/tester?action=dynamics365bc_list_vendors")
    await context.close()
