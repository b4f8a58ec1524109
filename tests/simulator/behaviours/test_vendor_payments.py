"""Payments to vendors: made, changed and deleted in a payment journal, posted and applied."""

import pytest
from document_sets import DocumentSet
from http_desk import NO_ID, HttpDesk
from payment_sets import PaymentSet


@pytest.fixture
def payments(desk: HttpDesk) -> PaymentSet:
    return PaymentSet(desk, "vendor")


def test_VendorPayments__TestCreateVendorPayment(payments):
    payments.are_made()


def test_VendorPayments__TestCreateVendorPaymentWithoutDocNo(payments):
    payments.get_a_document_number()


def test_VendorPayments__TestCreateVendorPaymentWithInvoiceId(payments):
    payments.take_an_invoice_by_id()


def test_VendorPayments__TestGetVendorPayment(payments):
    payments.are_read()


def test_VendorPayments__TestModifyVendorPayment(payments):
    payments.are_changed()


def test_VendorPayments__TestDeleteVendorPayment(payments):
    payments.are_deleted()


def test_VendorPayments__TestVendorAutofillWhenGivingInvoiceNumber(payments):
    payments.get_the_partner_of_their_invoice()


def test_VendorPayments__TestVendorAutofillDoesNotOverwrite(payments):
    payments.keep_the_partner_that_is_given()


def test_VendorPayments__TestVendorNoAndIdSync(payments):
    payments.know_the_partner_by_id_and_number()


def test_VendorPayments__TestAppliesToInvoiceNoAndIdSync(payments):
    payments.know_the_invoice_by_id_and_number()


def test_VendorPayments__TestAppliesToInvoiceNoAndIdSyncErrors(payments):
    payments.refuse_another_invoices_number()


def test_VendorPayments__TestGetVendorPaymentWithoutInvoiceApplicationIsVisible(payments):
    made = payments.pay(**payments.id_of(payments.partner), amount=50)

    assert ("", NO_ID) == (made["appliesToInvoiceNumber"], made["appliesToInvoiceId"])
    assert [made["id"]] == [row["id"] for row in payments.desk.rows(payments.all)]


def test_VendorPayments__TestAppliesToInvoiceNumberEmptyForNonInvoiceApplication(payments):
    memos = DocumentSet(payments.desk, "purchaseCreditMemos")
    memo = memos.desk.make(
        memos.kind,
        **payments.id_of(payments.partner),
        vendorCreditMemoNumber="CM-1",
        purchaseCreditMemoLines=[memos.line_of()],
    )
    memos.run(memo, "post")
    made = payments.pay(**payments.id_of(payments.partner), amount=50)
    (entry,) = payments.desk.rows(f"{payments.url(made)}/applyVendorEntries")
    payments.desk.change(f"{payments.url(made)}/applyVendorEntries({entry['id']})", applied=True)

    found = payments.desk.get(payments.url(made))
    assert ("", NO_ID) == (found["appliesToInvoiceNumber"], found["appliesToInvoiceId"])
