"""A desk that works one company of the demo world over HTTP alone: what a test of a behaviour asks and checks with."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

import httpx2
import orjson
from odata_world import BASE, user_token
from starlette.applications import Starlette

from linkspan.simulator.books.demo import MAIN_COMPANY, MAIN_DOMAIN, build_demo_world
from linkspan.simulator.clock import Clock
from linkspan.simulator.custom_apis import CustomApi
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.demo import demo_directory
from linkspan.simulator.identity import Identity
from linkspan.simulator.limits import Gate
from linkspan.simulator.odata.endpoint import routes
from linkspan.simulator.served import Service
from linkspan.simulator.webhooks.courier import Courier
from linkspan.simulator.webhooks.endpoint import SubscriptionEndpoint

NO_ID = "00000000-0000-0000-0000-000000000000"
NOWHERE = "0d5c9b6e-1f5b-4f43-9e0c-3a2b1c0d9e8f"
API = f"{BASE}/v2.0/Production/api/v2.0"
PNG = "image/png"


@cache
def _entrance() -> tuple[Identity, str]:
    """Return the bearer check and a valid token; its keys take long to make and are no part of any behaviour."""
    authority = Authority(demo_directory(), Clock())
    return Identity(authority), user_token(authority)


@dataclass
class HttpDesk:
    """One company behind its address; every call is a request, and what must succeed is checked to have."""

    runner: asyncio.Runner
    client: httpx2.AsyncClient
    root: str

    def send(
        self, method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Send one request to an address below the company."""
        sent = dict(headers or {})
        content = body if isinstance(body, bytes) else None if body is None else orjson.dumps(body)
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        address = url if url.startswith("http") else f"{self.root}/{url}"
        return self.runner.run(self.client.request(method, address, content=content, headers=sent))

    def get(self, url: str) -> dict[str, Any]:
        """Return a record or a page."""
        return _read(self.send("GET", url), 200)

    def rows(self, url: str) -> list[dict[str, Any]]:
        """Return the records of a set."""
        found: list[dict[str, Any]] = self.get(url)["value"]
        return found

    def one(self, entity_set: str, condition: str) -> dict[str, Any]:
        """Return the first record that a filter lets pass."""
        return self.rows(f"{entity_set}?$filter={condition}")[0]

    def make(self, url: str, **values: object) -> dict[str, Any]:
        """Create a record and return it as answered, after seeing that a GET answers the same."""
        response = self.send("POST", url, values)
        made = _read(response, 201)
        again = self.get(response.headers["location"])
        assert {**made, "@odata.context": ""} == {**again, "@odata.context": ""}
        return made

    def change(self, url: str, **values: object) -> dict[str, Any]:
        """Change a record under its present etag and return it as answered, after seeing that a GET answers the same.

        The answer must hold the new values and another etag.
        """
        before = self.get(url)
        changed = _read(self.send("PATCH", url, values, {"If-Match": before["@odata.etag"]}), 200)
        assert self.get(url) == changed
        assert before["@odata.etag"] != changed["@odata.etag"]
        return changed

    def drop(self, url: str) -> None:
        """Delete a record: the answer is empty, and the record is gone."""
        response = self.send("DELETE", url)
        assert (204, b"") == (response.status_code, response.content)
        assert 404 == self.send("GET", url).status_code

    def run(self, url: str) -> httpx2.Response:
        """Run a bound action, which answers nothing."""
        response = self.send("POST", url)
        assert (204, b"") == (response.status_code, response.content), response.text
        return response

    def refused(self, method: str, url: str, body: object = None, *, status: int = 400) -> str:
        """Return the message of a request that must be refused, without its correlation id."""
        headers = {"If-Match": "*"} if method == "PATCH" else {}
        error = _read(self.send(method, url, body, headers), status)["error"]
        assert error["code"]
        return str(error["message"]).partition("  CorrelationId:")[0]

    def upload(self, url: str, data: bytes) -> None:
        """Write the bytes of a stream."""
        kind = {"If-Match": "*", "Content-Type": "application/octet-stream"}
        response = self.send("PATCH", url, data, kind)
        assert (204, b"") == (response.status_code, response.content), response.text

    def download(self, url: str) -> bytes:
        """Return the bytes of a stream that has some."""
        response = self.send("GET", url)
        assert 200 == response.status_code, response.text
        return response.content


def open_desk(
    runner: asyncio.Runner,
    templates: Mapping[str, Mapping[str, object]] | None = None,
    *,
    requests: int | None = None,
    apis: Iterable[CustomApi] = (),
) -> HttpDesk:
    """Return a desk at a fresh copy of the demo company.

    `templates` are the values its new records start with; `requests` that many in place of the service's limit; `apis`
    are served besides.
    """
    identity, token = _entrance()
    clock = Clock()
    world = build_demo_world(clock)
    company = world.find_environment(MAIN_DOMAIN, "Production").find_company(MAIN_COMPANY)
    assert company is not None
    if templates is not None:
        company.setup = replace(company.setup, templates=templates)
    gate = Gate(world.clock)
    gate.limits = replace(gate.limits, requests=requests or gate.limits.requests)
    service = Service(world, gate)
    for api in apis:
        service.apis.add(api)
    subscriptions = SubscriptionEndpoint(service, identity, Courier(world, clock))
    app = Starlette(routes=routes(service, identity, subscriptions))
    headers = {"Authorization": f"Bearer {token}"}
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), headers=headers)
    return HttpDesk(runner, client, f"{API}/companies({company.id})")


def _read(response: httpx2.Response, status: int) -> Any:
    assert status == response.status_code, response.text
    return json.loads(response.content, parse_float=Decimal)
