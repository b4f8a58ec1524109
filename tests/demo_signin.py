"""Signs an MCP client in at a running demo, without a browser: for tests that need a permit and not its making."""

import base64
import hashlib
import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from demo_process import Demo

_REDIRECT = "http://127.0.0.1:49152/callback"
_VERIFIER = "v" * 43


def sign_client_in(demo: Demo, *, name: str = "Harbour Helper", level: str = "read") -> dict[str, str]:
    """Register, agree with the demo's key to one account, and exchange the code: the token answer."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
    with httpx2.Client(base_url=demo.base_url, timeout=30) as browser:
        asked = {
            "client_name": name, "redirect_uris": [_REDIRECT], "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
        }  # fmt: skip
        client_id = browser.post("/oauth/register", json=asked).json()["client_id"]
        ask = {
            "response_type": "code", "client_id": client_id, "redirect_uri": _REDIRECT, "code_challenge": challenge,
            "code_challenge_method": "S256",
        }  # fmt: skip
        address = f"/connect/authorize?{urlencode(ask)}"
        _press(browser, address, browser.get(address), {"do": "prove", "proof": demo.api_key})
        chosen = {"do": "allow", f"account.{demo.account_id}": level, "actions": "all"}
        back = _press(browser, address, browser.get(address), chosen).headers["location"]
        form = {
            "grant_type": "authorization_code", "code": parse_qs(urlsplit(back).query)["code"][0], "client_id": client_id,
            "code_verifier": _VERIFIER, "redirect_uri": _REDIRECT,
        }  # fmt: skip
        return {str(key): str(value) for key, value in browser.post("/oauth/token", data=form).json().items()}


def _press(browser: httpx2.Client, address: str, page: httpx2.Response, fields: dict[str, str]) -> httpx2.Response:
    token = unescape(re.findall(r'name="form_token" value="([^"]+)"', page.text)[0])
    answer = browser.post(address, data={"form_token": token, **fields})
    assert 303 == answer.status_code, answer.text
    return answer
