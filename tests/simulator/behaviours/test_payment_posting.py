"""Payments that are posted: what they set off, what stays open, and what keeps them from being posted."""

import pytest
from http_desk import NO_ID, HttpDesk
from payment_sets import PaymentSet


@pytest.fixture
def payments(desk: HttpDesk) -> PaymentSet:
    return PaymentSet(desk, "customer")


def state(payments):
    """Return status and rest of the invoice, and the customer's balance."""
    head = payments.invoices.head(payments.invoice)
    return head["status"], head["remainingAmount"], payments.invoices.balance()


def entries_of(payments, document):
    return {
        row["accountNumber"]: row["debitAmount"] - row["creditAmount"] for row in payments.invoices.entries_of(document)
    }


def test_a_payment_in_full_closes_its_invoice(payments):
    payments.pay(appliesToInvoiceId=payments.invoice["id"], amount=-240, documentNumber="FULL")
    payments.post()

    assert ("Paid", 0, 0) == state(payments)
    assert {"1410": 240, "1310": -240} == entries_of(payments, "FULL")
    assert [] == payments.desk.rows(payments.all)


def test_payments_in_part_leave_the_rest_open(payments):
    for amount, wanted in ((-100, ("Open", 140, 140)), (-40.5, ("Open", 99.5, 99.5)), (-99.5, ("Paid", 0, 0))):
        payments.pay(appliesToInvoiceNumber=payments.invoice["number"], amount=amount)
        payments.post()
        assert wanted == state(payments)


def test_what_is_paid_too_much_stays_to_the_customers_credit(payments):
    payments.pay(appliesToInvoiceId=payments.invoice["id"], amount=-300)
    payments.post()

    assert ("Paid", 0, -60) == state(payments)


def test_a_payment_for_nothing_in_particular_lowers_the_balance_alone(payments):
    assert ("Open", 240, 240) == state(payments)
    payments.pay(**payments.id_of(payments.partner), amount=-50)
    payments.post()

    assert ("Open", 240, 190) == state(payments)


def test_a_payment_in_local_currency_closes_an_invoice_in_another(payments):
    abroad = payments.invoices.make_posted(currencyCode="EUR")
    owed = payments.desk.one(
        "generalLedgerEntries", f"documentNumber eq '{abroad['number']}' and accountNumber eq '1310'"
    )
    payments.pay(appliesToInvoiceId=abroad["id"], amount=-float(owed["debitAmount"]))
    payments.post()

    assert ("Paid", 0) == tuple(payments.invoices.head(abroad)[name] for name in ("status", "remainingAmount"))


def test_numbers_of_the_series_are_used_up(payments):
    first = payments.pay(**payments.id_of(payments.partner), amount=-1)
    payments.post()
    second = payments.pay(**payments.id_of(payments.partner), amount=-1)

    assert int(first["documentNumber"][1:]) + 1 == int(second["documentNumber"][1:])


def test_what_keeps_payments_from_being_posted(payments):
    other = payments.desk.make("customers", displayName="Someone else")
    for values, word in (
        ({**payments.id_of(payments.partner), "amount": 50}, "Amount must be negative"),
        ({**payments.id_of(payments.partner), "amount": 0}, "Amount must have a value"),
        ({"amount": -50}, "Account No. must have a value"),
        ({**payments.id_of(other), "appliesToInvoiceId": payments.invoice["id"], "amount": -50}, "There is no Cust."),
        ({**payments.id_of(payments.partner), "appliesToInvoiceNumber": "NONE", "amount": -50}, "There is no Cust."),
    ):
        made = payments.pay(**values)
        assert word in payments.desk.refused("POST", f"journals({payments.journal['id']})/Microsoft.NAV.post")
        payments.desk.drop(payments.url(made))

    assert ("Open", 240, 240) == state(payments)


def test_a_journal_without_balancing_account_does_not_balance(payments):
    payments.desk.change(f"customerPaymentJournals({payments.journal['id']})", balancingAccountId=NO_ID)
    payments.pay(**payments.id_of(payments.partner), amount=-50)

    assert "out of balance by -50" in payments.desk.refused(
        "POST", f"journals({payments.journal['id']})/Microsoft.NAV.post"
    )


def test_a_closed_invoice_takes_no_payment(payments):
    for _ in range(2):
        payments.pay(appliesToInvoiceId=payments.invoice["id"], amount=-240)
    refusal = payments.desk.refused("POST", f"journals({payments.journal['id']})/Microsoft.NAV.post")

    assert "There is no Cust. Ledger Entry" in refusal
    assert ("Open", 240, 240) == state(payments)
    assert 2 == len(payments.desk.rows(payments.all))


def test_a_paid_invoice_is_not_canceled(payments):
    payments.pay(appliesToInvoiceId=payments.invoice["id"], amount=-1)
    payments.post()

    assert "paid" in payments.invoices.refuse(payments.invoice, "cancel")
    assert "partially paid" in payments.invoices.refuse(payments.invoice, "makeCorrectiveCreditMemo")


def test_payment_journals_are_journals_of_their_template(payments):
    found = payments.desk.get(f"journals({payments.journal['id']})")

    assert ("CASHRCPT", "OURS", "CURRENT") == tuple(
        found[name] for name in ("templateDisplayName", "code", "balancingAccountNumber")
    )
    assert "OURS" not in [row["code"] for row in payments.desk.rows("journals")]
    general = payments.desk.rows("journals")[0]
    assert 404 == payments.desk.send("GET", f"customerPaymentJournals({general['id']})").status_code
