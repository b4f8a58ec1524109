"""The demo company over HTTP: every entity in full, well typed; documents with their lines from first to last."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from odata_world import CONTRACT, ENTITIES, Sim, build_demo_sim

from linkspan.simulator.books.layouts import PLATFORM
from linkspan.simulator.contract import Entity, Field

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z")
DECODER = msgspec.json.Decoder(float_hook=Decimal)
WELL_TYPED: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "guid": lambda value: GUID.fullmatch(value) is not None,
    "decimal": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "date": lambda value: DATE.fullmatch(value) is not None,
    "datetime": lambda value: MOMENT.fullmatch(value) is not None,
    "boolean": lambda value: isinstance(value, bool),
    "int32": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "int64": lambda value: isinstance(value, int) and not isinstance(value, bool),
}
COMPANY = next(iter(build_demo_sim().environment.companies.values()))
EMPTY = {name for name, table in COMPANY.tables.items() if not len(table)} - {"picture", "pdfDocument"}
READ_BY_THE_REQUIRED_ACTIONS = {
    *(
        "account",
        "bankAccount",
        "companyInformation",
        "currency",
        "customer",
        "customerPayment",
        "customerPaymentJournal",
    ),
    *(
        "dimension",
        "dimensionValue",
        "employee",
        "generalLedgerEntry",
        "item",
        "itemCategory",
        "journal",
        "journalLine",
    ),
    *("purchaseInvoice", "purchaseOrder", "salesCreditMemo", "salesInvoice", "salesOrder", "salesQuote", "taxArea"),
    "vendor",
}


@pytest.fixture(scope="module")
def demo() -> Sim:
    """Return the demo world, for tests that only read."""
    return build_demo_sim()


@pytest.fixture
def sim() -> Sim:
    """Return a fresh demo world."""
    return build_demo_sim()


def mistakes(entity: Entity, record: dict[str, Any]) -> list[str]:
    """Return the names of the fields of a record that are missing, too long or of a wrong type."""
    return [
        field.name
        for field in entity.fields.values()
        if field.type != "stream" and not (field.name in record and fits(field, record[field.name]))
    ]


def fits(field: Field, value: Any) -> bool:
    """Say whether a value is what the contract says of its field."""
    if field.enum is not None:
        return value in CONTRACT.enums[field.enum]
    return WELL_TYPED[field.type](value) and (field.max_length is None or len(value) <= field.max_length)


async def everything(sim: Sim, entity: Entity, expand: str = "") -> list[dict[str, Any]]:
    """Return all records of an entity, line sets through their parents' documents."""
    present = list(entity.links) if expand else []
    option = f"$expand={','.join(present)}" if present else "$count=true"
    flat = await sim.ask("GET", f"{entity.set}?{option}")
    if flat.status_code == 200:
        found: list[dict[str, Any]] = DECODER.decode(flat.content)["value"]
        return found
    records = []
    for parent in (ENTITIES[name] for name in entity.parents if name in ENTITIES):
        link = next(name for name, link in parent.links.items() if link.entity == entity.name)
        for owner in (await sim.ask("GET", f"{parent.set}?$select=id&$top=3")).json().get("value", []):
            single = not parent.links[link].many
            asked = option.replace("$count=true", "") if single else option
            below = await sim.ask("GET", f"{parent.set}({owner['id']})/{link}?{asked}")
            found = DECODER.decode(below.content)
            records += [found] if single else found["value"]
    return records


def test_the_demo_company_has_records_of_what_the_required_actions_read() -> None:
    assert set() == READ_BY_THE_REQUIRED_ACTIONS & EMPTY


@pytest.mark.parametrize("name", sorted(set(ENTITIES) - EMPTY - PLATFORM))
async def test_every_record_is_as_the_contract_says(demo: Sim, name: str) -> None:
    records = await everything(demo, ENTITIES[name])

    assert records
    assert [] == [(record["@odata.etag"], found) for record in records if (found := mistakes(ENTITIES[name], record))]


@pytest.mark.parametrize(
    "name", sorted(name for name, entity in ENTITIES.items() if entity.links and name not in EMPTY)
)
async def test_every_navigation_can_be_expanded(demo: Sim, name: str) -> None:
    entity = ENTITIES[name]
    records = await everything(demo, entity, expand="all")

    assert records
    for record in records:
        for link in entity.links.values():
            value = record[link.name]
            assert isinstance(value, list) if link.many else value is None or value["@odata.etag"]
            for part in value if link.many else [value] if value else []:
                assert [] == mistakes(ENTITIES[link.entity], part)
                assert str(record[link.own_field]) == part[link.target_field]


async def test_flow_fields_can_be_filtered(demo: Sim) -> None:
    customers = await demo.get("customers?$filter=balanceDue gt 0&$select=number,balanceDue")
    everyone = await demo.get("customers")

    assert [one["number"] for one in everyone["value"] if one["balanceDue"] > 0] == [
        one["number"] for one in customers["value"]
    ]
    assert 0 < len(customers["value"]) < len(everyone["value"])


async def test_a_quote_with_lines_from_first_to_last(sim: Sim) -> None:
    customer = (await sim.get("customers?$top=1"))["value"][0]
    items = (await sim.get("items?$filter=type eq 'Inventory' and blocked eq false&$top=2"))["value"]
    lines = [{"lineType": "Item", "itemId": item["id"], "quantity": 2, "unitPrice": 10.5} for item in items]
    created = await sim.ask(
        "POST", "salesQuotes?$expand=salesQuoteLines", {"customerId": customer["id"], "salesQuoteLines": lines}
    )
    quote = created.json()
    line = quote["salesQuoteLines"][0]
    changed = await sim.ask(
        "PATCH",
        f"salesQuotes({quote['id']})/salesQuoteLines({line['id']})",
        {"quantity": 4},
        {"If-Match": line["@odata.etag"]},
    )
    after = await sim.get(f"salesQuotes({quote['id']})?$expand=salesQuoteLines")
    deleted = await sim.ask("DELETE", f"salesQuotes({quote['id']})", headers={"If-Match": after["@odata.etag"]})

    assert (201, 200, 204) == (created.status_code, changed.status_code, deleted.status_code)
    assert [item["number"] for item in items] == [one["lineObjectNumber"] for one in quote["salesQuoteLines"]]
    assert (42, 63) == (quote["totalAmountExcludingTax"], after["totalAmountExcludingTax"])
    assert [4, 2] == [one["quantity"] for one in after["salesQuoteLines"]]
    assert 404 == (await sim.refusal("GET", f"salesQuotes({quote['id']})"))[0]


async def test_a_quote_with_a_bad_line_leaves_nothing(sim: Sim) -> None:
    before = (await sim.ask("GET", "salesQuotes/$count")).content
    customer = (await sim.get("customers?$top=1"))["value"][0]
    item = (await sim.get("items?$top=1"))["value"][0]
    lines = [{"itemId": item["id"], "quantity": 1}, {"itemId": customer["id"], "quantity": 1}]
    refused = await sim.refusal("POST", "salesQuotes", {"customerId": customer["id"], "salesQuoteLines": lines})

    assert (400, "Application_DialogException", "Item does not exist.") == refused
    assert before == (await sim.ask("GET", "salesQuotes/$count")).content


async def test_lines_through_a_filter_on_their_document(demo: Sim) -> None:
    quote = (await demo.get("salesQuotes?$top=1&$expand=salesQuoteLines"))["value"][0]
    below = await demo.get(f"salesQuotes({quote['id']})/salesQuoteLines")
    flat = await demo.get(f"salesQuoteLines?$filter=documentId eq {quote['id']}")

    assert below["value"] == flat["value"] == quote["salesQuoteLines"]


async def test_pages_of_entries_join_to_the_whole(demo: Sim) -> None:
    whole = [one["id"] for one in (await demo.get("generalLedgerEntries"))["value"]]
    found, url = [], "generalLedgerEntries"
    while url:
        page = (await demo.ask("GET", url, headers={"Prefer": "odata.maxpagesize=100"})).json()
        found += [one["id"] for one in page["value"]]
        url = page.get("@odata.nextLink", "")

    assert whole == found
