"""Salespeople and purchasers: a table of codes, which customers and documents may name."""

import pytest
from code_table import CodeTable

DETAILS = {
    "email": "kit@tidewater.example",
    "email2": "kit@ness.example",
    "phoneNo": "+44 5550 100 310",
    "jobTitle": "Sales, Baltic",
    "commisionPercent": 2.75,
}


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "salespeoplePurchasers", more=DETAILS)


def test_SalespersonPurch__GetSalespersonPurchaser(table):
    table.reads_one()


def test_SalespersonPurch__CreateSalespersonPurchaser(table):
    table.creates()
    assert "OWN1" == table.desk.make("customers", displayName="Gannet", salespersonCode="OWN1")["salespersonCode"]


def test_SalespersonPurch__ModifySalespersonPurchaserJobTitle(table):
    table.changes(jobTitle="Sales, all seas")


def test_SalespersonPurch__DeleteSalespersonPurchaser(table):
    table.deletes()
    assert "cannot be found" in table.desk.refused("POST", "customers", {"displayName": "G", "salespersonCode": "OWN1"})


def test_a_renamed_salesperson_is_renamed_where_named_and_a_blocked_one_is_refused(table):
    desk, person = table.desk, table.add("OWN1")
    customer = desk.make("customers", displayName="Gannet", salespersonCode="OWN1")
    order = desk.make("salesOrders", customerId=customer["id"], salesperson="OWN1")
    desk.change(table.url(person), code="OWN2", blocked=True)

    assert "OWN2" == desk.get(f"customers({customer['id']})")["salespersonCode"]
    assert "OWN2" == desk.get(f"salesOrders({order['id']})")["salesperson"]
    assert "cannot be found" in desk.refused("POST", "customers", {"displayName": "G", "salespersonCode": "OWN2"})
