"""Reports beside the general ledger: what each must say, added up from the entries and accounts that the API shows."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

RESULT = ("Income", "Cost_x0020_of_x0020_Goods_x0020_Sold", "Expense")
CONTROL = {"customer": ("1310", "1320"), "vendor": ("2110", "2120")}


class Reader(Protocol):
    """Whoever can list a set of the company."""

    def rows(self, url: str) -> list[dict[str, Any]]: ...


@dataclass
class Ledger:
    """The general ledger as read once: entries and accounts."""

    desk: Reader
    entries: list[dict[str, Any]] = field(default_factory=list)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    sums: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.entries = self.desk.rows("generalLedgerEntries")
        self.accounts = {row["number"]: row for row in self.desk.rows("accounts")}
        for row in self.entries:
            self.sums[row["accountNumber"]] += row["debitAmount"] - row["creditAmount"]

    @property
    def today(self) -> str:
        """The day that reports are about when nobody asks for another."""
        day: str = self.desk.rows("trialBalances?$top=1")[0]["dateFilter"]
        return day

    def total(self, test: Callable[[dict[str, Any]], bool], first: str = "", last: str = "9999") -> Decimal:
        """Return debits less credits of the accounts that pass a test, posted on these days."""
        return sum(
            (
                row["debitAmount"] - row["creditAmount"]
                for row in self.entries
                if first <= row["postingDate"] <= last and test(self.accounts[row["accountNumber"]])
            ),
            Decimal(0),
        )

    def of(self, *numbers: str) -> Decimal:
        return sum((Decimal(self.sums[number]) for number in numbers), Decimal(0))

    def earned(self, first: str = "", last: str = "9999") -> Decimal:
        return -self.total(lambda account: account["category"] in RESULT, first, last)

    def check(self) -> None:
        """See that the ledger balances and that every report says what it says."""
        assert 0 == self.total(lambda _: True)
        last = self.today
        self.check_trial_balance()
        self.check_balance_sheet()
        self.check_income_statement(last)
        self.check_cash_flow(last)
        self.check_retained_earnings(last)
        for party in CONTROL:
            self.check_aged(party)

    def amounts(self, report: str, field: str, condition: str = "") -> dict[str, Decimal]:
        """Return a statement's totals by their words, and its details under the heading before them."""
        return {
            row["display"]: row[field] for row in self.desk.rows(f"{report}{condition}") if row["lineType"] != "header"
        }

    def check_trial_balance(self) -> None:
        rows = {row["number"]: row for row in self.desk.rows("trialBalances")}
        assert rows.keys() == self.accounts.keys()
        for number, row in rows.items():
            shown = amount(row["balanceAtDateDebit"]) - amount(row["balanceAtDateCredit"])
            if self.accounts[number]["accountType"] == "Posting":
                assert self.of(number) == shown, number
            assert self.accounts[number]["netChange"] == shown, number
            assert (row["totalDebit"], row["totalCredit"]) == (row["balanceAtDateDebit"], row["balanceAtDateCredit"])

    def check_balance_sheet(self) -> None:
        found = self.amounts("balanceSheets", "balance")
        by_category = {
            name: self.total(lambda account, name=name: account["category"] == name)  # type: ignore[misc]
            for name in ("Assets", "Liabilities", "Equity")
        }
        assert by_category["Assets"] == found["Total Assets"]
        assert -by_category["Liabilities"] == found["Total Liabilities"]
        assert self.earned() - by_category["Equity"] == found["Total Equity"]
        assert found["Total Assets"] == found["Total Liabilities and Equity"]

    def check_income_statement(self, last: str) -> None:
        found = self.amounts("incomeStatements", "netChange")
        first = f"{last[:4]}-01-01"
        income = -self.total(lambda account: account["category"] == "Income", first)
        cost = self.total(lambda account: account["category"] == RESULT[1], first)
        assert (income, income - cost) == (found["Total Income"], found["Gross Profit"])
        assert self.earned(first) == found["Net Income"]

    def check_cash_flow(self, last: str) -> None:
        found = self.amounts("cashFlowStatements", "netChange")
        cash = self.total(lambda account: account["subCategory"] == "Cash")
        before = self.total(lambda account: account["subCategory"] == "Cash", last=f"{int(last[:4]) - 1}-12-31")
        assert (before, cash) == (found["Cash at Beginning of Period"], found["Cash at End of Period"])
        assert cash - before == found["Net Change in Cash"]

    def check_retained_earnings(self, last: str) -> None:
        found = self.amounts("retainedEarningsStatements", "netChange")
        kept = self.total(lambda account: account["number"] in {"3020", "3030"})
        assert self.earned() - kept == found["Retained Earnings, End of Period"]
        assert self.earned(f"{last[:4]}-01-01") == found["Net Income"]

    def check_aged(self, party: str) -> None:
        """The ages add up to the total row, that to the control accounts, and each row to the partner's balance."""
        name, sign = ("agedAccountsReceivables", 1) if party == "customer" else ("agedAccountsPayables", -1)
        *rows, total = self.desk.rows(name)
        columns = ("currentAmount", "period1Amount", "period2Amount", "period3Amount")
        assert "Total" == total["name"]
        assert sign * self.of(*CONTROL[party]) == total["balanceDue"]
        for row in (*rows, total):
            assert sum(row[column] for column in columns) == row["balanceDue"]
        for column in (*columns, "balanceDue"):
            assert sum(row[column] for row in rows) == total[column]


def amount(text: str) -> Decimal:
    """Return the amount behind a text of the trial balance."""
    return Decimal(text.replace(",", "") or 0)
