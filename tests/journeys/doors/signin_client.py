"""An MCP client that signs its person in, with everything it sends written out, and the person at the consent page."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from doors_world import BASE, World
from mcp_client import Mcp

REDIRECT = "http://127.0.0.1:49152/callback"
RESOURCE = f"{BASE}/mcp"
ALL = {"actions": "all"}


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Signin:
    """One client; `ask` changes parameters of the authorization request, None leaves one out."""

    world: World
    redirect: str = REDIRECT
    client_id: str = ""
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    async def register(self, *, patient: bool = True, **metadata: object) -> httpx2.Response:
        """Register; a patient client has waited until it may."""
        if patient:
            self.world.hall.registrations._free_at.clear()
        asked = {
            "client_name": "Test Agent",
            "redirect_uris": [self.redirect],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        }
        async with self.world.browser() as client:
            answer = await client.post("/oauth/register", json=asked | metadata)
        self.client_id = answer.json().get("client_id", "")
        return answer

    def address(self, **ask: str | None) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect,
            "state": self.state,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            "resource": RESOURCE,
            "scope": "actions:read actions:write",
        } | ask
        return f"/connect/authorize?{urlencode({name: value for name, value in asked.items() if value is not None})}"

    async def agree(
        self, browser: httpx2.AsyncClient, accounts: Mapping[str, str], *, proof: str | None = None, **more: object
    ) -> httpx2.Response:
        """Walk the pages as a person does, up to the redirect; `more` are other fields of the last form."""
        ask = more.pop("ask", {})
        page = await browser.get(self.address(**ask))
        if 'name="proof"' in page.text:
            page = await press(browser, page, "prove", proof=proof or self.world.key)
        chosen = {f"account.{name}": level for name, level in accounts.items()}
        return await press(browser, page, "allow", **chosen, **{**ALL, **more})

    async def code(self, accounts: Mapping[str, str], **more: object) -> str:
        async with self.world.browser() as browser:
            return answered(await self.agree(browser, accounts, **more))["code"]

    async def token(self, **form: str | None) -> httpx2.Response:
        asked = {"client_id": self.client_id, "resource": RESOURCE} | form
        async with self.world.browser() as client:
            data = {name: value for name, value in asked.items() if value is not None}
            return await client.post("/oauth/token", data=data)

    async def redeem(self, code: str, **form: str | None) -> httpx2.Response:
        asked = {"code": code, "code_verifier": self.verifier, "redirect_uri": self.redirect}
        return await self.token(grant_type="authorization_code", **(asked | form))

    async def refresh(self, token: str, **form: str | None) -> httpx2.Response:
        return await self.token(grant_type="refresh_token", refresh_token=token, **form)

    async def signed_in(self, accounts: Mapping[str, str], **more: object) -> dict[str, object]:
        """All of it: the tokens."""
        if not self.client_id:
            await self.register()
        answer = await self.redeem(await self.code(accounts, **more))
        assert 200 == answer.status_code, answer.text
        return dict(answer.json())

    def mcp(self, token: object) -> Mcp:
        return BearerMcp(self.world, bearer=str(token))


@dataclass(slots=True)
class BearerMcp(Mcp):
    """The MCP door, entered with an access token."""

    bearer: str = ""

    async def post(self, body: object, **headers: str) -> httpx2.Response:
        sent = {"accept": "application/json", "content-type": "application/json", **self.headers, **headers}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.world.browser() as client:
            return await client.post(
                self.address, content=content, headers=sent | {"authorization": f"Bearer {self.bearer}"}
            )


async def press(browser: httpx2.AsyncClient, page: httpx2.Response, button: str, **fields: object) -> httpx2.Response:
    """Send the page's form by one of its buttons; what leads out of this installation is not followed."""
    token = re.findall(r'name="form_token" value="([^"]+)"', page.text)
    action = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    data = {"form_token": token[0], "do": button, **fields}
    answer = await browser.post(unescape(action[0]), data=data, follow_redirects=False)
    if answer.status_code == 303 and answer.headers["location"].startswith("/"):
        return await browser.get(answer.headers["location"])
    return answer


def answered(response: httpx2.Response) -> dict[str, str]:
    """What a redirect tells the client."""
    assert 303 == response.status_code, response.text
    found = parse_qs(urlsplit(response.headers["location"]).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}
