"""The console's pages of webhooks, settings and projects, in Chromium: open to everybody, in light and dark, at phone width."""

import os

import pytest
from link_walk import context_of, serious_violations
from playwright.async_api import Browser
from served_world import Installation
from test_console_in_chromium import entered
from wire_server import says, wire_server

from linkspan.usecases.deliver_events import Courier
from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook, delete_webhook, try_webhook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def an_endpoint(installation: Installation) -> tuple[str, str]:
    """An endpoint that has refused one event; its id and the event's."""
    hall, caller = installation.hall, installation.caller
    async with wire_server(says(503, {"detail": "the ledger is closed for the night"})) as server:
        new = NewWebhook(f"{server.url}/hooks/linkspan", description="Ledger of the harbour")
        webhook, _ = await create_webhook(hall, caller, new)
        event = await try_webhook(hall, caller, webhook.id)
        await Courier(hall, timeout=2.0).deliver_due()
    return webhook.id, event.id


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 360), ("dark", 360)])
async def test_every_page_of_webhooks_and_settings_is_open_to_everybody_and_fits(
    installation: Installation, chromium: Browser, scheme: str, width: int
) -> None:
    webhook, event = await an_endpoint(installation)
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await context.new_page()
    root = await entered(installation, page, f"hooks-{scheme}-{width}")
    found: list[str] = []
    webhook_pages = ("webhooks", f"webhooks/{webhook}", f"webhooks/{webhook}/deliveries/{event}", "deliveries")
    for place in (*webhook_pages, "settings", "simulator", "../../projects"):
        await page.goto(f"{root}/{place}")
        found += await serious_violations(page)
        if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{page.url} scrolls sideways")
        if folder := os.environ.get("CONSOLE_SHOTS"):
            name = place.replace(webhook, "one").replace(event, "one").strip("./").replace("/", "-")
            await page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=True)
    await delete_webhook(installation.hall, installation.caller, webhook)
    await context.close()

    assert [] == found


async def test_switching_off_is_undone_without_javascript(installation: Installation, chromium: Browser) -> None:
    webhook, _ = await an_endpoint(installation)
    context = await context_of(chromium, java_script_enabled=False)
    page = await context.new_page()
    root = await entered(installation, page, "hooks-undone")
    await page.goto(f"{root}/webhooks/{webhook}")
    await page.get_by_role("button", name="Switch off").click()
    said = await page.get_by_role("status").inner_text()
    if folder := os.environ.get("CONSOLE_SHOTS"):
        await page.screenshot(path=f"{folder}/webhook-undo.png", full_page=True)
    await page.get_by_role("button", name="Undo").click()
    back = await page.get_by_role("status").inner_text()
    await delete_webhook(installation.hall, installation.caller, webhook)
    await context.close()

    assert "The endpoint is switched off." in said
    assert "The endpoint is switched on." in back


async def test_a_rotation_of_keys_is_watched_until_it_is_done(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "hooks-rotates")
    await page.goto(f"{root}/settings")
    await page.get_by_role("button", name="Rotate the data key").click()
    await page.wait_for_selector("[data-keys]:not([data-running])", timeout=30_000)
    done, whole = (await page.locator("[data-said]").inner_text()).split(" of ")
    await context.close()

    assert done == whole != "0"
