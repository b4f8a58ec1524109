"""Guides on paper: black on white even from a dark screen, steps whole, addresses spelt out, nothing that only a screen can use."""

import pytest
from link_walk import context_of, serious_violations
from playwright.async_api import Browser
from served_world import Installation

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
GUIDES = ("entraid/guides/connector-profile/oauth-2-0", "dynamics365bc/guides/link-account/client-credentials")
# Backgrounds that would cost ink, of whatever is shown.
_DARK = """() => [...document.querySelectorAll("body, body *")].filter(one => one.checkVisibility()).filter(one => {
  const parts = getComputedStyle(one).backgroundColor.match(/[0-9.]+/g).map(Number);
  return (parts[3] ?? 1) > 0.1 && parts[0] + parts[1] + parts[2] < 380;
}).map(one => one.tagName + "." + one.className)"""


@pytest.mark.parametrize("guide", GUIDES)
async def test_a_guide_is_fit_for_paper(installation: Installation, chromium: Browser, guide: str) -> None:
    context = await context_of(chromium, color_scheme="dark", reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{installation.hall.settings.base_url}/connectors/{guide}")
    await page.emulate_media(media="print", color_scheme="dark")
    dark, violations = await page.evaluate(_DARK), await serious_violations(page)
    shown = await page.evaluate(
        "[...document.querySelectorAll('input, button, select, .no-print')].filter(one => one.checkVisibility()).length"
    )
    broken = await page.evaluate(
        "[...document.querySelectorAll('ol.steps > li')].map(one => getComputedStyle(one).breakInside)"
    )
    cut = await page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(one => one.checkVisibility() && one.scrollHeight > one.clientHeight + 1).length"
    )
    sheets = await page.pdf()

    assert ([], []) == (dark, violations)
    assert (0, 0) == (shown, cut)
    assert {"avoid"} == set(broken)
    assert sheets.startswith(b"%PDF")
    await context.close()
