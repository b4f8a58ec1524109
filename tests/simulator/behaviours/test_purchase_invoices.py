"""Purchase invoices: made, changed, deleted, posted."""

import pytest
from document_sets import DocumentSet
from http_desk import HttpDesk


@pytest.fixture
def invoices(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "purchaseInvoices")


def test_PurchaseInvoices__TestGetInvoices(invoices):
    invoices.are_listed(posted=True)


def test_PurchaseInvoices__TestPostInvoices(invoices):
    invoices.are_made_with_an_address()


def test_PurchaseInvoices__TestModifyInvoices(invoices):
    invoices.are_changed_everywhere()


def test_PurchaseInvoices__TestEmptyModifyInvoices(invoices):
    invoices.are_emptied()


def test_PurchaseInvoices__TestPartialModifyInvoices(invoices):
    invoices.are_changed_in_part()


def test_PurchaseInvoices__TestDeleteInvoice(invoices):
    invoices.are_deleted_whole()


def test_PurchaseInvoices__TestCreateInvoiceThroughPageAndAPI(invoices):
    invoices.are_the_same_by_every_document_way()


def test_PurchaseInvoices__TestPostInvoiceFailsWithoutVendorNoOrId(invoices):
    invoices.need_a_partner()


def test_PurchaseInvoices__TestGetInvoiceFromPostedOrderCorrectOrderIdAndNo(invoices):
    orders = DocumentSet(invoices.desk, "purchaseOrders")
    order = orders.document(orders.line_of())
    orders.run(order, "receiveAndInvoice")

    (invoice,) = invoices.desk.rows(f"purchaseInvoices?$filter=orderNumber eq '{order['number']}'")
    assert (order["id"], order["number"]) == (invoice["orderId"], invoice["orderNumber"])


def test_PurchaseInvoices__TestActionPostPurchaseInvoice(invoices):
    made = invoices.document(invoices.line_of(), vendorInvoiceNumber="B-17")
    posted = invoices.act(made, "post")

    assert ("Open", made["id"], "B-17") == (posted["status"], posted["id"], posted["vendorInvoiceNumber"])
    assert 144 == invoices.balance()
    amounts = {
        row["accountNumber"]: row["debitAmount"] - row["creditAmount"] for row in invoices.entries_of(posted["number"])
    }
    assert {"1210": 120, "2230": 24, "2110": -144} == amounts
    assert "draft invoice only" in invoices.refuse(posted, "post")
    twice = invoices.document(invoices.line_of(), vendorInvoiceNumber="B-17")
    assert "already exists for this vendor" in invoices.refuse(twice, "post")
    assert "Vendor Invoice No." in invoices.refuse(invoices.document(invoices.line_of()), "post")
    assert 144 == invoices.balance()


def test_PurchaseInvoices__TestGetPurchaseInvoiceFromDraftId(invoices):
    draft = invoices.document(invoices.line_of(), vendorInvoiceNumber="B-17")
    posted = invoices.act(draft, "post")

    assert draft["id"] == posted["id"] == invoices.desk.one("purchaseInvoices", f"number eq '{posted['number']}'")["id"]
    assert [] == invoices.desk.rows(f"purchaseInvoices?$filter=number eq '{draft['number']}'")
