"""Financial reports: they agree with the ledger, they can be asked for other days, and nobody writes them."""

from decimal import Decimal

import pytest
from document_sets import DocumentSet
from payment_sets import PaymentSet
from report_sums import Ledger, amount


@pytest.fixture
def traded(desk):
    """The desk after a sale, its payment in part, a purchase and its payment."""
    for party, quantity in (("customer", 7), ("vendor", 9)):
        payments = PaymentSet(desk, party)
        invoice = payments.invoices.make_posted(payments.invoices.line_of(quantity))
        payments.pay(appliesToInvoiceId=invoice["id"], amount=333.33 * payments.sign)
        payments.post()
    return desk


def is_read_only(desk, entity_set, **values):
    response = desk.send("POST", entity_set, values)

    assert (405, "BadRequest_MethodNotAllowed") == (response.status_code, response.json()["error"]["code"])


def test_reports_agree_with_the_ledger_of_the_demo_company(desk):
    Ledger(desk).check()


def test_reports_agree_with_the_ledger_after_trade(traded):
    Ledger(traded).check()


def test_TrialBalance__TestGetTrialBalanceRecords(traded):
    ledger = Ledger(traded)
    ledger.check_trial_balance()

    past = {row["number"]: row for row in traded.rows("trialBalances?$filter=dateFilter le 2026-06-30")}
    assert {"2026-06-30"} == {row["dateFilter"] for row in past.values()}
    for number in ("1310", "1410", "4010", "6010"):
        wanted = ledger.total(lambda account, number=number: account["number"] == number, last="2026-06-30")
        shown = past[number]
        assert wanted == amount(shown["balanceAtDateDebit"]) - amount(shown["balanceAtDateCredit"])


def test_trial_balance_shows_the_change_of_a_span_and_the_balance_at_its_end(traded):
    ledger = Ledger(traded)
    span = "$filter=dateFilter ge 2026-05-01 and dateFilter lt 2026-08-01"
    row = next(row for row in traded.rows(f"trialBalances?{span}") if row["number"] == "4010")

    def of(account):
        return account["number"] == "4010"

    assert -ledger.total(of, "2026-05-01", "2026-07-31") == amount(row["totalCredit"])
    assert -ledger.total(of, last="2026-07-31") == amount(row["balanceAtDateCredit"])
    assert ("", "2026-07-31") == (row["totalDebit"], row["dateFilter"])
    one = traded.get(f"trialBalances({row['accountId']})")
    assert ("4010", row["display"]) == (one["number"], one["display"])


def test_TrialBalance__TestCreateTrialBalanceRecord(desk):
    is_read_only(desk, "trialBalances", number="4010", display="Of our own")


def test_BalanceSheet__TestGetBalanceSheetRecords(traded):
    Ledger(traded).check_balance_sheet()

    rows = traded.rows("balanceSheets")
    assert [10_000 * place for place in range(1, len(rows) + 1)] == [row["lineNumber"] for row in rows]
    assert {"header", "detail", "total"} == {row["lineType"] for row in rows}
    assert rows[3]["display"] == traded.get(f"balanceSheets({rows[3]['id']})")["display"]
    past = Ledger(traded).amounts("balanceSheets", "balance", "?$filter=dateFilter eq 2026-06-30")
    assert past["Total Assets"] == past["Total Liabilities and Equity"]
    cash = Ledger(traded).total(lambda account: account["category"] == "Assets", last="2026-06-30")
    assert cash == past["Total Assets"]


def test_BalanceSheet__TestCreateBalanceSheetRecord(desk):
    is_read_only(desk, "balanceSheets", display="Of our own", balance=1)


def test_IncomeStatement__TestGetIncomeStatementRecords(traded):
    ledger = Ledger(traded)
    ledger.check_income_statement(ledger.today)

    span = "?$filter=dateFilter ge 2026-04-01 and dateFilter le 2026-06-30"
    quarter = ledger.amounts("incomeStatements", "netChange", span)
    assert ledger.earned("2026-04-01", "2026-06-30") == quarter["Net Income"]
    assert quarter["Gross Profit"] - quarter["Total Expenses"] == quarter["Net Income"]


def test_CashFlowStatement__TestGetCashFlowRecords(traded):
    ledger = Ledger(traded)
    ledger.check_cash_flow(ledger.today)

    found = ledger.amounts(
        "cashFlowStatements", "netChange", "?$filter=dateFilter ge 2026-04-01 and dateFilter le 2026-06-30"
    )
    parts = sum(found[f"Net Cash from {name}"] for name in ("Operations", "Investing", "Financing"))
    cash = ledger.total(lambda account: account["subCategory"] == "Cash", "2026-04-01", "2026-06-30")
    assert (cash, cash) == (parts, found["Net Change in Cash"])


def test_CashFlowStatement__TestCreateCashFlowRecord(desk):
    is_read_only(desk, "cashFlowStatements", display="Of our own")


def test_RetEarnings__TestRetainedEarningsStatementRecords(traded):
    ledger = Ledger(traded)
    ledger.check_retained_earnings(ledger.today)


def test_RetEarnings__TestCreateRetainedEarningsStatementRecord(desk):
    is_read_only(desk, "retainedEarningsStatements", display="Of our own")


def test_AgedAR__TestCreateAgedARRecord(desk):
    is_read_only(desk, "agedAccountsReceivables", name="Of our own")


def test_AgedAP__TestCreateAgedAPRecord(desk):
    is_read_only(desk, "agedAccountsPayables", name="Of our own")


def test_AgedAP__TestGetAgedAPRecords(traded):
    Ledger(traded).check_aged("vendor")

    vendor = traded.one("vendors", "displayName eq 'Gannet Yachts'")
    (row,) = traded.rows(f"agedAccountsPayables?$filter=vendorNumber eq '{vendor['number']}'")
    owed = 9 * 72 - Decimal("333.33")
    assert (owed, owed, "GBP") == (row["balanceDue"], row["currentAmount"], row["currencyCode"])
    own = traded.get(f"vendors({vendor['id']})/agedAccountsPayable")
    assert (vendor["id"], vendor["balance"]) == (own["vendorId"], own["balanceDue"])


def test_what_is_due_moves_through_the_periods(desk):
    invoices = DocumentSet(desk, "salesInvoices")
    posted = invoices.make_posted(dueDate="2026-11-01", postingDate="2026-10-01", invoiceDate="2026-10-01")
    customer = invoices.partner["number"]
    for day, column in (
        ("2026-10-01", "currentAmount"),
        ("2026-11-01", "currentAmount"),
        ("2026-11-02", "period1Amount"),
        ("2026-12-01", "period1Amount"),
        ("2026-12-02", "period2Amount"),
        ("2027-02-01", "period3Amount"),
    ):
        condition = f"customerNumber eq '{customer}' and agedAsOfDate eq {day}"
        (row,) = desk.rows(f"agedAccountsReceivables?$filter={condition}")
        assert (240, 240) == (row["balanceDue"], row[column]), day
    assert [] == desk.rows(
        f"agedAccountsReceivables?$filter=customerNumber eq '{customer}' and agedAsOfDate eq 2026-09-30"
    )
    weekly = f"customerNumber eq '{customer}' and agedAsOfDate eq 2026-11-10 and periodLengthFilter eq '7D'"
    assert 240 == desk.rows(f"agedAccountsReceivables?$filter={weekly}")[0]["period2Amount"]
    assert "Open" == posted["status"]


def test_a_past_day_shows_what_was_open_then(desk):
    payments = PaymentSet(desk, "customer")
    invoice = payments.invoices.make_posted(postingDate="2026-09-01", dueDate="2026-10-01")
    payments.pay(appliesToInvoiceId=invoice["id"], amount=-240, postingDate="2026-10-15")
    payments.post()
    number = payments.partner["number"]

    rows = desk.rows(f"agedAccountsReceivables?$filter=customerNumber eq '{number}' and agedAsOfDate eq 2026-10-14")
    assert [240] == [row["balanceDue"] for row in rows]
    assert [] == desk.rows(
        f"agedAccountsReceivables?$filter=customerNumber eq '{number}' and agedAsOfDate eq 2026-10-15"
    )
