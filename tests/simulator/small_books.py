"""A small trading company behind its API in this process, quick enough to be made anew thousands of times."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from odata_world import user_token
from starlette.applications import Starlette

from linkspan.simulator.books.demo import MAIN_DOMAIN, MAIN_TENANT_ID, build_company
from linkspan.simulator.books.fields import number
from linkspan.simulator.books.seed.plan import Plan
from linkspan.simulator.books.seed.time import SeedClock
from linkspan.simulator.books.world import Company, World
from linkspan.simulator.clock import Clock
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.demo import demo_directory
from linkspan.simulator.identity import Identity
from linkspan.simulator.limits import Gate, Limits
from linkspan.simulator.odata.endpoint import routes
from linkspan.simulator.served import Service
from linkspan.simulator.webhooks.courier import Courier
from linkspan.simulator.webhooks.endpoint import SubscriptionEndpoint

NAME = "Skerry Supplies"
_NOTHING = {
    "quotes": 0, "orders": 0, "invoices": 0, "credit_memos": 0, "purchase_orders": 0, "purchase_invoices": 0,
}  # fmt: skip


@cache
def _template() -> World:
    clock = SeedClock(Clock().now().date())
    world = World(clock)
    place = world.add_tenant(MAIN_TENANT_ID, MAIN_DOMAIN).add("Production", "Production", country="GB")
    plan = Plan(NAME, "GB", "GBP", "Oban", MAIN_DOMAIN, seed=7, customers=14, vendors=8, items=12, **_NOTHING)
    build_company(place, plan, clock)
    return world


@cache
def _entrance() -> tuple[Identity, str]:
    authority = Authority(demo_directory(), Clock())
    return Identity(authority), user_token(authority)


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its headers by lower-case name, and its JSON (None without any)."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def done(self) -> bool:
        return self.status < 300

    @property
    def etag(self) -> str:
        return str(self.body["@odata.etag"])


@dataclass
class Books:
    """The company at its door; `ask` refuses to take an answer of 500 or above."""

    loop: asyncio.AbstractEventLoop
    app: Starlette
    token: str
    company: Company
    asked: int = field(default=0)

    def ask(self, method: str, path: str, body: object = None, *, match: str = "*") -> Reply:
        """Send one request to an address below the company."""
        self.asked += 1
        address, _, query = path.partition("?")
        target = f"/v2.0/Production/api/v2.0/companies({self.company.id})/{address}"
        headers = [(b"host", b"bc.test"), (b"authorization", f"Bearer {self.token}".encode())]
        if method in {"PATCH", "DELETE"}:
            headers.append((b"if-match", match.encode()))
        content = b"" if body is None else orjson.dumps(body)
        if content:
            headers.append((b"content-type", b"application/json"))
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": target, "raw_path": target.encode(), "query_string": query.replace(" ", "%20").encode(),
            "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("bc.test", 80),
        }  # fmt: skip
        reply = self.loop.run_until_complete(_call(self.app, scope, content))
        assert reply.status < 500, (method, path, body, reply.body)
        return reply

    def get(self, path: str) -> dict[str, Any]:
        """Return a record or page that must be there."""
        reply = self.ask("GET", path)
        assert 200 == reply.status, (path, reply.body)
        found: dict[str, Any] = reply.body
        return found

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Return the records of a set."""
        found: list[dict[str, Any]] = self.get(path)["value"]
        return found

    def in_bank(self) -> Decimal:
        """Return what the entries of the current account come to, which no entity of the API shows."""
        bank = self.company.tables["bankAccount"].find("CURRENT")
        assert bank is not None
        rows = self.company.internal["bankLedgerEntry"].all()
        return sum((number(row, "remaining") for row in rows if row["bankAccountId"] == bank["id"]), Decimal(0))


async def _call(app: Starlette, scope: dict[str, Any], content: bytes) -> Reply:
    parts: list[bytes] = []
    start: dict[str, Any] = {}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    text = b"".join(parts)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    body = (
        json.loads(text, parse_float=Decimal, parse_int=Decimal)
        if headers.get("content-type", "").startswith("application/json")
        else None
    )
    return Reply(start["status"], headers, body)


@contextmanager
def a_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Yield an event loop for a test's requests."""
    loop = asyncio.new_event_loop()
    try:
        yield loop
    finally:
        loop.close()


def open_books(loop: asyncio.AbstractEventLoop) -> Books:
    """Return a fresh copy of the company; there is no limit on the number of requests."""
    identity, token = _entrance()
    clock = Clock()
    world = _template().fork(clock)
    company = world.find_environment(MAIN_DOMAIN, "Production").find_company(NAME)
    assert company is not None
    gate = Gate(clock)
    gate.limits = Limits(requests=10**9)
    service = Service(world, gate)
    subscriptions = SubscriptionEndpoint(service, identity, Courier(world, clock))
    return Books(loop, Starlette(routes=routes(service, identity, subscriptions)), token, company)
