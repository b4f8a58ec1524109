"""Payments of customers: made, changed and deleted in a cash receipt journal, posted and applied."""

import pytest
from http_desk import HttpDesk
from payment_sets import PaymentSet


@pytest.fixture
def payments(desk: HttpDesk) -> PaymentSet:
    return PaymentSet(desk, "customer")


def test_CustomerPayments__TestCreateCustomerPayment(payments):
    payments.are_made()


def test_CustomerPayments__TestCreateCustomerPaymentWithoutDocNo(payments):
    payments.get_a_document_number()


def test_CustomerPayments__TestCreateCustomerPaymentWithInvoiceId(payments):
    payments.take_an_invoice_by_id()


def test_CustomerPayments__TestCreateCustomerPaymentWithIdThatIsNotFromSalesInvoice(payments):
    payments.refuse_what_is_no_posted_invoice()


def test_CustomerPayments__TestGetCustomerPayment(payments):
    payments.are_read()


def test_CustomerPayments__TestModifyCustomerPayment(payments):
    payments.are_changed()


def test_CustomerPayments__TestModifyCustomerPaymentWithRandomDocNo(payments):
    payments.lose_the_invoice_with_another_number()


def test_CustomerPayments__TestDeleteCustomerPayment(payments):
    payments.are_deleted()


def test_CustomerPayments__TestCustomerAutofillWhenGivingInvoiceNumber(payments):
    payments.get_the_partner_of_their_invoice()


def test_CustomerPayments__TestCustomerAutofillDoesNotOverwrite(payments):
    payments.keep_the_partner_that_is_given()


def test_CustomerPayments__TestCustomerNoAndIdSync(payments):
    payments.know_the_partner_by_id_and_number()


def test_CustomerPayments__TestCustomerNoAndIdSyncErrors(payments):
    payments.refuse_an_unknown_partner()


def test_CustomerPayments__TestAppliesToInvoiceNoAndIdSync(payments):
    payments.know_the_invoice_by_id_and_number()


def test_CustomerPayments__TestAppliesToInvoiceNoAndIdSyncErrors(payments):
    payments.refuse_another_invoices_number()
