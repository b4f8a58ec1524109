"""The unmodified web component of @stackone/hub, and the older hook of @stackone/react-hub, on the page of a product."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from host_site import HostSite, host_site
from link_walk import accounts_of, choose_company, context_of, fill_details, sign_in, until
from playwright.async_api import Browser, BrowserContext, Page, expect
from served_world import Installation

from linkspan.model import Owner, Secret
from linkspan.usecases.create_connect_session import NewSession, create_connect_session, end_connect_session
from linkspan.usecases.create_profile import NewProfile, create_profile

pytestmark = [pytest.mark.browser, pytest.mark.client, pytest.mark.asyncio(loop_scope="session")]
LISTEN = """
window.told = [];
addEventListener("message", (event) => { if (event.data?.type) told.push(["message", event.data.account]); });
const hub = document.querySelector("stackone-hub");
for (const name of ["success", "close", "cancel"]) hub.addEventListener(name, (event) => told.push([name, event.detail]));
"""

HOOK = """
window.told = [];
window.require = () => React;
window.exports = {};
const button = document.querySelector("#link");
const heard = (name) => (value) => told.push([name, value ?? null]);
function Shop() {
  const { startConnect } = exports.useStackOneHub({ connectUrl: button.dataset.connect });
  const options = { sessionToken: button.dataset.token, apiUrl: button.dataset.api, onSuccess: heard("success"), onCancel: heard("cancel"), onClose: heard("close") };
  return React.createElement("button", { onClick: () => startConnect(options) }, "Link it");
}
const script = document.createElement("script");
script.src = "/react-hub.cjs";
script.onload = () => ReactDOM.createRoot(document.querySelector("#shop")).render(React.createElement(Shop));
document.body.append(script);
"""


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        site.script("/listen.js", LISTEN)
        site.script("/hook.js", HOOK)
        yield site


async def shop(
    installation: Installation, site: HostSite, context: BrowserContext, owner: str, **given: object
) -> tuple[Page, int]:
    """A page with the element in it, and the session that it was given."""
    new = replace(NewSession(owner=Owner(owner, owner), profile_id=installation.profile.id), **given)
    opened = await create_connect_session(installation.hall, installation.caller, new)
    base = installation.hall.settings.base_url
    element = f'<stackone-hub token="{opened.token.reveal()}" base-url="{base}" app-url="{base}"></stackone-hub>'
    scripts = '<script src="/hub/webcomponent.js"></script><script src="/listen.js"></script>'
    page = await context.new_page()
    await page.goto(site.page(f"/{owner}", element + scripts))
    return page, opened.session.id


async def connect(page: Page, installation: Installation, **other: str) -> Page:
    """Fill the element's form and press its button: the window that opens."""
    demo = installation.simulator.demo
    for name, text in ({"tenant_id": str(demo.tenant_id), "environment": demo.environment} | other).items():
        await page.locator(f"[name={name}], #{name}").first.fill(text)
    async with page.expect_popup() as opening:
        await page.get_by_role("button", name="Connect", exact=False).last.click()
    return await opening.value


async def told(page: Page) -> list[list[object]]:
    found: list[list[object]] = await page.evaluate("told")
    return found


async def test_the_element_links_an_account(installation: Installation, chromium: Browser, site: HostSite) -> None:
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, "element")
    window = await connect(page, installation)
    await sign_in(window, installation)
    await choose_company(window)
    await until(lambda: told(page))
    heard = await told(page)
    (account,) = await accounts_of(installation, "element")
    await context.close()

    assert ["success", {"id": account.id, "provider": "dynamics365bc"}] in heard
    assert ["message", {"id": account.id, "provider": "dynamics365bc"}] in heard
    assert "Tidewater Chandlers" == account.fields["company_name"]


async def test_the_element_links_an_application_by_its_form_without_a_window(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    demo = installation.simulator.demo
    new = NewProfile(
        "dynamics365bc", "By form", str(demo.client_id), client_secret=Secret(demo.client_secret),
        provider_url=installation.simulator.url, auth_method="client-credentials", tenant=str(demo.tenant_id),
    )  # fmt: skip
    profile = await create_profile(installation.hall, installation.caller, new)
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, "form", profile_id=profile.id)
    for name, text in {"environment": demo.environment, "company_id": "Tidewater Skipshandel AS"}.items():
        await page.locator(f"[name={name}], #{name}").first.fill(text)
    await page.get_by_role("button", name="Connect", exact=False).last.click()
    await until(lambda: told(page))
    heard = await told(page)
    (account,) = await accounts_of(installation, "form")
    windows = len(context.pages)
    await context.close()

    assert ["success", {"id": account.id, "provider": "dynamics365bc"}] in heard
    assert "Tidewater Skipshandel AS" == account.fields["company_name"]
    assert 1 == windows


async def test_the_element_links_the_same_account_again(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    (before,) = await accounts_of(installation, "element")
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, "element", account_id=before.id)
    await expect(page.locator("[name=environment], #environment").first).to_have_value("Production")
    window = await connect(page, installation)
    await sign_in(window, installation)
    await choose_company(window, "Tidewater Skipshandel AS")
    await until(lambda: told(page))
    (after,) = await accounts_of(installation, "element")
    await context.close()

    assert before.id == after.id
    assert "Tidewater Skipshandel AS" == after.fields["company_name"]


async def test_a_mistake_is_corrected_in_the_window(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, "mistaken")
    window = await connect(page, installation, tenant_id="nosuch-tenant.example")
    address = window.url
    await window.fill("#tenant_id", str(installation.simulator.demo.tenant_id))
    await window.press("#environment", "Enter")
    await sign_in(window, installation)
    await choose_company(window)
    await until(lambda: told(page))
    linked = await accounts_of(installation, "mistaken")
    await context.close()

    assert "token" not in address
    assert 1 == len(linked)


async def test_a_refused_consent_is_told(installation: Installation, chromium: Browser, site: HostSite) -> None:
    installation.simulator.revoke_consent(installation.simulator.demo.user)
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, "refusing")
    window = await connect(page, installation)
    await sign_in(window, installation, answer="cancel")
    await expect(page.get_by_text("consent_refused").first).to_be_visible()
    linked = await accounts_of(installation, "refusing")
    await context.close()

    assert [] == linked


async def test_a_session_that_is_over_shows_nothing_of_it(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    context = await context_of(chromium)
    page, session_id = await shop(installation, site, context, "late")
    await expect(page.locator("[name=tenant_id], #tenant_id").first).to_be_visible()
    await end_connect_session(installation.hall, installation.caller, session_id)
    await page.reload()
    await page.wait_for_timeout(1500)
    forms = await page.locator("[name=tenant_id], #tenant_id").count()
    await context.close()

    assert 0 == forms


async def test_the_older_hook_loads_our_script_and_links(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    new = NewSession(owner=Owner("hook", "hook"), profile_id=installation.profile.id)
    opened = await create_connect_session(installation.hall, installation.caller, new)
    base, context = installation.hall.settings.base_url, await context_of(chromium)
    given = f'data-token="{opened.token.reveal()}" data-api="{base}" data-connect="{base}/stackone/connect.js"'
    scripts = "".join(f'<script src="/{name}.js"></script>' for name in ("react", "react-dom", "hook"))
    page = await context.new_page()
    await page.goto(site.page("/hooked", f'<p id="link" {given}></p><div id="shop"></div>{scripts}'))
    async with page.expect_popup() as opening:
        await page.get_by_role("button", name="Link it").click()
    window = await opening.value
    await fill_details(window, installation)
    await sign_in(window, installation)
    await choose_company(window)
    await until(lambda: told(page))
    heard = await told(page)
    (account,) = await accounts_of(installation, "hook")
    await context.close()

    assert [["success", {"id": account.id, "provider": "dynamics365bc"}], ["close", None]] == heard


async def test_a_closed_popup_leaves_the_element_waiting_for_another_try(
    installation: Installation, chromium: Browser, site: HostSite
) -> None:
    context = await context_of(chromium)
    page, _ = await shop(installation, site, context, "element-closer")
    window = await connect(page, installation)
    await window.close()
    await page.wait_for_timeout(3000)
    before = await told(page)
    await page.reload()
    window = await connect(page, installation)
    await sign_in(window, installation)
    await choose_company(window)
    await until(lambda: told(page))
    linked = await accounts_of(installation, "element-closer")
    await context.close()

    assert [] == before
    assert 1 == len(linked)
