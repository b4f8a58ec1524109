"""A small Business Central of one tenant and a client for it, for the tests of the OData side."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import httpx2
import orjson
from starlette.applications import Starlette

from linkspan.simulator.books.demo import build_demo_world
from linkspan.simulator.books.fields import blank
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company, Environment, Setup, World
from linkspan.simulator.clock import Clock
from linkspan.simulator.contract import load_contract
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.demo import (
    ADMINISTRATOR,
    DEMO_CLIENT_ID,
    DEMO_DOMAIN,
    DEMO_TENANT_ID,
    OTHER_DOMAIN,
    OTHER_TENANT_ID,
    demo_directory,
)
from linkspan.simulator.entra.resources import BUSINESS_CENTRAL
from linkspan.simulator.entra.tokens import Subject, mint_access_token
from linkspan.simulator.identity import Identity
from linkspan.simulator.limits import Gate
from linkspan.simulator.odata.endpoint import routes
from linkspan.simulator.served import Service
from linkspan.simulator.switches import SwitchBoard
from linkspan.simulator.webhooks.courier import Courier
from linkspan.simulator.webhooks.endpoint import SubscriptionEndpoint

CONTRACT = load_contract()
ENTITIES = CONTRACT.entities
NAMES = UUID("5b0e8a52-3d8e-4a3e-9b7a-6d1f2c3b4a50")
BASE = "http://bc.test"
API = f"{BASE}/v2.0/Production/api/v2.0"
COMPANY_NAME = "Skua Boatyard"
OTHER_COMPANY_NAME = "Tern & Tide"


def made_id(name: str) -> UUID:
    """Return the same id for the same name."""
    return uuid5(NAMES, name)


COMPANY_ID = made_id(COMPANY_NAME)
ROOT = f"{API}/companies({COMPANY_ID})"


def row(entity: str, name: str, **values: object) -> Record:
    """Return a record with the given values, the rest blank; its id comes from `name`."""
    return {**blank(ENTITIES[entity]), "id": made_id(f"{entity} {name}"), **values}


def small_company(world: World, name: str) -> Company:
    """Return a company with a few customers, currencies, dimensions and journals."""
    setup = Setup(
        local_currency="NOK",
        country="NO",
        tax_rates={},
        exchange_rates={"EUR": Decimal("11.5")},
        defaults={"paymentTerm": "30D", "paymentMethod": "BANK", "taxArea": "HOME"},
        accounts={"payment_registration_bank": "B1"},
    )
    company = Company(made_id(name), name, setup, world.log)
    tables = company.tables
    tables["currency"].load(
        [row("currency", "EUR", code="EUR", displayName="Euro", amountRoundingPrecision=Decimal("0.01"))]
    )
    tables["paymentTerm"].load([row("paymentTerm", "30D", code="30D", displayName="Net 30 days")])
    tables["paymentMethod"].load([row("paymentMethod", "BANK", code="BANK")])
    tables["taxArea"].load([row("taxArea", "HOME", code="HOME", displayName="Home")])
    tables["customer"].load([customer(place) for place in range(1, 6)])
    load_dimensions(company)
    load_journals(company)
    company.internal["numberSeries"].load(
        [{"id": made_id("series"), "code": "CUST", "last": "C00040", "step": 10, "manual": True}]
    )
    return company


def load_dimensions(company: Company) -> None:
    """Fill in two dimensions with three values."""
    company.tables["dimension"].load([row("dimension", "AREA", code="AREA"), row("dimension", "BOAT", code="BOAT")])
    company.tables["dimensionValue"].load(
        [
            row("dimensionValue", f"{owner}{code}", code=code, dimensionId=made_id(f"dimension {owner}"))
            for owner, code in (("AREA", "NORTH"), ("AREA", "SOUTH"), ("BOAT", "SKIFF"))
        ]
    )


def load_journals(company: Company) -> None:
    """Fill in two journals, the first with two lines."""
    company.tables["journal"].load(
        [
            row("journal", "DAILY", code="DAILY", templateDisplayName="GENERAL"),
            row("journal", "CASH", code="CASH", templateDisplayName="CASHRCPT"),
        ]
    )
    company.tables["journalLine"].load(
        [
            row(
                "journalLine",
                str(place),
                journalId=made_id("journal DAILY"),
                lineNumber=place * 10_000,
                amount=Decimal(f"{place}.50"),
            )
            for place in (1, 2)
        ]
    )


def customer(place: int) -> Record:
    """Return the customer with this number of five digits; every second one pays in euro."""
    euro = place % 2 == 0
    return row(
        "customer",
        f"{place}0000",
        number=f"{place}0000",
        displayName=f"Customer {place}",
        type="Company" if euro else "Person",
        creditLimit=Decimal(place) / 4,
        currencyId=made_id("currency EUR") if euro else UUID(int=0),
        currencyCode="EUR" if euro else "NOK",
    )


@dataclass
class Sim:
    """The small world with its client; `ask` sends one request with a valid token."""

    world: World
    environment: Environment
    company: Company
    client: httpx2.AsyncClient
    clock: Clock
    gate: Gate
    switches: SwitchBoard
    service: Service

    @property
    def root(self) -> str:
        """The address of the company."""
        return f"{API}/companies({self.company.id})"

    async def ask(
        self, method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Send a request to `url`, which may be relative to the company."""
        sent = dict(headers or {})
        content = None
        if isinstance(body, bytes):
            content = body
        elif body is not None:
            content = orjson.dumps(body)
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        address = url if url.startswith("http") else f"{self.root}/{url}"
        return await self.client.request(method, address, content=content, headers=sent)

    async def get(self, url: str, **headers: str) -> Any:
        """Return the JSON of a GET that must succeed."""
        response = await self.ask("GET", url, headers={name.replace("_", "-"): text for name, text in headers.items()})
        assert 200 == response.status_code, response.text
        return response.json()

    async def refusal(self, method: str, url: str, body: object = None, **headers: str) -> tuple[int, str, str]:
        """Return status, code and message (without its correlation id) of a refused request."""
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        response = await self.ask(method, url, body, sent)
        error = response.json()["error"]
        text, mark, correlation = error["message"].partition("  CorrelationId:  ")
        if mark:
            assert f"{response.headers['request-id']}." == correlation
        return response.status_code, error["code"], text


def build_sim() -> Sim:
    """Return a fresh small world with two environments, the first with two companies, and a client with a token."""
    clock = Clock()
    world = World(clock)
    tenant = world.add_tenant(DEMO_TENANT_ID, DEMO_DOMAIN)
    environment = tenant.add("Production", "Production", country="NO")
    tenant.add("Sandbox", "Sandbox", country="NO")
    world.add_tenant(OTHER_TENANT_ID, OTHER_DOMAIN).add("Production", "Production")
    company = environment.add(small_company(world, COMPANY_NAME))
    environment.add(small_company(world, OTHER_COMPANY_NAME))
    return _sim(world, environment, company, clock)


def build_demo_sim() -> Sim:
    """Return the demo world, in its first company."""
    clock = Clock()
    world = build_demo_world(clock)
    environment = world.find_environment(DEMO_DOMAIN, "Production")
    return _sim(world, environment, next(iter(environment.companies.values())), clock)


def _sim(world: World, environment: Environment, company: Company, clock: Clock) -> Sim:
    authority = Authority(demo_directory(), clock)
    service, identity = Service(world, Gate(clock)), Identity(authority)
    subscriptions = SubscriptionEndpoint(service, identity, Courier(world, clock))
    app = Starlette(routes=routes(service, identity, subscriptions))
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), headers={"Authorization": f"Bearer {user_token(authority)}"}
    )
    return Sim(world, environment, company, client, clock, service.gate, service.switches, service)


def user_token(authority: Authority) -> str:
    """Return an access token of the demo administrator for Business Central."""
    app = authority.directory.find_app(str(DEMO_CLIENT_ID))
    user = authority.directory.find_user(ADMINISTRATOR)
    assert app is not None
    scopes = frozenset({BUSINESS_CENTRAL.scope("Financials.ReadWrite.All")})
    return mint_access_token(authority, Subject(app, "1", DEMO_TENANT_ID, user), BUSINESS_CENTRAL, scopes)[0]
