"""Payment methods: a table of codes."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "paymentMethods")


def test_PaymentMethods__TestVerifyIDandLastModifiedDateTime(table):
    table.bears_id_and_moment()


def test_PaymentMethods__TestGetPaymentMethods(table):
    table.lists_two()


def test_PaymentMethods__TestCreatePaymentMethods(table):
    table.creates()


def test_PaymentMethods__TestModifyPaymentMethods(table):
    table.changes()


def test_PaymentMethods__TestDeletePaymentMethods(table):
    table.deletes()
