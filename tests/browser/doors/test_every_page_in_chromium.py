"""Every page of the table of routes, whoever has written it: no serious barrier, light and dark, phone width, few bytes, nothing from elsewhere."""

import pytest
from link_walk import choose_company, fill_details, sign_in
from page_rules import Weighing, broken_rules, weighed_page
from playwright.async_api import Browser, Page, expect
from served_world import Installation
from test_console_in_chromium import a_run, entered
from walk_routes import Walk, routes_below

from linkspan.event_records import EventType
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook, try_webhook
from linkspan.usecases.owner_page import open_owner_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def looked_at(page: Page, weighing: Weighing, name: str, *, axe: bool = True) -> list[str]:
    """What a page that has just been loaded breaks; axe-core takes seconds on a page of many actions."""
    await page.wait_for_load_state()
    found = [f"{name}: {each}" for each in weighing.complaints()]
    return found + await broken_rules(page, name, axe=axe)


async def linked(installation: Installation, page: Page, weighing: Weighing, owner: str) -> list[str]:
    """An account linked by its owner, who looks at each page on the way."""
    weighing.answers.clear()
    await page.goto(await installation.link_url(owner))
    found = await looked_at(page, weighing, "/connect start")
    await fill_details(page, installation)
    await sign_in(page, installation)
    await page.get_by_role("button", name="Link this company").wait_for()
    weighing.answers.clear()
    await page.reload()
    found += await looked_at(page, weighing, "/connect companies")
    await choose_company(page)
    await expect(page.locator("h1")).to_have_text("Linked")
    weighing.answers.clear()
    await page.reload()
    return found + await looked_at(page, weighing, "/connect done")


@pytest.mark.timeout(300)
async def test_every_page_of_the_console_keeps_the_rules(installation: Installation, chromium: Browser) -> None:
    hall, caller = installation.hall, installation.caller
    base, found = hall.settings.base_url, list[str]()
    await create_key(hall, caller, NewKey("looked at"))
    webhook, _ = await create_webhook(hall, caller, NewWebhook(f"{base}/nowhere", frozenset(EventType)))
    await try_webhook(hall, caller, webhook.id)
    async with weighed_page(chromium, base) as (page, weighing):
        found += await linked(installation, page, weighing, "looked-at")
        run = await a_run(installation)
        known = {"project": caller.project_id, "run": run, "webhook": webhook.id, "profile": installation.profile.id}
        await page.goto(f"{base}/console/sign-in")
        doorstep = Walk(
            base,
            [path for path in routes_below(hall, "/console") if "{project}" not in path],
            known,
            weighing.answers.clear,
        )
        async for name, _address in doorstep.pages(page):
            found += await looked_at(page, weighing, name)
        await entered(installation, page, "looker")
        walk = Walk(base, routes_below(hall, "/console"), known, weighing.answers.clear)
        async for name, _address in walk.pages(page):
            found += await looked_at(page, weighing, name)

    assert [] == found
    assert set(walk.paths) == set(walk.walked)
    assert {"/console/p/{project}", "/console/p/{project}/accounts/{account}"} <= set(walk.walked) - walk.no_pages


@pytest.mark.timeout(300)
async def test_every_guide_and_page_of_a_customer_keeps_the_rules(
    installation: Installation, chromium: Browser
) -> None:
    base, found = installation.hall.settings.base_url, list[str]()
    async with weighed_page(chromium, base) as (page, weighing):
        await page.goto(f"{base}/connectors")
        walk = Walk(base, routes_below(installation.hall, "/connectors"), {}, weighing.answers.clear, each_link=True)
        async for name, _address in walk.pages(page):
            found += await looked_at(page, weighing, name, axe=name in walk.paths)
        for owner in ("nobody-linked", "looked-at"):
            weighing.answers.clear()
            await page.goto((await open_owner_page(installation.hall, installation.caller, owner)).url)
            found += await looked_at(page, weighing, f"/connect/mine {owner}")

    assert [] == found
    assert 8 <= len([name for name in walk.walked if "/guides/" in name])
