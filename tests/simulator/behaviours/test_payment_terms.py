"""Payment terms: a table of codes with the formulas of due and discount dates."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "paymentTerms", more={"dueDateCalculation": "21D"})


def test_PaymentTerms__TestVerifyIDandLastDateModified(table):
    table.bears_id_and_moment()


def test_PaymentTerms__TestGetPaymentTerms(table):
    table.lists_two()
