"""Passkeys in Chromium, with an authenticator that the browser itself plays (WebAuthn over the DevTools protocol)."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from link_walk import context_of, serious_violations
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, expect
from served_world import Installation

from linkspan.model import Secret
from linkspan.people_records import Role
from linkspan.server import listening_socket, serving
from linkspan.usecases.members import accept_invitation, add_member

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PASSWORD = "Grey-Herring-Gull-08"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def named(installation: Installation) -> AsyncIterator[Installation]:
    """The installation at an address with a name: browsers make no passkeys for numbers."""
    bound = listening_socket(installation.hall.settings.model_copy(update={"port": 0}))
    port = bound.getsockname()[1]
    address = {"public_url": f"http://localhost:{port}", "port": port}
    hall = replace(installation.hall, settings=installation.hall.settings.model_copy(update=address))
    async with serving(hall, bound):
        yield replace(installation, hall=hall)


async def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device with a fingerprint reader that knows the right finger."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


async def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("CONSOLE_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def with_passkey(named: Installation, page: Page, name: str) -> tuple[CDPSession, str]:
    """Signed in by password, with a passkey added by keyboard; then signed out."""
    base, email = named.hall.settings.base_url, f"{name}@harbour.example"
    invited = await add_member(named.hall, named.caller, email=email, name=name, role=Role.DEVELOPER)
    await accept_invitation(named.hall, Secret(str(invited.link).rpartition("/")[2]), Secret(PASSWORD))
    devtools, device = await authenticator(page)
    await page.goto(f"{base}/console/sign-in?to=/console/me")
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(f"{base}/console/me")
    await shot(page, f"me-empty-{name}")
    await page.focus("#name")
    await page.keyboard.type("office laptop")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/me?done=added")
    await page.get_by_role("button", name="Sign out", exact=True).click()
    return devtools, device


async def without_offer(context: BrowserContext) -> None:
    """As in a browser that has no list of passkeys at the e-mail field; this one's device would answer it before the button is pressed."""
    await context.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false;")


async def press_passkey(page: Page) -> None:
    await page.get_by_role("button", name="Sign in with a passkey").click()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 360)])
async def test_a_passkey_is_added_used_and_removed(
    named: Installation, chromium: Browser, scheme: str, width: int
) -> None:
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": width, "height": 800})
    await without_offer(context)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    name = f"keyed-{scheme}-{width}"
    devtools, device = await with_passkey(named, page, name)
    await page.wait_for_url("**/console/sign-in")
    await shot(page, f"sign-in-{name}")
    found = await serious_violations(page)
    await page.goto(f"{named.hall.settings.base_url}/console/sign-in?to=/console/me")
    await press_passkey(page)
    await page.wait_for_url(f"{named.hall.settings.base_url}/console/me")
    await shot(page, f"me-{name}")
    found += await serious_violations(page)
    shown = await page.inner_text("main")
    fits = await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    await page.get_by_role("button", name="Remove").click()
    await page.wait_for_url("**/console/me?done=removed")
    await shot(page, f"me-removed-{name}")
    left = await devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})

    assert ("office laptop" in shown, "Never" in shown, fits) == (True, False, True)
    assert (1, True) == (len(left["credentials"]), left["credentials"][0]["isResidentCredential"])
    assert ([], []) == (found, complaints)
    await context.close()


async def test_the_browser_offers_passkeys_at_the_email_field(named: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    await with_passkey(named, page, "offered")
    await page.wait_for_url("**/console/p/**")

    assert await page.get_by_role("link", name="offered").is_visible()
    await context.close()


async def test_a_cloned_authenticator_is_refused(named: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    await without_offer(context)
    page = await context.new_page()
    base = named.hall.settings.base_url
    devtools, device = await with_passkey(named, page, "copied")
    await page.wait_for_url("**/console/sign-in")
    (copied,) = (await devtools.send("WebAuthn.getCredentials", {"authenticatorId": device}))["credentials"]
    await press_passkey(page)
    await page.wait_for_url("**/console/p/**")
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    options = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    clone = (await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options}))["authenticatorId"]
    await devtools.send("WebAuthn.addCredential", {"authenticatorId": clone, "credential": copied})
    await page.goto(f"{base}/console/sign-in")
    await press_passkey(page)
    await page.wait_for_selector("text=there may be a copy of it")
    await shot(page, "copied")
    invited = [one for one in await named.hall.people.list(named.caller.project_id) if one.person.name == "copied"]
    (locked,) = await named.hall.passkeys.list(invited[0].person.id)

    assert locked.locked_at is not None
    assert "/console/sign-in" in page.url
    await context.close()


async def test_cancelling_and_the_wrong_address_are_told_in_words(named: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    await without_offer(context)
    page = await context.new_page()
    devtools, device = await authenticator(page)
    await devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    await page.goto(f"{named.hall.settings.base_url}/console/sign-in")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.get_by_role("status")).to_contain_text("Nothing was signed")
    await shot(page, "cancelled")
    port = named.hall.settings.port
    await page.goto(f"http://127.0.0.1:{port}/console/sign-in")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.get_by_role("status")).to_contain_text("public address")

    assert page.url.endswith("/console/sign-in")
    await context.close()


async def test_without_javascript_or_at_a_number_there_is_the_password_alone(
    named: Installation, installation: Installation, chromium: Browser
) -> None:
    plain = await context_of(chromium, java_script_enabled=False)
    page = await plain.new_page()
    await page.goto(f"{named.hall.settings.base_url}/console/sign-in")
    hidden = await page.get_by_role("button", name="Sign in with a passkey").count()
    await page.goto(f"{installation.hall.settings.base_url}/console/sign-in")
    at_a_number = await page.content()

    assert (0, False) == (hidden, "passkey" in at_a_number)
    assert 1 == await page.get_by_role("button", name="Sign in").count()
    await plain.close()
