"""The end user's own page in Chromium: open to everybody, by keyboard, in light and dark, at phone width."""

import os

import pytest
from link_walk import accounts_of, choose_company, context_of, fill_details, serious_violations, sign_in
from playwright.async_api import Browser, Page, expect
from served_world import Installation

from linkspan.model import AccountState
from linkspan.usecases.owner_page import open_owner_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def looked_at(page: Page, found: list[str], name: str) -> None:
    found += await serious_violations(page)
    if not await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
        found.append(f"{page.url} scrolls sideways")
    if folder := os.environ.get("OWN_PAGE_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def press(page: Page, name: str) -> None:
    """Tab to a button or link of that name and press Enter."""
    for _ in range(30):
        if await page.evaluate("document.activeElement?.textContent.trim()") == name:
            await page.keyboard.press("Enter")
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 360)])
async def test_a_customer_takes_access_back_and_links_again_by_keyboard(
    installation: Installation, chromium: Browser, scheme: str, width: int
) -> None:
    owner, found = f"own-{scheme}", list[str]()
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await context.new_page()
    await page.goto((await open_owner_page(installation.hall, installation.caller, owner)).url)
    await expect(page.get_by_text("Nothing is linked.")).to_be_visible()
    await looked_at(page, found, f"empty-{scheme}")
    await page.goto(await installation.link_url(owner))
    await fill_details(page, installation)
    await sign_in(page, installation)
    await choose_company(page)
    await expect(page.locator("h1")).to_have_text("Linked")
    await page.goto(installation.hall.settings.base_url + "/connect/mine")
    await expect(page.get_by_text("Linked and working.")).to_be_visible()
    await looked_at(page, found, f"linked-{scheme}")
    await press(page, "Take the access back")
    await expect(page.locator("h1")).to_have_text("Take the access back?")
    await looked_at(page, found, f"ask-{scheme}")
    await press(page, "Take the access back")
    await expect(page.get_by_text("The access is taken back.")).to_be_visible()
    await looked_at(page, found, f"revoked-{scheme}")
    states = [account.state for account in await accounts_of(installation, owner)]
    await press(page, "Link again")
    await expect(page.locator("h1")).to_have_text("Link it again")
    await fill_details(page, installation)
    await sign_in(page, installation)
    await choose_company(page)
    await expect(page.locator("h1")).to_have_text("Linked")
    await page.get_by_role("link", name="Back to").click()
    await expect(page.get_by_text("Linked and working.")).to_be_visible()
    address, after = page.url, [account.state for account in await accounts_of(installation, owner)]
    await context.close()

    assert [] == found
    assert [AccountState.REVOKED] == states
    assert [AccountState.ACTIVE] == after
    assert "/connect/mine" in address
