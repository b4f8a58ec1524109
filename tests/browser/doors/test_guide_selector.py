"""The guide's selector in Chromium: with scripts it answers at once, without them a form does the same."""

import pytest
from playwright.async_api import Browser, Page, expect
from served_world import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
GUIDE = "/connectors/dynamics365bc/guides/connector-profile/oauth-2-0"


async def opened(installation: Installation, chromium: Browser, **given: object) -> tuple[Page, list[str]]:
    """The guide in a fresh window, and everything that the browser complains about."""
    window = await chromium.new_context(**given)
    page = await window.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(installation.hall.settings.base_url + GUIDE)
    return page, complaints


async def test_ticking_an_action_changes_the_guide_at_once(installation: Installation, chromium: Browser) -> None:
    page, complaints = await opened(installation, chromium)
    await page.fill("#q", "customer create")
    await page.check("#dynamics365bc_create_customer")
    await expect(page.locator("[data-status]")).to_have_text("The guide is up to date.")

    assert page.url.endswith(f"{GUIDE}?a=customers.c")
    assert await page.inner_text("[data-address]") == page.url
    await expect(page.locator("#api_permissions .enables")).to_contain_text("Enables actions: Create Customer.")
    await expect(page.locator("tr[data-row]:visible")).to_have_count(4)
    await expect(page.locator("[data-live=results] .copy button")).to_have_count(2)
    assert complaints == []
    await page.context.close()


async def test_read_only_and_none_keep_to_the_search(installation: Installation, chromium: Browser) -> None:
    page, complaints = await opened(installation, chromium)
    await page.fill("#q", "item categor")
    await page.click("button[value=read]")
    await page.wait_for_url("**?a=item_categories.lg")
    await page.click("button[value=none]")
    await page.wait_for_url(f"**{GUIDE}")

    assert complaints == []
    await page.context.close()


async def test_without_scripts_the_form_leads_to_the_same_page(installation: Installation, chromium: Browser) -> None:
    page, complaints = await opened(installation, chromium, java_script_enabled=False)
    await page.check("#dynamics365bc_create_customer")
    await page.select_option("#sep", "comma")
    await page.click("text=Update the guide")

    assert page.url.endswith(f"{GUIDE}?a=customers.c&sep=comma#choose")
    await expect(page.locator("#api_permissions .enables")).to_contain_text("Enables actions: Create Customer.")
    assert complaints == []
    await page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/connectors", "/connectors/dynamics365bc", GUIDE, GUIDE.replace("connector-profile", "link-account")]
)
async def test_a_phone_shows_everything_without_scrolling_sideways(
    installation: Installation, chromium: Browser, path: str, scheme: str
) -> None:
    page, complaints = await opened(installation, chromium, viewport={"width": 360, "height": 740}, color_scheme=scheme)
    await page.goto(installation.hall.settings.base_url + path)
    width = await page.evaluate("document.documentElement.scrollWidth")

    assert width <= 360
    assert complaints == []
    await page.context.close()
