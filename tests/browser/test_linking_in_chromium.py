"""The hosted pages in a real browser: an account linked by keyboard alone, on a phone, in the dark, without JavaScript."""

import re
import shutil
from collections.abc import AsyncIterator

import httpx2
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from demo_process import Demo

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


async def watched_page(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and everything it complains of: script errors, refused content, hosts that are not ours."""
    page, complaints = await context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith("http://127.0.0.1:") else complaints.append(request.url),
    )
    return page, complaints


def facts(demo: Demo) -> dict[str, str]:
    state = httpx2.get(f"{demo.simulator_url}/_sim/state").json()
    tenant = state["tenants"][0]
    user = next(user for user in state["users"] if user["licensed"] and user["upn"].endswith(tenant["domain"]))
    return {"tenant": tenant["id"], "user": user["upn"], "password": user["published_password"]}


def link_url(demo: Demo, owner: str) -> str:
    with demo.client() as client:
        body = {"profile_id": demo.profile_id, "origin_owner_id": owner, "origin_owner_name": owner}
        return client.post("/v1/connect_sessions", json=body).json()["link_url"]


def no_sideways_scrolling(page: Page) -> object:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


async def sign_in(page: Page, told: dict[str, str]) -> None:
    """By keyboard: type, tab, enter."""
    await page.get_by_label("Username").or_(page.locator("#username")).first.fill(told["user"])
    await page.locator("#password").fill(told["password"])
    await page.keyboard.press("Enter")
    accept = page.get_by_role("button", name="Accept")
    if await accept.count():
        await accept.focus()
        await page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("scheme", "width", "script"),
    [("light", 1100, True), ("dark", 1100, True), ("light", 390, True), ("light", 1100, False)],
)
async def test_an_account_is_linked_by_keyboard(
    demo: Demo, chromium: Browser, scheme: str, width: int, script: bool
) -> None:
    context = await chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, java_script_enabled=script
    )
    page, complaints = await watched_page(context)
    owner, told = f"browser-{scheme}-{width}-{script}", facts(demo)
    address = link_url(demo, owner)
    await page.goto(address)
    token = address.rsplit("/", 1)[-1]

    assert token not in page.url
    await page.get_by_label(re.compile("Tenant ID")).fill(told["tenant"])
    await page.get_by_label(re.compile("Environment")).fill("Production")
    if script:
        assert await no_sideways_scrolling(page)
    await page.keyboard.press("Enter")
    await sign_in(page, told)
    await page.wait_for_url("**/connect**")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("company", re.IGNORECASE))
    await page.get_by_text("Tidewater Chandlers", exact=True).first.click()
    submit = page.get_by_role("button", name=re.compile("this company|Link|Choose|Continue", re.IGNORECASE))
    if await submit.count():
        await submit.last.click()
    await expect(page.locator("body")).to_contain_text("Tidewater Chandlers")
    linked = demo.get("/v1/accounts", origin_owner_id=owner).json()["data"]
    await context.close()

    assert ["active"] == [account["state"] for account in linked]
    assert [] == complaints


async def test_a_link_page_names_what_is_wrong_and_keeps_what_was_typed(demo: Demo, chromium: Browser) -> None:
    context = await chromium.new_context(viewport={"width": 390, "height": 800})
    page, _ = await watched_page(context)
    await page.goto(link_url(demo, "typo"))
    await page.get_by_label(re.compile("Tenant ID")).fill("nosuch-tenant.example")
    await page.get_by_label(re.compile("Environment")).fill("Production")
    await page.keyboard.press("Enter")
    await expect(page.locator("body")).to_contain_text("tenant_not_found")
    kept = await page.get_by_label(re.compile("Environment")).input_value()
    await context.close()

    assert "Production" == kept


async def test_the_guide_adapts_without_javascript(demo: Demo, chromium: Browser) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page, complaints = await watched_page(context)
    await page.goto(demo.guide_url)
    for name in ("List Customers", "Create Sales Quote", "Get Item"):
        await page.get_by_label(re.compile(f"^{name}")).first.check()
    await page.get_by_role("button", name=re.compile("Show|Apply|Update|Adjust", re.IGNORECASE)).first.click()
    address = page.url
    text = await page.locator("body").inner_text()
    other = await (await chromium.new_context()).new_page()
    await other.goto(address)
    ticked = await other.locator("input[type=checkbox]:checked").count()

    assert re.search(r"[?&]a=[\w.~-]+", address)
    assert all(name in text for name in ("List Customers", "Create Sales Quote", "Get Item"))
    assert 3 == ticked
    assert [] == complaints


async def test_the_guide_adapts_while_ticking(demo: Demo, chromium: Browser) -> None:
    context = await chromium.new_context()
    page, complaints = await watched_page(context)
    await page.goto(demo.guide_url)
    await page.get_by_label(re.compile("^List Vendors")).first.check()
    await expect(page.locator("body")).to_contain_text("a=vendors.l")
    await context.close()

    assert [] == complaints
