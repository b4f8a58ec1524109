"""Signing in at the simulator's Entra in Chromium: joining by an invitation's link, signing out and in again, and by one's own page."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from link_walk import context_of, serious_violations
from link_walk import sign_in as sign_in_there
from playwright.async_api import Browser, Page
from served_world import Installation

from linkspan.model import Secret
from linkspan.people_records import Role
from linkspan.providerauth.oidc import CALLBACK, open_provider
from linkspan.server import listening_socket, serving
from linkspan.settings import Settings
from linkspan.usecases.members import accept_invitation, add_member
from linkspan.wiring import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PASSWORD = "Grey-Herring-Gull-08"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def with_provider(installation: Installation) -> AsyncIterator[Installation]:
    """The installation at an address with a name, where people sign in at the simulator by an application of its own."""
    simulator, old = installation.simulator, installation.hall.settings
    bound = listening_socket(old.model_copy(update={"port": 0}))
    base = f"http://localhost:{bound.getsockname()[1]}"
    app = simulator.register_app("Console of Linkspan", redirect_uris=(base + CALLBACK,))
    given = {
        "public_url": base,
        "oidc_issuer": f"https://login.microsoftonline.com/{app.tenant_id}/v2.0",
        "oidc_discovery_url": f"{simulator.url}/{app.tenant_id}/v2.0/.well-known/openid-configuration",
        "oidc_client_id": str(app.client_id),
        "oidc_client_secret": app.client_secret,
        "oidc_name": "Tidewater",
    }
    settings = Settings.model_validate({**old.model_dump(), **given})
    provider = open_provider(settings, installation.hall.oauth._transport, utc_now)
    hall = replace(installation.hall, settings=settings, provider=provider)
    async with serving(hall, bound):
        yield replace(installation, hall=hall)


async def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("CONSOLE_SHOTS"):
        await page.screenshot(path=f"{folder}/provider-{name}.png", full_page=True)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 360)])
async def test_one_connects_the_provider_signs_out_and_comes_in_by_it(
    with_provider: Installation, chromium: Browser, scheme: str, width: int
) -> None:
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await context.new_page()
    hall, base, name = with_provider.hall, with_provider.hall.settings.base_url, f"connect-{width}"
    email = f"{name}@harbour.example"
    made = await add_member(hall, with_provider.caller, email=email, name=name, role=Role.DEVELOPER)
    await page.goto(str(made.link))
    await shot(page, f"join-{scheme}")
    found = await serious_violations(page)
    await accept_invitation(hall, Secret(str(made.link).rpartition("/")[2]), Secret(PASSWORD))
    await page.goto(f"{base}/console/sign-in?to=/console/me")
    await shot(page, f"sign-in-{scheme}")
    found += await serious_violations(page)
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(f"{base}/console/me")
    await page.get_by_role("button", name="Connect").click()
    await sign_in_there(page, with_provider)
    await page.wait_for_url(f"{base}/console/me?done=bound")
    await shot(page, f"bound-{scheme}")
    found += await serious_violations(page)
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.wait_for_url(f"{base}/console/sign-in?out=1")
    await shot(page, f"out-{scheme}")
    await page.get_by_role(
        "link", name="Sign in with Tidewater"
    ).click()  # who is known there still, so nothing is asked
    await page.wait_for_url(f"{base}/console/p/**")
    await page.goto(f"{base}/console/me")
    remove = page.get_by_role("button", name="Remove")
    await remove.click()
    await page.wait_for_url(f"{base}/console/me?done=unbound")

    assert [] == found
    assert await page.get_by_role("button", name="Connect").count()
    await context.close()


async def test_an_invitation_is_accepted_at_the_provider_without_javascript(
    with_provider: Installation, chromium: Browser
) -> None:
    context = await context_of(chromium, java_script_enabled=False)
    page = await context.new_page()
    hall = with_provider.hall
    made = await add_member(
        hall, with_provider.caller, email="joiner@harbour.example", name="Joiner", role=Role.DEVELOPER
    )
    await page.goto(str(made.link))
    await page.get_by_role("link", name="Join with Tidewater").click()
    await sign_in_there(page, with_provider)
    await page.wait_for_url(f"{hall.settings.base_url}/console/p/**")
    person = (await hall.people.read(made.member.person.id)).person

    assert (True, False) == (person.at_provider, person.has_password)
    await context.close()
