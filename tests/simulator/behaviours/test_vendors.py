"""Vendors: read, created plainly or by a template, changed and deleted."""

from uuid import UUID

import pytest
from http_desk import open_desk


@pytest.fixture
def vendor(desk):
    return desk.make("vendors", displayName="Hemp Loft", city="Bridport")


def test_Vendors__TestGetSimpleVendor(desk, vendor):
    found = desk.get(f"vendors({vendor['id']})")

    assert vendor == {**found, "@odata.context": vendor["@odata.context"]}
    assert ("Hemp Loft", "Bridport", 0) == tuple(found[name] for name in ("displayName", "city", "balance"))


def test_Vendors__TestCreateSimpleVendor(desk):
    made = desk.make("vendors", number="hemp", displayName="Hemp Loft", country="GB")

    assert ("HEMP", "Hemp Loft", "GB", "GBP") == tuple(
        made[name] for name in ("number", "displayName", "country", "currencyCode")
    )
    assert made["id"] == desk.one("vendors", "number eq 'HEMP'")["id"]


def test_Vendors__TestCreateVendorWithTemplate(runner):
    plain = open_desk(runner).make("vendors", displayName="Hemp Loft")
    desk = open_desk(runner)
    terms = desk.one("paymentTerms", "code eq '60D'")["id"]
    templated = open_desk(runner, templates={"vendor": {"paymentTermsId": UUID(terms)}})
    made = templated.make("vendors", displayName="Hemp Loft")

    assert terms != plain["paymentTermsId"]
    assert ("Hemp Loft", terms) == tuple(
        templated.get(f"vendors({made['id']})")[name] for name in ("displayName", "paymentTermsId")
    )


def test_Vendors__TestModifyVendor(desk, vendor):
    wanted = {"displayName": "Hemp & Sisal", "city": "West Bay", "blocked": "Payment"}
    changed = desk.change(f"vendors({vendor['id']})", **wanted)

    assert {**wanted, "number": vendor["number"]}.items() <= changed.items()


def test_Vendors__TestDeleteVendor(desk, vendor):
    desk.drop(f"vendors({vendor['id']})")

    assert [] == desk.rows(f"vendors?$filter=number eq '{vendor['number']}'")
