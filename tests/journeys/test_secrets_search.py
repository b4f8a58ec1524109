"""A search for planted secrets: nothing that a journey through every door wrote, said or logged holds one in clear.

What the journey plants: client secrets (right, wrong and old ones), a private key, tokens, sign-in codes, states, connect session tokens, an
API key, a webhook's secret, the browser's cookie. What is searched: database files, logs at their loudest, answers and pages of all doors,
error texts, addresses, and what the commands print.
"""

import asyncio
import base64
import logging
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import structlog

from linking_world import BROWSER, PUBLIC_URL, World, linking_world, sign_in
from linkspan.cli.log_output import configure_log_output
from linkspan.errors import LinkspanError
from linkspan.model import Secret
from linkspan.providerauth.master_key import key_file
from linkspan.server import build_app
from linkspan.settings import Settings
from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import DEMO_CLIENT_ID, DEMO_SECRET
from linkspan.storage.database import open_database
from linkspan.usecases.check_account import check_account
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.rotate_keys import rotate_keys
from own_certificates import new_certificate

pytestmark = pytest.mark.timeout(240)  # a journey through every door, commands included

WRONG = "planted-wrong-secret-0b7c41"
TOKEN = "/oauth2/v2.0/token"


@dataclass
class Search:
    """What was planted, by name, and what was said, by place."""

    planted: dict[str, str] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)

    def plant(self, name: str, secret: Secret | str) -> None:
        self.planted[f"{name} {len(self.planted)}"] = secret.reveal() if isinstance(secret, Secret) else secret

    def hear(self, place: str, answer: httpx2.Response | LinkspanError | str) -> None:
        if isinstance(answer, httpx2.Response):
            shown = f"{answer.request.method} {place} {answer.status_code}\n{answer.headers!r}\n{answer.text}"
        elif isinstance(answer, LinkspanError):
            shown = f"{answer!r} {answer} {answer.message} {answer.next_step} {answer.link} {answer.provider!r} {vars(answer)}"
        else:
            shown = answer
        self.said.append((place, shown))

    def found(self, place: str, text: bytes) -> list[str]:
        """The names of what lies there in clear, as it is or in Base64."""
        return [
            f"{name} in {place}"
            for name, secret in self.planted.items()
            if secret.encode() in text or base64.b64encode(secret.encode())[:-4] in text
        ]


@pytest.fixture
async def world(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    database = open_database(sqlite_database_url)
    with Simulator.start() as simulator:
        async with linking_world(simulator, database, tmp_path) as made:
            yield made
    await database.close()


async def grants(world: World, search: Search, account) -> None:
    """Plant the tokens that an account has now."""
    grant, vault = await world.hall.grants.read(account.project_id, account.id), world.hall.vault
    owner = f"account:{account.id}"
    search.plant("access token", await vault.open(account.project_id, owner, "access_token", grant.access))
    if grant.refresh is not None:
        search.plant("refresh token", await vault.open(account.project_id, owner, "refresh_token", grant.refresh))


async def linking(world: World, search: Search, client: httpx2.AsyncClient) -> None:
    """Through the pages, and into each wall of them."""
    for trouble in (None, 50076, 7000215, 90094, 54005):
        opened = await world.open(owner=f"owner {trouble}")
        search.plant("connect session", opened.token)
        entered = await client.get(f"/connect/s/{opened.token.reveal()}", follow_redirects=False)
        # The cookie is where the token belongs, and the link itself is what was asked.
        search.hear("link", f"{entered.status_code} {entered.headers['location']} {entered.text}")
        address = await world.start(opened)
        search.hear("authorize address", re.sub(r"state=[^&]+", "", address))
        params = await sign_in(address)
        search.plant("code", params["code"])
        search.plant("state", params["state"])
        if trouble is not None:
            world.simulator.fail_token_requests(trouble)
        back = await client.get("/connect/oauth2/dynamics365bc/callback", params=params, follow_redirects=True)
        search.hear("callback", back)
        again = await client.get("/connect/oauth2/dynamics365bc/callback", params=params, follow_redirects=True)
        search.hear("callback twice", again)


async def hostile(world: World, search: Search, account, client: httpx2.AsyncClient) -> None:
    """A provider that says aloud what it was sent, and other troubles of a refresh."""
    grant = await world.hall.grants.read(account.project_id, account.id)
    owner = f"account:{account.id}"
    sent = await world.hall.vault.open(account.project_id, owner, "refresh_token", grant.refresh)
    for error in ("invalid_request", "temporarily_unavailable"):
        body = {"error": error, "error_description": f"AADSTS9002313: {DEMO_SECRET} {sent.reveal()} is odd."}
        world.simulator.fail_next("status", path=TOKEN, status=400, body=body, times=2)
        world.later(hours=2)
        headers = {"x-account-id": account.id}
        search.hear("rest", await client.post("/v1/actions/dynamics365bc_list_items", json={}, headers=headers))
        search.hear(
            "rpc", await client.post("/actions/rpc", json={"action": "dynamics365bc_list_items"}, headers=headers)
        )
        for check in await check_account(world.hall, world.caller, account.id):
            search.hear("doctor", f"{check}")
        world.simulator.clear_failures()
        await grants(world, search, account)
    for kind in ("drop_after", "html", "half_body"):
        world.later(hours=2)
        world.simulator.fail_next(kind, path=TOKEN, times=2)
        try:
            await world.token(account)
        except LinkspanError as caught:
            search.hear("refresh", caught)
        world.clock.offset += world.clock.offset.__class__(seconds=10)
        await grants(world, search, account)


async def management(world: World, search: Search, client: httpx2.AsyncClient) -> None:
    """Profiles with every kind of credential, made, changed, read, and refused."""
    pem, key = new_certificate()
    search.plant("private key", key.splitlines()[3])
    body = {
        "connector": "dynamics365bc",
        "name": "certified",
        "client_id": str(DEMO_CLIENT_ID),
        "auth_method": "oauth-2-0-certificate",
    }
    search.hear("profile", await client.post("/v1/profiles", json={**body, "certificate": pem, "certificate_key": key}))
    search.hear("profile", await client.post("/v1/profiles", json={**body, "certificate": key, "certificate_key": key}))
    search.hear("profile", await client.post("/v1/profiles", json={**body, "client_secret": WRONG, "colour": "red"}))
    here = f"/v1/profiles/{world.profile.id}"
    search.hear("profile", await client.patch(here, json={"client_secret": WRONG, "keep_old_secret": True}))
    search.hear("profile", await client.patch(here, json={"client_secret": {"value": WRONG}}))
    hook = await client.post(
        "/v1/webhooks", json={"url": "https://app.example.com/hooks", "events": ["account.created"]}
    )
    if (secret := hook.json().get("secret")) is not None:
        search.plant("webhook secret", secret)
    for path in (
        "/v1/profiles",
        here,
        "/v1/accounts",
        "/v1/runs",
        "/v1/webhooks",
        "/v1/openapi.json",
        "/accounts",
        "/v1/keys",
    ):
        search.hear(path, await client.get(path))


async def commands(world: World, search: Search, account) -> None:
    """What the operator's commands print."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LINKSPAN_")}
    environment = clean | {
        "LINKSPAN_DATA_DIR": str(world.hall.settings.data_dir), "LINKSPAN_ALLOW_PRIVATE_ADDRESSES": "true",
        "LINKSPAN_PUBLIC_URL": PUBLIC_URL, "LINKSPAN_LOG_LEVEL": "debug",
    }  # fmt: skip
    program = Path(sys.executable).parent / "linkspan"
    for words in (
        ("profile", "show", world.profile.id), ("profile", "list", "--json"), ("account", "show", account.id), ("doctor", account.id),
        ("logs", "list"), ("run", "dynamics365bc_list_items", "--account", account.id), ("key", "list"), ("webhook", "list"),
    ):  # fmt: skip
        done = await asyncio.to_thread(
            subprocess.run, [program, *words], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        search.hear(" ".join(words), done.stdout + done.stderr)


@pytest.fixture
def loud_log(capfd) -> Iterator[None]:
    """The server's own log, at its loudest, on standard error; put back as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_log_output(Settings(log_level="debug"))
    yield
    root.handlers, level = before
    root.setLevel(level)
    for name in ("linkspan", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()


async def test_no_planted_secret_is_found_anywhere(loud_log, world, tmp_path, capfd):
    search = Search()
    for name, secret in {"client secret": DEMO_SECRET, "wrong secret": WRONG, "browser": BROWSER.reveal()}.items():
        search.plant(name, secret)
    search.plant("master key", key_file(world.hall.settings).read_text().strip())
    _, key = await create_key(world.hall, world.caller, NewKey("journey"))
    search.plant("API key", key)
    inside = httpx2.ASGITransport(app=build_app(world.hall))
    cookies, headers = {"linkspan_browser": BROWSER.reveal()}, {"authorization": f"Bearer {key.reveal()}"}
    async with httpx2.AsyncClient(transport=inside, base_url=PUBLIC_URL, cookies=cookies, headers=headers) as client:
        account = await world.link()
        await grants(world, search, account)
        await linking(world, search, client)
        await hostile(world, search, account, client)
        await management(world, search, client)
        await rotate_keys(world.hall)
        await world.hall.run_log.flush()
        await commands(world, search, account)
    logged = capfd.readouterr()
    search.hear("standard output", logged.out)
    search.hear("log", logged.err)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "master.key"]
    found = [name for place, text in search.said for name in search.found(place, text.encode())]
    found += [name for path in files for name in search.found(path.name, path.read_bytes())]

    assert [] == sorted(set(found))
    assert len(search.planted) > 25
    assert "warning" in logged.err
    assert any(path.name.startswith("linkspan.db") and path.stat().st_size > 100_000 for path in files)
    steps = (
        sqlite3.connect(tmp_path / "linkspan.db")
        .execute("SELECT count(*), sum(url LIKE '%?%code%') FROM run_steps")
        .fetchone()
    )
    assert steps[0] > 10
    assert not steps[1]


def test_the_search_finds_what_it_looks_for():
    search = Search({"a": "planted-and-found"})

    assert ["a in here"] == search.found("here", b"... planted-and-found ...")
    assert ["a in here"] == search.found("here", b"x" + base64.b64encode(b"planted-and-found"))
    assert [] == search.found("here", b"planted-and-f0und")
