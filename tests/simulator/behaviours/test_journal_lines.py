"""Journal lines: the dimensions that come with an account, and what they do not take from it."""

import pytest
from http_desk import HttpDesk

ADVERTISING, SCHEDULED = "6250", {"DEPARTMENT": "OFFICE"}
"""The account that has a default dimension, and that dimension."""


@pytest.fixture
def journal(desk: HttpDesk) -> str:
    account = desk.one("accounts", f"number eq '{ADVERTISING}'")
    (default,) = desk.rows(f"defaultDimensions?$filter=parentId eq {account['id']}")
    assert SCHEDULED == {default["dimensionCode"]: default["dimensionValueCode"]}
    made = desk.make("journals", code="OURS")
    return f"journals({made['id']})/journalLines"


def dimensions(desk, journal, *given):
    """Return the dimensions of a new line of the account that is made with these."""
    lines = [{"code": code, "valueCode": value} for code, value in given]
    values = {"accountNumber": ADVERTISING, "amount": 25}
    made = desk.send("POST", journal, {**values, "dimensionSetLines": lines} if lines else values)
    assert 201 == made.status_code, made.text
    found = desk.get(f"{journal}({made.json()['id']})?$expand=dimensionSetLines")
    return {row["code"]: row["valueCode"] for row in found["dimensionSetLines"]}


def test_APIV1JournalLines__TestCreateJournalLineWithOverridenDefaultDimension(desk, journal):
    assert {"DEPARTMENT": "SHOP"} == dimensions(desk, journal, ("DEPARTMENT", "SHOP"))


def test_APIV1JournalLines__TestCreateJournalLineWithDimensionsOnAccountWithDimensionSetup(desk, journal):
    assert {**SCHEDULED, "VESSEL": "FERRY"} == dimensions(desk, journal, ("VESSEL", "FERRY"))


def test_APIV1JournalLines__TestCreateJournalLineWithoutDimensionsOnAccountWithDimensionSetup(desk, journal):
    assert SCHEDULED == dimensions(desk, journal)


def test_APIV1JournalLines__TestCreateJournalLineWithDisabledCopyVATSetup(desk, journal):
    line = desk.make(journal, accountNumber=ADVERTISING, amount=25)
    partner = desk.make("vendors", displayName="Gannet")
    invoice = desk.make("purchaseInvoices", vendorId=partner["id"])
    billed = desk.make(
        f"purchaseInvoices({invoice['id']})/purchaseInvoiceLines", lineType="Account", lineObjectNumber=ADVERTISING
    )

    assert ("", "STANDARD") == (line["taxCode"], billed["taxCode"])
