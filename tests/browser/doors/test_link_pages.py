"""A person links an account in Chromium: only with the keyboard, without scripts, and past a mistake."""

import pytest
from playwright.async_api import Browser, expect
from served_world import Installation

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
    await page.fill("#environment", demo.environment)
    await page.press("#environment", "Enter")
    await expect(page.locator("h1")).to_have_text("Choose the company")
    await page.focus("[name=company_id] >> nth=0")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Linked")
    assert policy == []
    await window.close()
