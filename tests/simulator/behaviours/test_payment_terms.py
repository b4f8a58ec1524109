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


def test_a_date_beyond_the_calendar_is_refused(desk):
    customer = desk.rows("customers?$top=1")[0]["id"]
    quote = desk.make("salesQuotes", customerId=customer)
    message = desk.refused("PATCH", f"salesQuotes({quote['id']})", {"documentDate": "9999-12-31"})

    assert message.endswith("leads from 9999-12-31 to no valid date.")
    assert quote["dueDate"] == desk.get(f"salesQuotes({quote['id']})")["dueDate"]
    for formula in ("9999Y", "D0"):
        terms = desk.make("paymentTerms", code=f"T{formula}", dueDateCalculation=formula)
        body = {"customerId": customer, "paymentTermsId": terms["id"]}
        assert "leads from" in desk.refused("POST", "salesQuotes", body)
