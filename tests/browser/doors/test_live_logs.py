"""The log follows new runs while it is looked at: filters are kept, a hidden tab asks nothing, and the end of the sign-in is told."""

import asyncio

import pytest
from link_walk import context_of, serious_violations
from playwright.async_api import Browser, Page, Request
from served_world import Installation
from test_console_in_chromium import entered

from linkspan.engine.call import Inputs
from linkspan.errors import LinkspanError
from linkspan.usecases.run_action import ActionRequest, run_action

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def a_run(installation: Installation, action: str, door: str = "rest") -> str:
    request = ActionRequest(f"dynamics365bc_{action}", "nobody", Inputs(), door)
    with pytest.raises(LinkspanError) as caught:
        await run_action(installation.hall, installation.caller, request)
    return str(caught.value.run_id)


def asked(page: Page) -> list[str]:
    """The addresses that the page's script asks for, as they are asked."""
    found: list[str] = []

    def note(request: Request) -> None:
        if "/live/logs" in request.url:
            found.append(request.url)

    page.on("request", note)
    return found


async def hide(page: Page, *, hidden: bool) -> None:
    """As a browser does when another tab is opened over this one: a headless one has no such thing."""
    await page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


async def test_a_run_appears_while_the_page_is_open(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "live-one")
    old = await a_run(installation, "list_items")
    await page.goto(f"{root}/logs")
    await page.focus(f"tr[data-run={old}] a")
    new = await a_run(installation, "list_vendors")
    await page.wait_for_selector(f"tr[data-run={new}].new")
    order = await page.eval_on_selector_all("tr[data-run]", "rows => rows.map(row => row.dataset.run)")
    focused = await page.evaluate("document.activeElement.closest('tr')?.dataset.run")
    said = await page.inner_text(".live [role=status]")
    shown = await page.inner_text(f"tr[data-run={new}] time")

    assert [new, old] == order[:2]
    assert old == focused
    assert "new run" in said
    assert "UTC" not in shown
    assert [] == await serious_violations(page)
    await context.close()


async def test_filters_hold_for_what_comes(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "live-two")
    await page.goto(f"{root}/logs?action=dynamics365bc_list_accounts&door=cli&status=failed")
    await page.wait_for_selector("text=No run fits")
    other = await a_run(installation, "list_accounts", "rest")
    wanted = await a_run(installation, "list_accounts", "cli")
    await page.wait_for_selector(f"tr[data-run={wanted}]")

    assert 0 == await page.locator(f"tr[data-run={other}]").count()
    assert 1 == await page.locator("tr[data-run]").count()
    await context.close()


async def test_a_hidden_tab_and_a_paused_list_ask_nothing(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    requests = asked(page)
    root = await entered(installation, page, "live-three")
    await page.goto(f"{root}/logs")
    await hide(page, hidden=True)
    await asyncio.sleep(4)
    assert [] == requests

    run = await a_run(installation, "list_journals")
    await hide(page, hidden=False)
    await page.wait_for_selector(f"tr[data-run={run}]")
    await page.click(".live button")
    before = len(requests)
    later = await a_run(installation, "list_journals")
    await asyncio.sleep(4)
    assert before == len(requests)
    assert 0 == await page.locator(f"tr[data-run={later}]").count()

    await page.click(".live button")
    await page.wait_for_selector(f"tr[data-run={later}]")
    await context.close()


async def test_trouble_and_the_end_of_the_sign_in_are_told(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "live-four")
    await page.goto(f"{root}/logs")
    await page.route("**/live/logs**", lambda route: route.abort())
    await page.wait_for_selector("text=Not live at the moment")
    await page.unroute("**/live/logs**")
    await page.wait_for_selector("text=New runs appear by themselves.")
    await context.clear_cookies()
    await page.wait_for_selector("text=your sign-in is over")
    await context.close()
