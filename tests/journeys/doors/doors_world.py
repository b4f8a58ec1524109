"""A whole installation in this process, over a simulator on real HTTP: what the tests of the doors drive."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2

from linkspan.cli.walk import Form, forms_of
from linkspan.model import Account, Caller, KeyScope, Owner, Profile, Project, Secret
from linkspan.server import build_app
from linkspan.settings import Settings
from linkspan.simulator import Simulator
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.create_connect_session import NewSession, create_connect_session
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.create_profile import NewProfile, create_profile
from linkspan.usecases.create_project import create_project
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_accounts import list_accounts
from linkspan.wiring import opened_hall, utc_now

BASE = "https://linkspan.example"
CONNECTOR = "dynamics365bc"
REDIRECT = f"{BASE}/connect/oauth2/{CONNECTOR}/callback"


@dataclass(slots=True)
class World:
    """One installation: project, key, profile and a linked account."""

    hall: Hall
    simulator: Simulator
    project: Project
    caller: Caller
    key: str
    profile: Profile
    account: Account | None = None

    @asynccontextmanager
    async def browser(self, **given: object) -> AsyncIterator[httpx2.AsyncClient]:
        """A client that reaches our pages in this process, and the simulator over HTTP."""
        inside = httpx2.ASGITransport(app=build_app(self.hall))
        usual: dict[str, object] = {"follow_redirects": True, "timeout": 20}
        async with httpx2.AsyncClient(base_url=BASE, mounts={BASE: inside}, **usual | given) as client:
            yield client

    @asynccontextmanager
    async def api(self, key: str | None = None) -> AsyncIterator[httpx2.AsyncClient]:
        """A client with the key and the account."""
        headers = {"x-account-id": self.account.id} if self.account else {}
        async with self.browser(auth=(key or self.key, ""), headers=headers) as client:
            yield client

    async def rpc(self, action: str, **groups: object) -> httpx2.Response:
        async with self.api() as client:
            return await client.post("/actions/rpc", json={"action": f"{CONNECTOR}_{action}", **groups})

    async def new_key(self, *scopes: KeyScope, **given: object) -> str:
        _, text = await create_key(self.hall, self.caller, NewKey("test", frozenset(scopes) or ALL_SCOPES, **given))
        return text.reveal()

    async def link_url(self, owner: str, **given: object) -> str:
        new = NewSession(owner=Owner(owner, owner), profile_id=self.profile.id, **given)
        return (await create_connect_session(self.hall, self.caller, new)).link_url

    def answers(self, **other: str) -> dict[str, str]:
        """What a person enters on the way."""
        demo = self.simulator.demo
        told = {
            "tenant_id": str(demo.tenant_id),
            "environment": demo.environment,
            "username": demo.user,
            "password": demo.password,
            "answer": "accept",
            "company_id": str(demo.company_id),
        }
        return told | other


async def open_world(
    folder: Path, simulator: Simulator, *, clock: Callable[[], datetime] = utc_now, **given: object
) -> AsyncIterator[World]:
    """The installation, with one account linked through the real pages; `given` are more settings."""
    settings = Settings(data_dir=folder, public_url=BASE, allow_private_addresses=True, **given)
    demo = simulator.demo
    simulator.add_redirect_uri(demo.client_id, REDIRECT)
    async with opened_hall(settings, clock=clock) as hall:
        project = await create_project(hall, "Brygge Orders")
        caller = Caller(project.id, ALL_SCOPES)
        _, key = await create_key(hall, caller, NewKey("doors"))
        secret = Secret(demo.client_secret)
        new = NewProfile(CONNECTOR, "Simulator", str(demo.client_id), client_secret=secret, provider_url=simulator.url)
        world = World(hall, simulator, project, caller, key.reveal(), await create_profile(hall, caller, new))
        async with world.browser() as browser:
            page = await walk(browser, await world.link_url("first"), world.answers())
        assert "Linked" in page.text, page.text
        world.account = (await list_accounts(hall, caller))[0]
        yield world


async def walk(
    browser: httpx2.AsyncClient, address: str, answers: Mapping[str, str], *, most: int = 8
) -> httpx2.Response:
    """Open the address and submit one form after another, until a page has none that the answers fit."""
    page = await browser.get(address)
    for _ in range(most):
        form = fitting_form(page.text, answers)
        if form is None or page.is_error:
            break
        page = await submit(browser, page, form, answers)
    return page


def fitting_form(html: str, answers: Mapping[str, str]) -> Form | None:
    """The POST form that takes most of the answers."""
    forms = [
        (len({*form.values, *form.choices, *(name for name, _, _ in form.buttons)} & answers.keys()), form)
        for form in forms_of(html)
        if form.method == "post"
    ]
    fit, form = max(forms, key=lambda pair: pair[0], default=(0, None))
    return form if fit else None


async def submit(
    browser: httpx2.AsyncClient, page: httpx2.Response, form: Form, answers: Mapping[str, str]
) -> httpx2.Response:
    data = dict(form.values)
    names = {*form.values, *form.choices, *(name for name, _, _ in form.buttons if name)}
    data |= {name: value for name, value in answers.items() if name in names}
    return await browser.post(page.url.join(form.action or str(page.url)), data=data)
