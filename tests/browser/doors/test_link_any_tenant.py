"""A customer who does not know the tenant's ID links all the same, where the profile is for many tenants."""

import pytest
from link_walk import accounts_of, choose_company, context_of, serious_violations, sign_in
from playwright.async_api import Browser
from served_world import Installation

from linkspan.model import Owner, Profile, Secret
from linkspan.simulator.entra.demo import MANY_TENANTS_CLIENT_ID, MANY_TENANTS_SECRET
from linkspan.usecases.create_connect_session import NewSession, create_connect_session
from linkspan.usecases.create_profile import NewProfile, create_profile

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
BUTTON = "Sign in without the tenant ID"


async def many(installation: Installation, name: str) -> Profile:
    """A profile for many tenants."""
    base, simulator = installation.hall.settings.base_url, installation.simulator
    simulator.add_redirect_uri(MANY_TENANTS_CLIENT_ID, f"{base}/connect/oauth2/dynamics365bc/callback")
    new = NewProfile(
        "dynamics365bc", name, str(MANY_TENANTS_CLIENT_ID), client_secret=Secret(MANY_TENANTS_SECRET),
        provider_url=simulator.url, audience="many_tenants",
    )  # fmt: skip
    return await create_profile(installation.hall, installation.caller, new)


async def link_of(installation: Installation, owner: str, profile: Profile, **given: object) -> str:
    new = NewSession(owner=Owner(owner, owner), profile_id=profile.id, **given)
    return (await create_connect_session(installation.hall, installation.caller, new)).link_url


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_sign_in_tells_the_tenant(installation: Installation, chromium: Browser, scheme: str) -> None:
    owner = f"any tenant {scheme}"
    profile = await many(installation, owner)
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": 360, "height": 800})
    page = await context.new_page()
    await page.goto(await link_of(installation, owner, profile))
    violations = await serious_violations(page)
    await page.get_by_role("button", name=BUTTON).click()
    wrong = await page.locator("[aria-invalid=true]").count(), await page.locator("#environment-wrong").count()
    await page.fill("#environment", "Production")
    await page.get_by_role("button", name=BUTTON).focus()
    async with page.expect_request("**/organizations/oauth2/v2.0/authorize*"):
        await page.keyboard.press("Enter")
    await sign_in(page, installation)
    await choose_company(page)
    await page.get_by_role("heading", name="Linked").wait_for()
    (account,) = await accounts_of(installation, owner)
    again = await context.new_page()
    await again.goto(await link_of(installation, owner, profile, account_id=account.id))
    offered_again = await again.get_by_role("button", name=BUTTON).count()
    await context.close()

    assert [] == violations
    assert (1, 1) == wrong  # the environment is asked for, the tenant is not
    assert str(installation.simulator.demo.tenant_id) == account.fields["tenant_id"]
    assert 0 == offered_again  # the account has its tenant


async def test_a_profile_of_one_tenant_offers_no_such_button(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    await page.goto(await link_of(installation, "one tenant", installation.profile))
    offered = await page.get_by_role("button", name=BUTTON).count()
    form = {"form_token": await page.locator("[name=form_token]").first.input_value()}
    sent = form | {"tenant_id": "", "environment": "Production", "any_tenant": "1"}
    forced = await page.request.post(page.url, form=sent, max_redirects=0)
    await context.close()

    assert 0 == offered
    assert "/organizations/" not in forced.headers.get("location", "")
