"""Odd requests on every entity set of every route: whatever is sent, the answer is a refusal or a result, never a failure."""

import asyncio
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from http_desk import HttpDesk, open_desk
from odd_requests import NOWHERE, Odd, odd_requests

from linkspan.simulator.administration.route import ROUTE, load_automation
from linkspan.simulator.contract import Contract, Entity, load_contract
from linkspan.simulator.custom_apis import read_document
from linkspan.simulator.odata.keys import write_key
from sizes import size

DOCS = Path(__file__).resolve().parents[3] / "docs" / "simulator.md"
CUSTOM = next(
    read_document(json.loads(text))
    for text in re.findall(r"^```json\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if '"route"' in text
)
STANDARD = "api/v2.0"
AUTOMATION = "/".join(("api", *ROUTE))
CONTRACTS: dict[str, Contract] = {
    STANDARD: load_contract(),
    AUTOMATION: load_automation(),
    "/".join(("api", *CUSTOM.route)): CUSTOM.contract,
}
PLACES = [
    (route, name) for route, contract in CONTRACTS.items() for name in contract.entities if name != "subscription"
]
NOT_BUILT = 501


def record_of(desk: HttpDesk, entity: Entity) -> tuple[dict[str, object] | None, str]:
    """Return a record of a set with its key; where there is none, the key of nothing."""
    rows = desk.send("GET", f"{entity.set}?$top=1").json().get("value")
    if not rows:
        return None, NOWHERE
    parts = {name: UUID(rows[0][name]) if entity.fields[name].type == "guid" else rows[0][name] for name in entity.key}
    return rows[0], write_key(entity, parts)


def failures(desk: HttpDesk, entity: Entity) -> Iterator[tuple[Odd, int, str]]:
    """Send some of what is odd and yield what made the simulator fail, or was not answered as an answer is."""
    record, key = record_of(desk, entity)
    requests = list(odd_requests(entity, record, key))
    chance = random.Random(f"{desk.root} {entity.name}")  # noqa: S311 - chance for a test, not a secret
    for odd in chance.sample(requests, min(size("odd_requests"), len(requests))):
        answer = desk.send(odd.method, odd.path, odd.body, odd.headers)
        failed = answer.status_code >= 500 and answer.status_code != NOT_BUILT
        refused = answer.status_code >= 400 and odd.method != "HEAD"
        if failed or (refused and not answer.json()["error"]["code"]):
            yield odd, answer.status_code, answer.text


@pytest.fixture(scope="module")
def desks() -> Iterator[dict[str, HttpDesk]]:
    """By route, a desk at the demo company, and under `new` one at a company that has just been made."""
    with asyncio.Runner() as runner:
        desk = open_desk(runner, requests=10**9, apis=(CUSTOM,))
        found = {route: replace(desk, root=desk.root.replace(f"/{STANDARD}/", f"/{route}/")) for route in CONTRACTS}
        company = found[AUTOMATION].make("automationCompanies", displayName="Gannet Sails")
        front = desk.root.rpartition("(")[0]
        yield {**found, "new": replace(desk, root=f"{front}({company['id']})")}


@pytest.mark.parametrize(("route", "name"), PLACES)
def test_nothing_odd_makes_an_entity_set_fail(desks, route, name):
    assert [] == list(failures(desks[route], CONTRACTS[route].entities[name]))


@pytest.mark.parametrize("name", [name for route, name in PLACES if route == STANDARD])
def test_nothing_odd_makes_a_new_company_fail(desks, name):
    assert [] == list(failures(desks["new"], load_contract().entities[name]))


@pytest.mark.parametrize(
    "path", ["", "$metadata", "entityDefinitions", "entityDefinitions('customer')", "$batch", "companies", "nothing"]
)
@pytest.mark.parametrize(
    "route", [*CONTRACTS, "api/microsoft/runtime/beta", "api/microsoft/automation/v1.0", "api/x/y", "ODataV4"]
)
def test_nothing_odd_makes_a_route_fail(desks, route, path):
    root = desks[STANDARD].root.partition(f"/{STANDARD}/")[0]
    odd = [
        (method, tail)
        for method in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
        for tail in ("", "/", "/x", "?$filter=(", "(1)", "?$top=-1")
    ]
    answers = [desks[STANDARD].send(method, f"{root}/{route}/{path}{tail}", {}) for method, tail in odd]

    assert {answer.status_code for answer in answers} <= {200, 201, 400, 404, 405, 415, 501}
