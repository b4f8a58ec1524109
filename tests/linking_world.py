"""A hall over a real database and a running simulator, and a person who signs in: what linking and token tests need."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

from linkspan.model import Account, Caller, Owner, Profile, Secret
from linkspan.settings import Settings
from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import ADMINISTRATOR, DEMO_CLIENT_ID, DEMO_DOMAIN, DEMO_SECRET, PASSWORDS
from linkspan.storage.database import Database
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.choose_company import choose_company
from linkspan.usecases.create_connect_session import NewSession, OpenedSession, create_connect_session
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project
from linkspan.usecases.finish_linking import finish_linking
from linkspan.usecases.hall import Hall
from linkspan.usecases.link_views import LinkStage, LinkView
from linkspan.usecases.offer_companies import read_linking
from linkspan.usecases.start_linking import start_linking
from linkspan.wiring import build_hall

PUBLIC_URL = "http://localhost:8700"
CALLBACKS = f"{PUBLIC_URL}/connect/oauth2/"
CALLBACK = f"{CALLBACKS}dynamics365bc/callback"
BROWSER = Secret("browser-cookie-value-planted")
FIELDS = {"tenant_id": DEMO_DOMAIN, "environment": "Production"}


class MovableClock:
    """Real time plus an offset."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


class _Form(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.action, self.fields = "", dict[str, str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = known["action"]
        elif tag == "input" and known.get("type") != "checkbox":
            self.fields.setdefault(known["name"], known.get("value", ""))


async def sign_in(authorize_url: str, *, user: str = ADMINISTRATOR, answer: str = "accept") -> dict[str, str]:
    """Walk the provider's pages as a person does; what arrives at the callback."""
    async with httpx2.AsyncClient() as browser:
        page = await browser.get(authorize_url)
        for _ in range(4):
            if page.status_code == 302:
                location = page.headers["location"]
                if location.startswith(CALLBACKS):
                    return dict(parse_qsl(urlsplit(location).query))
                page = await browser.get(urljoin(str(page.url), location))
                continue
            assert page.status_code == 200, page.text
            form = _Form(page.text)
            typed = {"username": user, "password": PASSWORDS[user]} if "username" in form.fields else {"answer": answer}
            page = await browser.post(urljoin(str(page.url), form.action), data=form.fields | typed)
    raise AssertionError(re.sub(r"<[^>]+>", " ", page.text))


@dataclass(repr=False)
class World:
    """`link` does all that a person does; the parts of it are there for those who stop half-way."""

    hall: Hall
    simulator: Simulator
    caller: Caller
    profile: Profile
    clock: MovableClock
    database: Database
    kept: dict[str, object] = field(default_factory=dict)

    async def open(self, owner: str = "o1", **changes: object) -> OpenedSession:
        new = NewSession(owner=Owner(owner, "Holm & Vik"), profile_id=self.profile.id)
        return await create_connect_session(self.hall, self.caller, replace(new, **changes))

    async def start(self, opened: OpenedSession, fields: Mapping[str, str] = FIELDS, browser: Secret = BROWSER) -> str:
        return await start_linking(self.hall, opened.token, fields, browser)

    async def finish(self, params: Mapping[str, str], browser: Secret | None = BROWSER) -> LinkView:
        return await finish_linking(self.hall, self.profile.connector, params, browser)

    async def signed_in(self, fields: Mapping[str, str] = FIELDS, **changes: object) -> LinkView:
        address = await self.start(await self.open(**changes), fields)
        if address.startswith(f"{PUBLIC_URL}/connect/linking/"):  # nobody signs in
            return await read_linking(self.hall, address.rpartition("/")[2], BROWSER)
        return await self.finish(await sign_in(address))

    async def link(self, fields: Mapping[str, str] = FIELDS, **changes: object) -> Account:
        view = await self.signed_in(fields, **changes)
        if view.stage is LinkStage.CHOOSE_COMPANY:
            view = await choose_company(self.hall, view.attempt_id, view.companies[0].id, BROWSER)
        assert view.account is not None
        return view.account

    async def token(self, account: Account, **more: Secret) -> Secret:
        return await self.hall.tokens.token(account, self.profile, **more)

    def token_requests(self) -> list[int | None]:
        return [seen.status for seen in self.simulator.requests(method="POST", path="/oauth2/v2.0/token")]

    def later(self, **delta: float) -> None:
        """Let time pass, for Linkspan and for the provider."""
        self.clock.offset += timedelta(**delta)
        self.simulator.move_clock(timedelta(**delta))


@asynccontextmanager
async def linking_world(simulator: Simulator, database: Database, data_dir: Path) -> AsyncIterator[World]:
    """A new project with a profile for the simulator's demo application."""
    simulator.add_redirect_uri(DEMO_CLIENT_ID, CALLBACK)
    settings = Settings(data_dir=data_dir, public_url=PUBLIC_URL, allow_private_addresses=True, port=8700)
    transport, clock = PyreqwestTransport(allow_private_addresses=True), MovableClock()
    hall = await build_hall(settings, database, transport, clock)
    project = await create_project(hall, "Harbour")
    caller = Caller(project.id, ALL_SCOPES, source="cli")
    profile = await create_profile(
        hall, caller,
        NewProfile(
            connector="dynamics365bc", name="Main", client_id=str(DEMO_CLIENT_ID), client_secret=Secret(DEMO_SECRET),
            provider_url=simulator.url,
        ),
    )  # fmt: skip
    try:
        yield World(hall, simulator, caller, profile, clock, database)
    finally:
        await hall.tokens.close()
        await transport.close()
