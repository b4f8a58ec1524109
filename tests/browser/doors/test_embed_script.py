"""Our own script on the page of a product, under a strict content security policy: popup, full page, the older hook, and every way out."""

from collections.abc import Iterator

import pytest
from host_site import HostSite, host_site
from link_walk import accounts_of, choose_company, context_of, fill_details, serious_violations, sign_in, until
from playwright.async_api import Browser, BrowserContext, Page, expect
from served_world import Installation

from linkspan.model import Owner
from linkspan.usecases.create_connect_session import NewSession, OpenedSession, create_connect_session

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
HEARD = """
window.told = [];
const heard = (name) => (value) => told.push([name, value ?? null]);
const callbacks = Object.fromEntries(["onSuccess", "onCancel", "onError", "onProblem", "onClose"].map((name) => [name, heard(name)]));
"""
POPUP = """
document.querySelector("#link").addEventListener("click", (event) =>
  Linkspan.link({ token: event.target.dataset.token, mode: event.target.dataset.mode, ...callbacks }));
"""
HOOK = """
document.querySelector("#link").addEventListener("click", (event) => Connect.start({
  sessionToken: event.target.dataset.token, apiUrl: event.target.dataset.api, styles: { inline: { containerId: "panel" } }, ...callbacks }));
"""


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        site.script("/popup.js", HEARD + POPUP)
        site.script("/hook.js", HEARD + HOOK)
        yield site


async def opened(installation: Installation, owner: str, **given: object) -> OpenedSession:
    new = NewSession(owner=Owner(owner, owner), profile_id=installation.profile.id, **given)
    return await create_connect_session(installation.hall, installation.caller, new)


async def shop(
    installation: Installation,
    site: HostSite,
    context: BrowserContext,
    session: OpenedSession,
    *,
    script: str = "popup",
    mode: str = "popup",
) -> tuple[Page, list[str]]:
    """A page whose policy allows the two origins and nothing inline; and what the browser complains of."""
    base = installation.hall.settings.base_url
    policy = f"default-src 'none'; script-src 'self' {base}; connect-src {base}; form-action {base}; base-uri 'none'"
    source = f"{base}/connect/embed.js" if script == "popup" else f"{base}/stackone/connect.js"
    token = session.token.reveal()
    button = f'<button id="link" data-token="{token}" data-mode="{mode}" data-api="{base}">Link</button><div id="panel"></div>'
    body = f'<main>{button}</main><script src="{source}"></script><script src="/{script}.js"></script>'
    page, complaints = await context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(site.page(f"/{session.session.owner.id}", body, policy=policy))
    return page, complaints


async def press(page: Page) -> Page:
    async with page.expect_popup() as opening:
        await page.click("#link")
    window = await opening.value
    await window.wait_for_selector("#tenant_id")
    return window


async def told(page: Page) -> list[list[object]]:
    found: list[list[object]] = await page.evaluate("told")
    return found


async def ended(page: Page) -> list[list[object]]:
    async def closed() -> bool:
        return ["onClose", None] in await told(page)

    await until(closed)
    return await told(page)


@pytest.mark.parametrize("script", ["popup", "hook"])
async def test_an_account_is_linked_in_a_popup(
    installation: Installation, chromium: Browser, site: HostSite, script: str
) -> None:
    context = await context_of(chromium)
    session = await opened(installation, f"embed-{script}")
    page, complaints = await shop(installation, site, context, session, script=script)
    addresses: list[str] = []
    context.on("request", lambda request: addresses.append(request.url))
    window = await press(page)
    violations = await serious_violations(page)
    await fill_details(window, installation)
    await sign_in(window, installation)
    async with window.expect_event("close"):
        await choose_company(window)
    heard = await ended(page)
    (account,) = await accounts_of(installation, f"embed-{script}")
    panels = await page.get_by_text("Finish in the other window").count()
    await context.close()

    assert [["onSuccess", {"id": account.id, "provider": "dynamics365bc"}], ["onClose", None]] == heard
    assert [] == [address for address in addresses if session.token.reveal() in address]
    assert [] == violations
    assert [] == complaints
    assert 0 == panels


async def test_the_full_page_comes_back_to_the_product(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    context = await context_of(chromium)
    back = site.page("/back", "<p>Welcome back</p>") + "?basket=7"
    session = await opened(installation, "full-page", return_url=back)
    page, _ = await shop(installation, site, context, session, mode="page")
    await page.click("#link")
    await page.wait_for_selector("#tenant_id")
    await fill_details(page, installation)
    await sign_in(page, installation)
    await choose_company(page)
    await page.get_by_role("link", name="Back to Brygge Orders").click()
    await page.wait_for_url("**/back**")
    (account,) = await accounts_of(installation, "full-page")
    address = page.url
    await context.close()

    assert f"{back}&linkspan_status=linked&linkspan_account_id={account.id}" == address


async def test_a_closed_popup_can_be_opened_again_or_given_up(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, await opened(installation, "closer"))
    window = await press(page)
    await window.close()
    await expect(page.get_by_text("The window was closed")).to_be_visible()
    async with page.expect_popup() as opening:
        await page.get_by_role("button", name="Open it again").click()
    second = await opening.value
    await second.wait_for_selector("#tenant_id")
    await page.keyboard.press("Escape")
    heard = await ended(page)
    linked = await accounts_of(installation, "closer")
    await context.close()

    assert [["onCancel", None], ["onClose", None]] == heard
    assert [] == linked


async def test_cancel_in_the_window_ends_the_waiting(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, await opened(installation, "canceller"))
    window = await press(page)
    await window.get_by_role("button", name="Cancel").click()
    heard = await ended(page)
    await context.close()

    assert [["onCancel", None], ["onClose", None]] == heard


async def test_a_refused_consent_is_told_and_can_be_tried_again(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    installation.simulator.revoke_consent(installation.simulator.demo.user)
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, await opened(installation, "hesitant"))
    window = await press(page)
    await fill_details(window, installation)
    await sign_in(window, installation, answer="cancel")
    await expect(window.get_by_text("consent_refused")).to_be_visible()
    violations = await serious_violations(window)
    await expect(page.get_by_text("The account is not linked yet")).to_be_visible()
    problem = (await told(page))[0]
    await window.get_by_role("link", name="Back to the link page").click()
    await fill_details(window, installation)
    await sign_in(window, installation)
    await choose_company(window)
    heard = await ended(page)
    await context.close()

    assert ("onProblem", "consent_refused") == (problem[0], problem[1]["code"])
    assert "onSuccess" == heard[1][0]
    assert [] == violations


async def test_a_session_that_is_over_is_an_error_at_once(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    context = await context_of(chromium)
    session = await opened(installation, "too-late")
    await installation.hall.sessions.remove(session.session.project_id, session.session.id)
    page, _ = await shop(installation, site, context, session)
    await page.click("#link")
    heard = await ended(page)
    await context.close()

    assert ("onError", "unauthenticated") == (heard[0][0], heard[0][1]["code"])
