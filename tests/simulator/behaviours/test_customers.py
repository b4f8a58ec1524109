"""Customers: read, created with every detail or by a template, changed and deleted."""

import pytest
from http_desk import NO_ID, open_desk

ADDRESS = {
    "addressLine1": 'Søndre gate 4 / "Bryggen"',
    "addressLine2": "c/o O'Brien & Sønner; 2. etg. #7",
    "city": "Tromsø",
    "state": "Troms",
    "country": "NO",
    "postalCode": "9008",
}


@pytest.fixture
def customer(desk):
    return desk.make("customers", displayName="Gannet Yachts", phoneNumber="+47 5550 1234")


def test_Customers__TestGetSimpleCustomer(desk, customer):
    found = desk.get(f"customers({customer['id']})")

    assert customer == {**found, "@odata.context": customer["@odata.context"]}
    assert ("Gannet Yachts", "+47 5550 1234", "Company") == tuple(
        found[name] for name in ("displayName", "phoneNumber", "type")
    )
    assert found["number"] == desk.one("customers", f"id eq {customer['id']}")["number"]


def test_Customers__TestGetCustomerWithAddressAndSpecialCharacters(desk):
    name = 'Lødingen Båt & Motor <"Æ"> \\ 100% 船'
    made = desk.make("customers", displayName=name, **ADDRESS)

    found = desk.get(f"customers({made['id']})")
    assert {"displayName": name, **ADDRESS}.items() <= found.items()
    assert made["id"] == desk.one("customers", "contains(addressLine2, 'O''Brien')")["id"]


def test_Customers__TestCreateDetailedCustomer(desk):
    euro = desk.one("currencies", "code eq 'EUR'")
    terms = desk.one("paymentTerms", "code eq '14D2'")
    method = desk.rows("paymentMethods")[-1]
    shipment = desk.one("shipmentMethods", "code eq 'LAUNCH'")
    area = desk.one("taxAreas", "code eq 'OVERSEAS'")
    details = {
        "number": "GANNET",
        "displayName": "Gannet Yachts",
        "type": "Person",
        **ADDRESS,
        "phoneNumber": "+47 5550 1234",
        "email": "berth@gannet.example",
        "website": "https://gannet.example",
        "salespersonCode": "IK",
        "creditLimit": 1250.5,
        "taxLiable": True,
        "taxAreaId": area["id"],
        "taxRegistrationNumber": "NO 900 000 100 MVA",
        "currencyId": euro["id"],
        "paymentTermsId": terms["id"],
        "shipmentMethodId": shipment["id"],
        "paymentMethodId": method["id"],
        "blocked": "Ship",
    }
    made = desk.make("customers", **details)

    found = desk.get(f"customers({made['id']})")
    assert details.items() <= found.items()
    assert ("EUR", "Customers abroad", 0) == tuple(
        found[name] for name in ("currencyCode", "taxAreaDisplayName", "balanceDue")
    )
    links = "currency,paymentTerm,shipmentMethod,paymentMethod"
    expanded = desk.get(f"customers({made['id']})?$expand={links}")
    assert ["EUR", "14D2", "LAUNCH", method["code"]] == [expanded[link]["code"] for link in links.split(",")]


def test_Customers__TestCreateCustomerWithTemplate(runner):
    desk = open_desk(runner, templates={"customer": {"city": "Grimsby", "phoneNumber": "+44 5550 000 000"}})
    made = desk.make("customers", displayName="Gannet Yachts", phoneNumber="+47 5550 1234")

    assert ("Gannet Yachts", "+47 5550 1234", "Grimsby") == tuple(
        desk.get(f"customers({made['id']})")[name] for name in ("displayName", "phoneNumber", "city")
    )


def test_Customers__TestDeleteCustomer(desk, customer):
    desk.drop(f"customers({customer['id']})")

    assert [] == desk.rows(f"customers?$filter=number eq '{customer['number']}'")


def test_Customers__TestModifyCustomer(desk, customer):
    wanted = {"displayName": "Gannet & Daughters", "email": "new@gannet.example", "blocked": "All"}
    changed = desk.change(f"customers({customer['id']})", **wanted)

    unchanged = customer.keys() - wanted.keys() - {"@odata.etag", "@odata.context", "lastModifiedDateTime"}
    assert wanted.items() <= changed.items()
    assert {name: customer[name] for name in unchanged} == {name: changed[name] for name in unchanged}


def test_Customers__TestModifyCustomerWithAddress(desk, customer):
    changed = desk.change(f"customers({customer['id']})", **ADDRESS)
    emptied = desk.change(f"customers({customer['id']})", addressLine2="", country="", currencyId=NO_ID)

    assert ADDRESS.items() <= changed.items()
    assert {**ADDRESS, "addressLine2": "", "country": ""}.items() <= emptied.items()
