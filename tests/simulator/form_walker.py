"""A person at the simulated sign-in pages: a browser without JavaScript, reduced to forms and redirects."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

from linkspan.simulator.entra.demo import ADMINISTRATOR, DEMO_CLIENT_ID, DEMO_DOMAIN, DEMO_SECRET, PASSWORDS

REDIRECT_URI = "http://localhost:9999/connect/oauth2/dynamics365bc/callback"
BC_SCOPE = "https://api.businesscentral.dynamics.com/Financials.ReadWrite.All"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(known["action"]))
        elif tag == "input" and self.found and known.get("type") != "checkbox":
            self.found[-1].fields[known["name"]] = known.get("value", "")
        elif tag == "button" and self.found and "name" in known:
            self.found[-1].buttons.append((known["name"], known["value"]))


def forms(page: httpx2.Response) -> list[Form]:
    parser = _Forms()
    parser.feed(page.text)
    return parser.found


class Person:
    """Holds cookies like a browser; stops at redirects to other sites."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx2.Client(base_url=base_url, follow_redirects=False)

    def ask(self, *, tenant: str = DEMO_DOMAIN, **changes: str | None) -> httpx2.Response:
        """Go to the authorize page as an application would send one there; None takes a parameter out."""
        asked = {
            "client_id": str(DEMO_CLIENT_ID),
            "response_type": "code",
            "redirect_uri": REDIRECT_URI,
            "scope": f"{BC_SCOPE} offline_access",
            "state": "s-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        kept = {name: value for name, value in asked.items() if value is not None}
        return self.http.get(f"/{tenant}/oauth2/v2.0/authorize", params=kept)

    def submit(self, page: httpx2.Response, form: Form, **fields: str) -> httpx2.Response:
        return self.http.post(urljoin(str(page.url), form.action), data={**form.fields, **fields})

    def sign_in(self, page: httpx2.Response, user: str = ADMINISTRATOR, password: str | None = None) -> httpx2.Response:
        typed = PASSWORDS[user] if password is None else password
        return self.submit(page, forms(page)[0], username=user, password=typed)

    def agree(self, page: httpx2.Response, answer: str = "accept", **fields: str) -> httpx2.Response:
        return self.submit(page, forms(page)[0], answer=answer, **fields)

    def link(self, user: str = ADMINISTRATOR, **changes: str | None) -> dict[str, str]:
        """Walk from the application's request to its redirect URI, and return what arrives there."""
        page = self.ask(**changes)
        if page.status_code == 200 and forms(page)[0].action.endswith("/login"):
            page = self.sign_in(page, user)
        if page.status_code == 200:
            page = self.agree(page)
        return arrived(page)

    def redeem(self, code: str, *, tenant: str = DEMO_DOMAIN, **changes: str | None) -> httpx2.Response:
        return self.token(
            tenant=tenant,
            grant_type="authorization_code",
            code=code,
            **{"redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER, **changes},
        )

    def token(self, *, tenant: str = DEMO_DOMAIN, **fields: str | None) -> httpx2.Response:
        sent = {"client_id": str(DEMO_CLIENT_ID), "client_secret": DEMO_SECRET, **fields}
        kept = {name: value for name, value in sent.items() if value is not None}
        return self.http.post(f"/{tenant}/oauth2/v2.0/token", data=kept)

    def tokens(self, user: str = ADMINISTRATOR, **changes: str | None) -> dict[str, str]:
        answer = self.redeem(self.link(user, **changes)["code"])
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def companies(self, token: str, *, tenant: str | None = None, environment: str = "Production") -> httpx2.Response:
        place = environment if tenant is None else f"{tenant}/{environment}"
        return self.http.get(f"/v2.0/{place}/api/v2.0/companies", headers={"authorization": f"Bearer {token}"})


def arrived(redirect: httpx2.Response) -> dict[str, str]:
    """Return the parameters of a redirect to the application."""
    assert 302 == redirect.status_code, redirect.text
    target = redirect.headers["location"]
    assert target.startswith(REDIRECT_URI)
    parts = urlsplit(target)
    return dict(parse_qsl(parts.query or parts.fragment))


def claims_of(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def header_of(token: str) -> dict[str, object]:
    part = token.split(".", maxsplit=1)[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
