"""The entries that a payment to a vendor may be applied to: shown, marked, and set off when it is posted."""

import pytest
from http_desk import HttpDesk
from payment_sets import PaymentSet


@pytest.fixture
def payments(desk: HttpDesk) -> PaymentSet:
    return PaymentSet(desk, "vendor")


def entries(payments, payment):
    return payments.desk.rows(f"{payments.url(payment)}/applyVendorEntries")


def test_ApplyVendorEnt__TestGetApplyVendorEntriesReturnsOpenEntries(payments):
    invoice = payments.invoice
    payment = payments.pay(**payments.id_of(payments.partner), amount=50)
    (entry,) = entries(payments, payment)

    assert (invoice["number"], "Invoice", "OURS-1", -144, False, "") == tuple(
        entry[name]
        for name in (
            "documentNumber",
            "documentType",
            "externalDocumentNumber",
            "remainingAmount",
            "applied",
            "appliesToId",
        )
    )
    assert (payments.partner["number"], "Gannet Yachts") == (entry["vendorNumber"], entry["vendorName"])
    assert "vendor payment" in payments.desk.refused("GET", "applyVendorEntries")


def test_ApplyVendorEnt__TestGetApplyVendorEntriesFailsWhenNoVendor(payments):
    payment = payments.pay(amount=50)

    refusal = payments.desk.refused("GET", f"{payments.url(payment)}/applyVendorEntries")
    assert "The Vendor does not exist" in refusal


def test_ApplyVendorEnt__TestApplyVendorEntryAppliesPayment(payments):
    invoice = payments.invoice
    payment = payments.pay(**payments.id_of(payments.partner))
    url = f"{payments.url(payment)}/applyVendorEntries({entries(payments, payment)[0]['id']})"
    marked = payments.desk.change(url, applied=True)

    assert (True, payment["documentNumber"]) == (marked["applied"], marked["appliesToId"])
    assert 144 == payments.desk.get(payments.url(payment))["amount"]
    payments.post()
    assert ("Paid", 0) == (payments.invoices.head(invoice)["status"], payments.invoices.balance())


def test_a_mark_is_taken_away_again(payments):
    invoice = payments.invoice
    payment = payments.pay(**payments.id_of(payments.partner), amount=50)
    url = f"{payments.url(payment)}/applyVendorEntries({entries(payments, payment)[0]['id']})"
    payments.desk.change(url, applied=True)
    payments.desk.change(url, applied=False)
    payments.post()

    assert ("Open", 94) == (payments.invoices.head(invoice)["status"], payments.invoices.balance())
