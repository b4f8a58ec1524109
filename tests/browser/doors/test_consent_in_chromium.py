"""The consent page in Chromium: open to everybody, in light and dark, at phone width, without scripts, and framed by nobody."""

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from link_walk import choose_company, context_of, fill_details, serious_violations, sign_in
from playwright.async_api import Browser, Page, expect
from served_world import Installation

from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.keep_permits import list_permits
from linkspan.usecases.owner_page import open_owner_page
from linkspan.usecases.read_accounts import list_accounts

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, asyncio.Queue[str]]]:
    """A client's own loopback address, and what it is told there."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode()
        if "/callback" in line:
            heard.put_nowait(line.split(" ")[1])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nOK")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback", heard


async def address_of(installation: Installation, redirect: str, name: str) -> str:
    base = installation.hall.settings.base_url
    asked = {"client_name": name, "redirect_uris": [redirect], "token_endpoint_auth_method": "none"}
    async with httpx2.AsyncClient() as client:
        client_id = (await client.post(f"{base}/oauth/register", json=asked)).json()["client_id"]
    ask = {
        "response_type": "code", "client_id": client_id, "redirect_uri": redirect, "state": "st", "code_challenge": CHALLENGE,
        "code_challenge_method": "S256", "resource": f"{base}/mcp",
    }  # fmt: skip
    return f"{base}/connect/authorize?{urlencode(ask)}"


async def link(installation: Installation, page: Page, owner: str) -> None:
    await page.goto(await installation.link_url(owner))
    await fill_details(page, installation)
    await sign_in(page, installation)
    await choose_company(page)
    await expect(page.locator("h1")).to_have_text("Linked")


async def looked_at(page: Page, found: list[str], name: str) -> None:
    found += await serious_violations(page)
    if not await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
        found.append(f"{page.url} scrolls sideways")
    if folder := os.environ.get("CONSENT_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 360)])
async def test_somebody_with_a_key_lets_a_program_in(
    installation: Installation, chromium: Browser, scheme: str, width: int
) -> None:
    found = list[str]()
    _, key = await create_key(installation.hall, installation.caller, NewKey("consent"))
    context = await context_of(chromium, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await context.new_page()
    await link(installation, page, f"consent-{scheme}")
    async with listening() as (redirect, heard):
        await page.goto(await address_of(installation, redirect, "Quayside Assistant"))
        await looked_at(page, found, f"who-{scheme}")
        await page.get_by_label("API key, or your sign-in link").fill("v1.local.wrong")
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_role("alert")).to_contain_text("The API key is not known here")
        await looked_at(page, found, f"wrong-{scheme}")
        await page.get_by_label("API key, or your sign-in link").fill(key.reveal())
        await page.get_by_role("button", name="Continue").click()
        await expect(page.locator("h1")).to_have_text("Let Quayside Assistant work for you?")
        await page.get_by_text("Choose areas").click()
        await looked_at(page, found, f"choose-{scheme}")
        for choice in await page.get_by_label("No access").all():
            await choice.check()
        await page.get_by_role("button", name="Allow", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("Choose at least one account")
        await looked_at(page, found, f"none-{scheme}")
        await page.locator("fieldset.levels-of").first.get_by_label("Read and write").check()
        text, address = await page.content(), page.url
        await page.get_by_role("button", name="Allow", exact=True).click()
        told = parse_qs(urlsplit(await asyncio.wait_for(heard.get(), 20)).query)
    cookies = await context.cookies()
    await context.close()

    assert [] == found
    assert {"code", "state", "iss"} == set(told)
    assert ["st"] == told["state"]
    assert key.reveal() not in text + address + str(cookies)
    assert all(cookie["httpOnly"] for cookie in cookies)


async def test_a_customer_lets_a_program_in_without_scripts_and_ends_it_on_their_page(
    installation: Installation, chromium: Browser
) -> None:
    found, owner = list[str](), "consent-owner"
    link_of_owner = await open_owner_page(installation.hall, installation.caller, owner, agents="write")
    scripted = await context_of(chromium)
    await link(installation, await scripted.new_page(), owner)
    await scripted.close()
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    async with listening() as (redirect, heard):
        await page.goto(link_of_owner.url)
        await page.goto(await address_of(installation, redirect, "Ledger Mate"))
        await page.get_by_text("Only what I tick here").click()
        await page.get_by_text("Choose areas").click()
        await page.get_by_label("Search areas").fill("customer")
        await page.keyboard.press("Enter")
        await page.get_by_label("Read Customers", exact=True).check()
        await page.get_by_label("Search areas").fill("items")
        await page.keyboard.press("Enter")
        await page.get_by_label("Write Items", exact=True).check()
        await page.get_by_role("button", name="Allow", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("no account may be written")
        await page.get_by_label("Read and write").check()
        await page.get_by_role("button", name="Allow", exact=True).click()
        told = await asyncio.wait_for(heard.get(), 20)
        permits = [
            each for each in await list_permits(installation.hall, installation.caller) if each.owner_id == owner
        ]
        (account,) = [
            each.id for each in await list_accounts(installation.hall, installation.caller) if each.owner.id == owner
        ]
        await page.goto(f"{installation.hall.settings.base_url}/connect/mine")
        await expect(page.get_by_role("heading", name="Ledger Mate")).to_be_visible()
        if folder := os.environ.get("CONSENT_SHOTS"):
            await page.screenshot(path=f"{folder}/mine.png", full_page=True)
        await page.get_by_role("button", name="Let it work no longer").click()
        await expect(page.get_by_role("heading", name="Ledger Mate")).not_to_be_visible()
    after = [each for each in await list_permits(installation.hall, installation.caller) if each.owner_id == owner]
    await context.close()

    assert [] == found
    assert "code=" in told
    assert {account: True} == permits[0].accounts
    assert {("list", "customers"), ("create", "item")} < {
        (name.split("_")[1], name.split("_")[2]) for name in permits[0].actions
    }
    assert not any("create_customer" in name for name in permits[0].actions)
    assert [] == after


async def test_no_page_can_frame_it_and_no_script_of_others_runs(installation: Installation, chromium: Browser) -> None:
    context = await context_of(chromium)
    page = await context.new_page()
    evil = '"><script>document.title="stolen"</script><b id="in">'
    async with listening() as (redirect, _):
        address = await address_of(installation, redirect, evil)
        answer = await page.goto(address)
        policy = answer.headers["content-security-policy"]
        title = await page.title()
        inside = await page.locator("#in").count()
        await page.goto("about:blank")
        await page.set_content(f'<iframe src="{address.replace("&", "&amp;")}"></iframe>')
        await page.wait_for_timeout(500)
        framed = [frame.url for frame in page.frames[1:]]
        shown = [await frame.locator("h1").count() for frame in page.frames[1:]]
    await context.close()

    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "DENY" == answer.headers["x-frame-options"]
    assert ("Sign in · Linkspan", 0) == (title, inside)
    assert not any("/connect/authorize" in url for url in framed) or [0] == shown
