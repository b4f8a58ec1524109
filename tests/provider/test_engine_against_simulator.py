"""The engine against the simulator's Business Central: the same contract, read by two programs that share no code."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import httpx2
import pytest
from engine_world import CONNECTOR, KeySeal, Steps, account, profile

from linkspan.engine.call import Inputs, Result
from linkspan.engine.engine import Engine
from linkspan.engine.retry import Patience
from linkspan.engine.target import target_of
from linkspan.errors import (
    CompanyNotFoundError,
    ConflictError,
    EnvironmentNotFoundError,
    InvalidInputError,
    LinkspanError,
    ProviderNotFoundError,
    ProviderRefusedTokenError,
    ProviderRejectedError,
    RateLimitedError,
    WriteOutcomeUnknownError,
)
from linkspan.model import Secret
from linkspan.simulator import Simulator
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.transport.throttle import Throttle
from linkspan.wiring import utc_now

QUICK = Patience(timeout=2, tries=3, first_pause=0.01, longest_pause=0.05, budget=3)


class Granted:
    """The TokenSource port over client credentials."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._token: Secret | None = None

    async def token(self, *, refused: Secret | None = None) -> Secret:
        if self._token is None or self._token == refused:
            self._token = await asyncio.to_thread(self._ask)
        return self._token

    def _ask(self) -> Secret:
        demo = self._simulator.demo
        form = {
            "grant_type": "client_credentials", "client_id": str(demo.client_id), "client_secret": demo.client_secret,
            "scope": "https://api.businesscentral.dynamics.com/.default",
        }  # fmt: skip
        answer = httpx2.post(f"{self._simulator.url}/{demo.tenant_id}/oauth2/v2.0/token", data=form)
        return Secret(answer.raise_for_status().json()["access_token"])


class Books:
    def __init__(self, simulator: Simulator, **fields: str) -> None:
        demo = simulator.demo
        where = {
            "tenant_id": str(demo.tenant_id),
            "environment": demo.environment,
            "company_id": str(demo.company_id),
        } | fields
        self.transport = PyreqwestTransport(allow_private_addresses=True)
        self.engine = Engine(self.transport, KeySeal(), Throttle(), utc_now, patience=QUICK)
        self.target = target_of(CONNECTOR, profile(simulator.url), account(**where))
        self.tokens, self.steps, self.simulator = Granted(simulator), Steps(), simulator

    async def run(self, action: str, **groups: object) -> Result:
        call = self.engine.prepare(CONNECTOR.actions[f"dynamics365bc_{action}"], self.target, Inputs(**groups))
        return await self.engine.execute(call, self.tokens, self.steps)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator.start() as simulator:
        yield simulator


@pytest.fixture
async def books(running: Simulator) -> AsyncIterator[Books]:
    running.reset()
    opened = Books(running)
    yield opened
    await opened.transport.close()


async def test_a_customers_life(books: Books) -> None:
    created = (
        await books.run("create_customer", body={"displayName": "Lund Sjø", "creditLimit": "12500.50", "blocked": ""})
    ).data
    changed = await books.run("update_customer", path={"id": created["id"]}, body={"type": "Person", "city": "Moss"})
    read = (await books.run("get_customer", path={"id": created["id"]})).data
    gone = await books.run("delete_customer", path={"id": created["id"]}, headers={"if_match": read["@odata.etag"]})
    with pytest.raises(ProviderNotFoundError):
        await books.run("get_customer", path={"id": created["id"]})

    assert (Decimal("12500.50"), "", "Company") == (created["creditLimit"], created["blocked"], created["type"])
    assert "12500.50" == str(read["creditLimit"])
    assert ("last_writer_wins", "Person", "Moss") == (changed.concurrency, read["type"], read["city"])
    assert created["@odata.etag"] != read["@odata.etag"]
    assert (None, None) == (gone.data, gone.concurrency)
    assert [201, 200, 200, 200, 204, 404] == [step.status for step in books.steps.taken]
    assert all(step.request_id for step in books.steps.taken)


async def test_a_quote_with_lines(books: Books) -> None:
    customer = (await books.run("list_customers", query={"filter": {"blocked": ""}, "top": 1})).data[0]
    item = (await books.run("list_items", query={"filter": {"type": "Inventory"}, "top": 1})).data[0]
    line = {"lineType": "Item", "itemId": item["id"], "quantity": 2, "unitPrice": "10.10"}
    quote = (
        await books.run(
            "create_sales_quote",
            body={"customerId": customer["id"], "salesQuoteLines": [line, {**line, "quantity": 1}]},
        )
    ).data
    read = (await books.run("get_sales_quote", path={"id": quote["id"]}, query={"expand": "salesQuoteLines"})).data

    assert "Draft" == read["status"]
    assert ["Item", "Item"] == [row["lineType"] for row in read["salesQuoteLines"]]
    assert Decimal("30.30") == read["totalAmountExcludingTax"]
    await books.run("delete_sales_quote", path={"id": quote["id"]})


async def test_pages_and_counts(books: Books) -> None:
    everything = await books.run("list_customers", query={"all": True, "count": True, "select": "number"})
    first = await books.run("list_customers", query={"page_size": 3, "select": ["number"], "order_by": "number"})
    second = await books.run("list_customers", query={"cursor": first.next})

    assert everything.count == len(everything.data) > 6
    assert [3, 3] == [len(first.data), len(second.data)]
    assert sorted(row["number"] for row in everything.data)[:6] == [
        row["number"] for row in [*first.data, *second.data]
    ]
    assert {"@odata.etag", "id", "number"} >= first.data[0].keys()


async def test_simple_filters_find_what_they_say(books: Books) -> None:
    rows = (await books.run("list_customers", query={"all": True})).data
    some = rows[1]
    for given_filter, expected in (
        ({"number": some["number"]}, lambda row: row["number"] == some["number"]),
        (
            {"displayName": {"startswith": some["displayName"][:3]}},
            lambda row: row["displayName"].startswith(some["displayName"][:3]),
        ),
        (
            {"number": [rows[0]["number"], some["number"]]},
            lambda row: row["number"] in {rows[0]["number"], some["number"]},
        ),
        ({"id": some["id"]}, lambda row: row["id"] == some["id"]),
        ({"creditLimit": {"gt": 0}}, lambda row: row["creditLimit"] > 0),
        ({"lastModifiedDateTime": {"ge": "2020-01-01T00:00:00Z"}}, lambda row: row["lastModifiedDateTime"] >= "2020"),
    ):
        found = (await books.run("list_customers", query={"filter": given_filter, "all": True})).data
        assert [row["id"] for row in rows if expected(row)] == [row["id"] for row in found], given_filter


async def test_children_and_companies_by_name(books: Books) -> None:
    name = list(books.simulator.demo.company_ids)[1]
    here = (await books.run("list_journals", path={"company_id": name.upper()})).data
    lines = await books.run("list_journal_lines", path={"company_id": name, "journal_id": here[0]["id"]})
    with pytest.raises(CompanyNotFoundError):
        await books.run("list_journals", path={"company_id": "Nobody"})

    assert isinstance(lines.data, list)
    assert 4 == len(books.steps.taken)


async def refused(books: Books, kind: type[LinkspanError], action: str, **groups: object) -> LinkspanError:
    with pytest.raises(kind) as caught:
        await books.run(action, **groups)
    return caught.value


async def test_refusals(books: Books) -> None:
    customer = (await books.run("create_customer", body={"displayName": "A"})).data
    here = {"path": {"id": customer["id"]}}
    await books.run("update_customer", **here, body={"city": "Moss"})
    stale = await refused(
        books,
        ConflictError,
        "update_customer",
        **here,
        body={"city": "Hov"},
        headers={"if_match": customer["@odata.etag"]},
    )
    twice = await refused(
        books, ProviderRejectedError, "create_customer", body={"displayName": "A", "number": customer["number"]}
    )
    syntax = await refused(books, ProviderRejectedError, "list_customers", query={"filter": "nosuchfield eq 1"})

    assert "Request_EntityChanged" == stale.provider.code
    assert "Internal_EntityWithSameKeyExists" == twice.provider.code
    assert "exists already" in twice.next_step
    assert syntax.provider.request_id
    assert "CorrelationId" not in syntax.message


async def test_the_wrong_environment(running: Simulator) -> None:
    books = Books(running, environment="Nowhere")
    await refused(books, EnvironmentNotFoundError, "list_customers")
    await books.transport.close()


async def test_the_wrong_company(running: Simulator) -> None:
    books = Books(running, company_id="00000000-0000-4000-8000-00000000dead")
    await refused(books, CompanyNotFoundError, "list_customers")
    await books.transport.close()


@pytest.mark.parametrize("kind", ["drop_after", "half_body", "delay_after"])
async def test_a_create_whose_answer_is_lost_is_not_sent_again(books: Books, kind: str) -> None:
    books.simulator.fail_next(kind, method="POST", path="/customers", delay_seconds=3 if kind == "delay_after" else 0)
    await refused(books, WriteOutcomeUnknownError, "create_customer", body={"displayName": f"Lost {kind}"})
    found = await books.run("list_customers", query={"filter": {"displayName": f"Lost {kind}"}})

    assert 1 == len(books.simulator.requests(method="POST", path="/customers"))
    assert 1 == len(found.data)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "half_body", "html", "throttle"])
async def test_reads_survive(books: Books, kind: str) -> None:
    books.simulator.fail_next(kind, method="GET", path="/customers")
    result = await books.run("list_customers", query={"top": 1})

    assert 1 == len(result.data)
    assert 2 == len(books.steps.taken)


async def test_a_throttled_write_is_sent_again_and_then_told(books: Books) -> None:
    books.simulator.fail_next("throttle", method="POST", path="/customers")
    created = await books.run("create_customer", body={"displayName": "Once"})
    books.simulator.fail_next("throttle", method="POST", path="/customers", times=9, retry_after_seconds=60)
    told = await refused(books, RateLimitedError, "create_customer", body={"displayName": "Never"})
    books.simulator.clear_failures()

    assert created.data["id"]
    assert 60 == told.retry_after


async def test_a_refused_token(books: Books) -> None:
    await books.run("list_customers", query={"top": 1})
    books.simulator.expire_access_tokens()
    await books.run("list_customers", query={"top": 1})
    books.simulator.fail_next("status", status=401, path="/customers", times=5)
    await refused(books, ProviderRefusedTokenError, "list_customers")
    books.simulator.clear_failures()

    assert [200, 401, 200, 401, 401] == [step.status for step in books.steps.taken]


async def test_a_quote_becomes_an_order_and_is_gone(books: Books) -> None:
    quote = (await books.run("list_sales_quotes", query={"filter": {"status": "Draft"}, "top": 1})).data[0]
    made = (await books.run("make_order_from_sales_quote", path={"id": quote["id"]})).data
    order = (await books.run("get_sales_order", path={"id": made["id"]})).data
    with pytest.raises(ProviderNotFoundError):
        await books.run("make_order_from_sales_quote", path={"id": quote["id"]})

    assert "salesOrder" == made["entity"]
    assert quote["customerNumber"] == order["customerNumber"]


async def test_what_lies_below_many_kinds_of_record_is_reached_through_its_parent(books: Books) -> None:
    quote = (await books.run("list_sales_quotes", query={"top": 1})).data[0]
    dimension = (await books.run("list_dimensions", query={"top": 1})).data[0]
    value = (await books.run("list_dimension_values", path={"dimension_id": dimension["id"]}, query={"top": 1})).data[0]
    above = {"parent": "salesQuotes", "parent_id": quote["id"]}
    for line in (await books.run("list_dimension_set_lines", path=above)).data:
        await books.run("delete_dimension_set_line", path={**above, "id": line["id"]})
    body = {"code": dimension["code"], "valueCode": value["code"]}
    made = (await books.run("create_dimension_set_line", path=above, body=body)).data
    listed = (await books.run("list_dimension_set_lines", path=above)).data
    with pytest.raises(InvalidInputError):
        await books.run("list_dimension_set_lines", path={"parent": "harbours", "parent_id": quote["id"]})

    assert [(dimension["code"], value["code"])] == [(line["code"], line["valueCode"]) for line in listed]
    assert made["id"] == (await books.run("get_dimension_set_line", path={**above, "id": made["id"]})).data["id"]
