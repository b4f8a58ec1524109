"""The demo companies are worth looking at, the same every time, and their books balance."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from books_desk import ENTITIES, Desk, main_company, new_world

from linkspan.simulator.books.demo import MAIN_TENANT_ID, OTHER_DOMAIN, OTHER_TENANT_ID, build_demo_world
from linkspan.simulator.books.layouts import ALIASES
from linkspan.simulator.books.seed.time import SeedClock
from linkspan.simulator.faults import BcFault

WORLD = new_world()
COMPANIES = [
    company
    for tenant in WORLD.tenants.values()
    for environment in tenant.environments.values()
    for company in environment.companies.values()
]
POSTED = {"Open", "Paid", "Canceled", "Corrective"}


def total(values):
    return sum(values, Decimal(0))


@pytest.fixture(params=COMPANIES, ids=lambda company: company.name)
def desk(request) -> Desk:
    return Desk(request.param)


def test_two_tenants_with_their_environments_and_companies():
    assert {MAIN_TENANT_ID, OTHER_TENANT_ID} == set(WORLD.tenants)
    main = WORLD.tenants[MAIN_TENANT_ID]
    assert {"Production": "Production", "Sandbox": "Sandbox"} == {
        name: one.type for name, one in main.environments.items()
    }
    assert [2, 2] == [len(one.company_rows()) for one in main.environments.values()]
    assert 1 == len(WORLD.find_environment(OTHER_DOMAIN.upper(), "production").companies)
    with pytest.raises(BcFault) as caught:
        WORLD.find_environment(str(MAIN_TENANT_ID), "Nowhere")
    assert (404, "NoEnvironment", "Environment does not exist.", True) == (
        caught.value.status,
        caught.value.code,
        caught.value.message,
        caught.value.gateway,
    )


@pytest.mark.parametrize(
    ("entity", "least"),
    [
        ("customer", 40),
        ("vendor", 25),
        ("item", 60),
        ("account", 100),
        ("bankAccount", 5),
        ("currency", 12),
        ("paymentTerm", 8),
        ("paymentMethod", 6),
        ("employee", 15),
        ("salesQuote", 20),
        ("salesOrder", 20),
        ("salesInvoice", 60),
        ("purchaseOrder", 15),
        ("purchaseInvoice", 25),
        ("generalLedgerEntry", 300),
        ("defaultDimension", 10),
    ],
)
def test_the_main_company_has_enough_of_everything(entity, least):
    assert least <= len(main_company(WORLD).tables[entity])


def test_the_main_company_has_variety():
    desk = Desk(main_company(WORLD))
    assert {"Draft", "Open", "Paid", "Canceled"} == {row["status"] for row in desk.all("salesInvoice")}
    assert {"Draft", "Open", "Corrective"} == {row["status"] for row in desk.all("salesCreditMemo")}
    assert {"Draft", "Sent", "Accepted"} == {row["status"] for row in desk.all("salesQuote")}
    assert {"Draft", "Open"} == {row["status"] for row in desk.all("salesOrder")}
    assert {"Inventory", "Service", "Non_x002D_Inventory"} == {row["type"] for row in desk.all("item")}
    assert {"_x0020_", "Ship", "All"} == {row["blocked"] for row in desk.all("customer")}
    names = "".join(row["displayName"] for row in desk.all("customer"))
    assert set("æøåéñŁ'&,.") <= set(names)
    assert 80 < max(len(row["displayName"]) for row in desk.all("customer"))
    assert 6 <= len({row["currencyCode"] for row in desk.all("customer")})


def test_every_value_fits_its_field(desk):
    for name, table in desk.company.tables.items():
        if name in ALIASES:
            continue
        fields = {field.name: field for field in ENTITIES[name].fields.values() if field.type != "stream"}
        for row in table.all():
            assert list(fields) == list(row), name
            long = [key for key, field in fields.items() if field.max_length and len(row[key]) > field.max_length]
            assert [] == long, (name, row)


def test_debits_equal_credits_document_by_document(desk):
    sums: Counter[str] = Counter()
    for row in desk.all("generalLedgerEntry"):
        sums[row["documentNumber"]] += row["debitAmount"] - row["creditAmount"]
        assert (row["debitAmount"] == 0) != (row["creditAmount"] == 0)
    assert {Decimal(0)} == set(sums.values())
    balance_sheet = {row["number"]: row["netChange"] for row in desk.all("account")}
    assert -balance_sheet["1999"] == balance_sheet["3999"] + balance_sheet["6999"]


def test_headers_are_the_sums_of_their_lines(desk):
    for name in ("salesQuote", "salesOrder", "salesInvoice", "salesCreditMemo", "purchaseOrder", "purchaseInvoice"):
        for header in desk.all(name):
            lines = desk.below(f"{name}Line", header)
            assert lines
            assert header["totalAmountExcludingTax"] == total(line["netAmount"] for line in lines)
            assert header["totalTaxAmount"] == total(line["netTaxAmount"] for line in lines)
            assert header["totalAmountIncludingTax"] == total(line["netAmountIncludingTax"] for line in lines)


def test_customers_owe_what_their_documents_say(desk):
    owed: Counter[object] = Counter()
    for invoice in desk.all("salesInvoice"):
        if invoice["status"] in POSTED:
            owed[invoice["billToCustomerId"]] += invoice["remainingAmount"]
            assert (invoice["status"] != "Open") == (invoice["remainingAmount"] == 0)
    for memo in desk.all("salesCreditMemo"):
        if memo["status"] == "Open":
            owed[memo["billToCustomerId"]] -= memo["totalAmountIncludingTax"]
    for customer in desk.all("customer"):
        assert owed[customer["id"]] == customer["balanceDue"]


def test_the_ledger_agrees_with_the_general_ledger(desk):
    accounts = {row["number"]: row["netChange"] for row in desk.all("account")}
    details = [desk.one("customerFinancialDetail", row["id"]) for row in desk.all("customer")]
    assert accounts["1310"] + accounts["1320"] == total(row["balance"] for row in details)
    assert -(accounts["2110"] + accounts["2120"]) == total(row["balance"] for row in desk.all("vendor"))


def test_the_same_day_gives_the_same_world():
    day = SeedClock(datetime(2025, 3, 3, tzinfo=UTC).date())
    first, second = (Desk(main_company(build_demo_world(day))) for _ in range(2))
    assert first.all("salesInvoice") == second.all("salesInvoice")
    assert first.company.id == main_company(WORLD).id
    assert [row["id"] for row in first.all("customer")] == [
        row["id"] for row in Desk(main_company(WORLD)).all("customer")
    ]


def test_a_world_is_independent_of_its_copies():
    one, two = Desk(main_company(new_world())), Desk(main_company(new_world()))
    made = one.make("customer", displayName="Only here")
    assert two.one("customer", made["id"]) is None
    assert len(one.all("customer")) == len(two.all("customer")) + 1


def test_dates_lie_in_the_last_twelve_months(desk):
    today = desk.company.today
    for row in desk.all("generalLedgerEntry"):
        assert today - timedelta(days=366) < row["postingDate"] <= today
