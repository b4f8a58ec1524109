"""The link pages in a product's own look, and the ways in and out of them that other pages use."""

import base64
from urllib.parse import urlsplit

import pytest
from doors_world import BASE, World, walk

from linkspan.model import Caller, KeyScope, Secret
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_project import create_project
from linkspan.usecases.watch_linking import read_watch, start_watch

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOGO = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


async def test_a_brand_is_shown_on_the_pages_and_only_on_its_projects(world: World) -> None:
    stranger = Caller((await create_project(world.hall, "Stranger")).id, ALL_SCOPES)
    _, other = await create_key(world.hall, stranger, NewKey("other"))
    encoded = "data:image/svg+xml;base64," + base64.b64encode(LOGO).decode()
    async with world.api() as client:
        made = await client.patch("/v1/brand", json={"name": "Brygge & Co", "colour": "#F0A500", "logo": encoded})
        logo = await client.get(urlsplit(made.json()["logo_url"]).path)
    async with world.browser() as browser:
        page = await browser.get(await world.link_url("branded"))
        over = await browser.get("/connect/s/nonsense")
    async with world.api(other.reveal()) as client:
        foreign = (await client.get("/v1/brand")).json()
    async with world.api() as client:
        plain = await client.patch("/v1/brand", json={"name": None, "colour": None, "logo": None})
        gone = await client.get(urlsplit(made.json()["logo_url"]).path)

    assert 200 == made.status_code, made.text
    assert "#f0a500" == made.json()["colour"]
    assert "Brygge &amp; Co" in page.text
    assert urlsplit(made.json()["logo_url"]).path in page.text
    assert "<style>:root{--sea:#" in page.text
    assert "'sha256-" in page.headers["content-security-policy"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert (LOGO, "image/svg+xml") == (logo.content, logo.headers["content-type"])
    assert "sandbox" in logo.headers["content-security-policy"]
    assert "Brygge &amp; Co" in over.text
    assert ("Stranger", None, None) == tuple(foreign.values())
    assert ("Brygge Orders", None, None) == tuple(plain.json().values())
    assert 404 == gone.status_code


async def test_what_is_no_brand_is_refused(world: World) -> None:
    reader = await world.new_key(KeyScope.PLATFORM_READ)
    html = base64.b64encode(b"<html><svg></html>").decode()
    big = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300_000)).decode()
    async with world.api() as client:
        refused = [
            (await client.patch("/v1/brand", json=body)).json()["error"]["mistakes"][0]["where"]
            for body in (
                {"colour": "red"},
                {"colour": "#fff;}body{display:none"},
                {"name": "x" * 99},
                {"logo": html},
                {"logo": big},
                {"logo": "%"},
            )
        ]
    async with world.api(reader) as client:
        no_scope = await client.patch("/v1/brand", json={"name": "x"})

    assert ["colour", "colour", "name", "logo", "logo", "logo"] == refused
    assert 403 == no_scope.status_code


async def test_a_session_leads_back_and_can_be_ended(world: World) -> None:
    back = "https://shop.example/settings?tab=erp"
    body = {"origin_owner_id": "back", "origin_owner_name": "Back", "profile_id": world.profile.id}
    async with world.api() as client:
        made = await client.post("/v1/connect_sessions", json=body | {"return_url": back})
        bad = [
            (await client.post("/v1/connect_sessions", json=body | {"return_url": url})).status_code
            for url in ("javascript:alert(1)", "http://shop.example/", "//shop.example", "https://a@shop.example/", "")
        ]
        ended = (await client.post("/v1/connect_sessions", json=body)).json()
        deleted = await client.delete(f"/v1/connect_sessions/{ended['id']}")
        again = await client.delete(f"/v1/connect_sessions/{ended['id']}")
    async with world.browser() as browser:
        page = await walk(browser, made.json()["link_url"], world.answers())
        over = await browser.get(ended["link_url"])

    assert (201, back) == (made.status_code, made.json()["return_url"])
    assert [400] * 5 == bad
    assert f'href="{back}&amp;linkspan_status=linked&amp;linkspan_account_id=' in page.text
    assert (200, 404, 410) == (deleted.status_code, again.status_code, over.status_code)


async def test_the_token_is_in_no_address_of_ours(world: World) -> None:
    url = await world.link_url("opened")
    token = url.rsplit("/", 1)[1]
    watch = await start_watch(world.hall, Secret(token))
    async with world.browser() as browser:
        browser.follow_redirects = False
        opened = await browser.post("/connect/open", data={"token": token, "window": "popup"})
        unknown = await browser.post("/connect/open", data={"token": "nonsense"})
        hub = await browser.get(
            f"/connect/oauth2/{world.profile.id}",
            params={
                "redirect_uri": "https://evil.example/x", "token": token, "connection_attempt_id": "a",
                "tenant_id": "bad tenant", "environment": "Production",
            },
        )  # fmt: skip
        nothing = await browser.get(f"/connect/oauth2/{world.profile.id}", params={"token": "nonsense"})
        page = await browser.get(hub.headers["location"])
    told = [answer.headers["location"] for answer in (opened, unknown, hub, nothing)]

    assert [
        "/connect",
        "/connect/over",
        "/connect?tenant_id=bad+tenant&environment=Production",
        "/connect/over",
    ] == told
    assert all("no-referrer" == answer.headers["referrer-policy"] for answer in (opened, hub))
    assert 'value="bad tenant"' in page.text
    assert "evil.example" not in page.text + str(hub.headers)
    assert "pending" == (await read_watch(world.hall, Secret(token), watch.id)).state


async def test_cancel_needs_the_pages_own_form(world: World) -> None:
    url = await world.link_url("forged cancel")
    token = Secret(url.rsplit("/", 1)[1])
    watch = await start_watch(world.hall, token)
    async with world.browser() as browser:
        await browser.get(url)
        forged = await browser.post("/connect/cancel", data={"form_token": "x"})

    assert 400 == forged.status_code
    assert "pending" == (await read_watch(world.hall, token, watch.id)).state


async def test_the_scripts_are_there_for_other_sites(world: World) -> None:
    async with world.browser() as browser:
        embed, connect = await browser.get("/connect/embed.js"), await browser.get("/stackone/connect.js")
        callback = await browser.get("/embedded/accounts/callback")

    assert "window.Linkspan" in embed.text
    assert "window.Connect" in connect.text
    assert "cross-origin" == embed.headers["cross-origin-resource-policy"]
    assert "close this window" in callback.text
    assert "unsafe-none" == callback.headers["cross-origin-opener-policy"]


async def test_the_hub_answers_from_any_origin_and_never_with_a_password_box(world: World) -> None:
    token = (await world.link_url("hub")).rsplit("/", 1)[1]
    sent = {"x-hub-session-token": token, "origin": "https://shop.example"}
    async with world.browser() as browser:
        preflight = await browser.options("/hub/settings", headers={"origin": "https://shop.example"})
        settings = await browser.get("/hub/settings", headers=sent)
        config = (await browser.get(f"/hub/connectors/{world.profile.id}", headers=sent)).json()["config"]
        other = await browser.get("/hub/connectors", params={"provider": "other"}, headers=sent)
        attempt = await browser.post("/hub/connection_attempts", json={"token": token}, headers=sent)
        refused = {
            path: (await browser.request(method, path, headers=headers)).status_code
            for method, path, headers in (
                ("GET", "/hub/settings", {}),
                ("GET", "/hub/connectors", {"x-hub-session-token": "nonsense"}),
                ("GET", "/hub/connectors/other", sent),
                ("GET", "/hub/accounts/other", sent),
                ("POST", "/hub/accounts", sent),
                ("GET", "/hub/connection_attempts/other", sent),
                ("GET", "/hub/nowhere", sent),
            )
        }
        no_token = await browser.get("/hub/settings")
    sessions = await world.hall.sessions.find(world.hall.vault.digest("connect-session", Secret(token)))

    assert (204, "*") == (preflight.status_code, preflight.headers["access-control-allow-origin"])
    assert "x-hub-session-token" in preflight.headers["access-control-allow-headers"]
    assert "*" == settings.headers["access-control-allow-origin"]
    assert ["tenant_id", "environment"] == [field["key"] for field in config["configFields"]]
    assert "authentication" not in config
    assert {"integrations": [], "external_trigger_token": None} == other.json()
    assert attempt.json()["id"].startswith("watch_")
    assert [401, 401, 404, 404, 400, 404, 404] == list(refused.values())
    assert "www-authenticate" not in no_token.headers
    assert {"statusCode", "message", "timestamp"} <= no_token.json().keys()
    assert sessions is not None
    assert BASE in config["assets"]["icon"]
