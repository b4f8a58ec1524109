"""The console in Chromium: no serious barrier on any page, in light and dark, at phone width, few bytes, and from no other host."""

import os

import pytest
from link_walk import context_of, serious_violations
from playwright.async_api import Browser, Page, Response
from served_world import Installation

from linkspan.engine.call import Inputs
from linkspan.errors import LinkspanError
from linkspan.model import Secret
from linkspan.people_records import Role
from linkspan.usecases.members import accept_invitation, add_member
from linkspan.usecases.run_action import ActionRequest, run_action

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PASSWORD = "Grey-Herring-Gull-08"
MOST_BYTES = 100_000


async def entered(installation: Installation, page: Page, name: str) -> str:
    """Signed in as a new owner; the address of the project."""
    invited = await add_member(
        installation.hall, installation.caller, email=f"{name}@harbour.example", name=name, role=Role.OWNER
    )
    await accept_invitation(installation.hall, Secret(str(invited.link).rpartition("/")[2]), Secret(PASSWORD))
    base = installation.hall.settings.base_url
    await page.goto(f"{base}/console/p/{installation.caller.project_id}/logs?status=failed")
    await page.fill("#email", f"{name}@harbour.example")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url("**/logs?status=failed")
    return f"{base}/console/p/{installation.caller.project_id}"


async def a_run(installation: Installation) -> str:
    """A run that failed, so that the log has something to show."""
    request = ActionRequest("dynamics365bc_list_customers", "nobody", Inputs(), "rest")
    with pytest.raises(LinkspanError) as caught:
        await run_action(installation.hall, installation.caller, request)
    return str(caught.value.run_id)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 360), ("dark", 360)])
async def test_every_page_is_open_to_everybody_and_fits(
    installation: Installation, chromium: Browser, scheme: str, width: int
) -> None:
    run_id = await a_run(installation)
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    root = await entered(installation, page, f"looker-{scheme}-{width}")
    found: list[str] = []
    pages = ("", "/connectors", "/profiles", "/accounts", "/logs", f"/logs/{run_id}", "/keys", "/members", "/nothing")
    for place in (*pages, "../../me"):
        await page.goto(f"{root}/{place.lstrip('/')}".rstrip("/"))
        found += await serious_violations(page)
        if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{page.url} scrolls sideways")
        if folder := os.environ.get("CONSOLE_SHOTS"):
            name = place.strip("/.").replace("/", "-") or "start"
            await page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=True)

    assert [] == found
    assert [] == [text for text in complaints if "404" not in text]
    await context.close()


async def test_first_load_is_small_and_from_here_alone(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    answers: list[Response] = []
    root = await entered(installation, page, "counter")
    context_two = await context_of(chromium, storage_state=await context.storage_state())
    fresh = await context_two.new_page()
    fresh.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks the listener, which a built-in cannot bear
    await fresh.goto(root)
    await fresh.wait_for_load_state("networkidle")
    sizes = {answer.url: len(await answer.body()) for answer in answers}

    assert {True} == {url.startswith(installation.hall.settings.base_url) for url in sizes}
    assert sum(sizes.values()) < MOST_BYTES, sizes
    assert len(sizes) < 10
    await context.close()
    await context_two.close()


async def test_a_key_is_made_by_keyboard_alone(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    root = await entered(installation, page, "typist")
    await page.goto(f"{root}/keys")
    await page.focus("#name")
    await page.keyboard.type("night robot")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=It is shown only now.")
    shown = await page.inner_text("[data-copy] code")
    await page.goto(f"{root}/keys")

    assert shown.startswith("v1.")
    assert "night robot" in await page.inner_text("main")
    assert shown not in await page.content()
    await context.close()
