"""What a person does in the window of a linking, and what the pages must keep to."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from host_site import AXE
from playwright.async_api import Browser, BrowserContext, Error, Page
from served_world import Installation

from linkspan.model import Account
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.read_accounts import list_accounts

T = TypeVar("T")
# Where the provider's sign-in has got to; a page that is just being left cannot be asked.
WHERE = """wanted => document.querySelector(wanted) ? "asked"
  : document.querySelector("[name=password], [name=user_id]") ? "signing in" : "elsewhere" """
SERIOUS = {"serious", "critical"}


async def context_of(chromium: Browser, **given: object) -> BrowserContext:
    context = await chromium.new_context(**given)
    context.set_default_timeout(15_000)
    return context


async def fill_details(page: Page, installation: Installation, **other: str) -> None:
    demo = installation.simulator.demo
    told = {"tenant_id": str(demo.tenant_id), "environment": demo.environment} | other
    for name, text in told.items():
        await page.fill(f"#{name}", text)
    await page.press("#environment", "Enter")


async def sign_in(page: Page, installation: Installation, *, answer: str = "accept") -> None:
    """At the provider; the consent is asked for only as long as it was not given."""
    demo = installation.simulator.demo
    await page.wait_for_selector("[name=username], [name=user_id]", state="attached")
    if await page.locator("[name=username]").count():
        await page.fill("[name=username]", demo.user)
        await page.fill("[name=password]", demo.password)
        await page.press("[name=password]", "Enter")
    else:
        # The provider knows this browser already.
        await page.get_by_role("button").first.click()
    await give_consent(page, installation, f"[name=answer][value={answer}]")


async def give_consent(page: Page, installation: Installation, wanted: str) -> None:
    """Answer the provider's question about consent, if it comes before the way leads back to us."""
    for _ in range(150):
        if not page.url.startswith(installation.simulator.url):
            return
        try:
            where = await page.evaluate(WHERE, wanted)
        except Error:
            where = "on the way"
        if where == "asked":
            await page.click(wanted)
            return
        if where == "elsewhere":
            return
        await asyncio.sleep(0.1)


async def choose_company(page: Page, name: str = "Tidewater Chandlers") -> None:
    await page.get_by_text(name, exact=True).click()
    await page.get_by_role("button", name="Link this company").click()


async def accounts_of(installation: Installation, owner: str) -> list[Account]:
    return await list_accounts(installation.hall, installation.caller, AccountFilter(owner_ids=(owner,)))


async def serious_violations(page: Page) -> list[str]:
    """What axe-core finds that keeps somebody out, with the places."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


async def until(look: Callable[[], Awaitable[T]], seconds: float = 15) -> T:
    """Ask again and again until there is something."""
    for _ in range(int(seconds * 10)):
        if found := await look():
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("it did not happen")
