"""Locations: created with every detail, named by order lines, changed and deleted."""

import pytest

ADDRESS = {
    "contact": "Kit Ness",
    "addressLine1": "Ocean Dock 43",
    "addressLine2": "Shed B",
    "city": "Southampton",
    "state": "Hampshire",
    "country": "GB",
    "postalCode": "SO14 3QN",
    "phoneNumber": "+44 5550 100 300",
    "email": "shed@tidewater.example",
    "website": "https://tidewater.example/shed",
}


@pytest.fixture
def location(desk):
    return desk.make("locations", code="SHED", displayName="Shed on the dock")


def test_Locations__TestCreateLocation(desk):
    made = desk.make("locations", code="shed", displayName="Shed on the dock", **ADDRESS)

    wanted = {"code": "SHED", "displayName": "Shed on the dock", **ADDRESS}
    assert wanted.items() <= desk.get(f"locations({made['id']})").items()


def test_Locations__TestCreateSalesOrderLineWithLocation(desk, location):
    customer = desk.rows("customers?$top=1")[0]["id"]
    item = desk.rows("items?$top=1")[0]["id"]
    order = desk.make("salesOrders", customerId=customer)
    url = f"salesOrders({order['id']})/salesOrderLines"
    line = desk.make(url, itemId=item, quantity=1, locationId=location["id"])

    assert location["id"] == desk.get(f"{url}({line['id']})")["locationId"]
    assert "SHED" == desk.get(f"{url}({line['id']})?$expand=location")["location"]["code"]


def test_Locations__TestModifyLocationWithAddress(desk, location):
    changed = desk.change(f"locations({location['id']})", **ADDRESS)

    assert {"code": "SHED", **ADDRESS}.items() <= changed.items()


def test_Locations__TestDeleteLocation(desk, location):
    desk.drop(f"locations({location['id']})")

    assert [] == desk.rows("locations?$filter=code eq 'SHED'")
