"""The action tester in Chromium: from an account to an answer by keyboard, open to everybody, and whole without scripts."""

import os

import pytest
import pytest_asyncio
from link_walk import accounts_of, choose_company, context_of, fill_details, serious_violations, sign_in
from playwright.async_api import Browser, Page
from served_world import Installation
from test_console_in_chromium import entered

from linkspan.engine.call import Inputs
from linkspan.model import Account
from linkspan.usecases.run_action import ActionRequest, run_action
from linkspan.usecases.run_bodies import note_bodies

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def account(installation: Installation, chromium: Browser) -> Account:
    context = await context_of(chromium)
    page = await context.new_page()
    await page.goto(await installation.link_url("Tester & Sons"))
    await page.get_by_role("button").first.click()
    await fill_details(page, installation)
    await sign_in(page, installation)
    await choose_company(page)
    await page.wait_for_selector("text=Linked")
    await context.close()
    return (await accounts_of(installation, "Tester & Sons"))[0]


async def a_kept_run(installation: Installation, account: Account) -> str:
    """A run whose bodies are kept, though this installation keeps none by itself; the answer kept is another than now."""
    inputs = Inputs(query={"top": 2, "select": "number,displayName,balanceDue"})
    request = ActionRequest("dynamics365bc_list_customers", account.id, inputs, "rest")
    answer = await run_action(installation.hall, installation.caller, request)
    rows = answer.result.data
    assert isinstance(rows, list)
    kept = [{**rows[0], "displayName": "Changed since"}, *rows[1:]]
    note_bodies(installation.hall, installation.caller, (answer.run_id, account.id), inputs, kept)
    return answer.run_id


async def looked_at(page: Page, name: str) -> list[str]:
    """What keeps somebody out of the page as it is; with CONSOLE_SHOTS a picture is kept."""
    found = await serious_violations(page)
    if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{name} scrolls sideways")
    if folder := os.environ.get("CONSOLE_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    return found


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 360), ("dark", 360)])
async def test_every_state_is_open_to_everybody_and_fits(
    installation: Installation, chromium: Browser, account: Account, scheme: str, width: int
) -> None:
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    root = await entered(installation, page, f"tester-{scheme}-{width}")
    tester, mark = f"{root}/tester?account={account.id}", f"{scheme}-{width}"
    found: list[str] = []
    for name, address in (("accounts", f"{root}/tester"), ("actions", tester)):
        await page.goto(address)
        found += await looked_at(page, f"tester-{name}-{mark}")

    await page.goto(f"{tester}&action=dynamics365bc_list_customers")
    await page.get_by_role("button", name="Run", exact=True).click()
    await page.wait_for_selector("#answer")
    found += await looked_at(page, f"tester-answer-{mark}")

    await page.goto(f"{tester}&action=dynamics365bc_create_sales_quote&example=1")
    await page.click("button:has-text('Add one to salesQuoteLines')")
    await page.wait_for_selector("[name='body.salesQuoteLines[0].quantity']", state="attached")
    await page.locator("#g-body ~ details > summary").first.click()
    await page.fill("[name='body.documentDate']", "yesterday")
    await page.get_by_role("button", name="Dry run").click()
    await page.wait_for_selector("#failed")
    found += await looked_at(page, f"tester-mistakes-{mark}")

    await page.click("text=Enter it as JSON")
    found += await looked_at(page, f"tester-json-{mark}")

    await page.goto(f"{root}/logs/{await a_kept_run(installation, account)}")
    found += await looked_at(page, f"run-{mark}")
    await page.get_by_role("button", name="Replay").click()
    await page.wait_for_selector("#differences-h")
    assert "Changed since" in await page.inner_text("main")
    found += await looked_at(page, f"replay-{mark}")

    assert [] == found
    assert [] == complaints
    await context.close()


async def test_a_record_is_made_by_keyboard_and_enter_never_writes(
    installation: Installation, chromium: Browser, account: Account
) -> None:
    context = await context_of(chromium, java_script_enabled=False)
    page = await context.new_page()
    root = await entered(installation, page, "tester-keys")
    await page.goto(f"{root}/tester?account={account.id}&action=dynamics365bc_create_customer")
    await page.focus("[name='body.displayName']")
    await page.keyboard.type("Typed in Chromium")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Nothing was written.")

    await page.focus("#sure")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=This form has done its write.")
    await page.reload()
    await page.wait_for_selector("text=Nothing was written now.")

    assert "Typed in Chromium" in await page.inner_text("#answer")
    await context.close()
