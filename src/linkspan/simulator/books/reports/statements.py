"""Balance sheet, income statement, cash flow and retained earnings: lines with headings and totals over the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from uuid import uuid5

from linkspan.simulator.books.dates import days_from
from linkspan.simulator.books.fields import ZERO, plain, text
from linkspan.simulator.books.reports.figures import Sums, accounts_where, fiscal_year_start, sums_in, total_of
from linkspan.simulator.books.rules.reading_views import Span, View
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

_STEP: Final = 10_000
_RESULT: Final = frozenset({"Income", "Cost_x0020_of_x0020_Goods_x0020_Sold", "Expense"})
_COST: Final = "Cost_x0020_of_x0020_Goods_x0020_Sold"
_FINANCING: Final = frozenset({"Long Term Liabilities", "Common Stock", "Retained Earnings"})
_PAID_OUT: Final = "Distributions to Shareholders"


@dataclass(slots=True)
class Sheet:
    """The lines of a statement as they are written down, numbered by tens of thousands."""

    company: Company
    entity: str
    span: Span
    amount_field: str
    rows: list[Record] = field(default_factory=list)

    def put(self, display: str, amount: Decimal = ZERO, *, kind: str = "detail", depth: int = 1) -> Decimal:
        """Add a line: a ``header`` without an amount, a ``detail`` or a ``total``; return its amount."""
        line = (len(self.rows) + 1) * _STEP
        self.rows.append(
            {
                "id": uuid5(self.company.id, f"{self.entity} {line}"),
                "lineNumber": line,
                "display": display,
                self.amount_field: plain(amount),
                "lineType": kind,
                "indentation": depth,
                "dateFilter": self.span.last,
            }
        )
        return amount

    def block(self, title: str, sums: Sums, accounts: Iterable[Record], sign: int) -> Decimal:
        """Add a heading and a line per subcategory of these accounts; return their sum."""
        self.put(title, kind="header", depth=0)
        groups: dict[str, list[Record]] = {}
        for account in accounts:
            groups.setdefault(text(account, "subCategory"), []).append(account)
        return sum((self.put(name, sign * total_of(sums, some)) for name, some in groups.items()), ZERO)


def balance_sheet(company: Company, view: View) -> list[Record]:
    """Return the balance sheet at the end of the span; what the year has earned so far counts to the equity."""
    span = Span(None, view.span("dateFilter", company.today).last)
    sums = sums_in(company, span)
    sheet = Sheet(company, "balanceSheet", span, "balance")
    assets = sheet.block("Assets", sums, _of(company, "Assets"), 1)
    sheet.put("Total Assets", assets, kind="total", depth=0)
    debts = sheet.block("Liabilities", sums, _of(company, "Liabilities"), -1)
    sheet.put("Total Liabilities", debts, kind="total", depth=0)
    equity = sheet.block("Equity", sums, _of(company, "Equity"), -1)
    equity += sheet.put("Earnings not yet closed", _earned(company, sums))
    sheet.put("Total Equity", equity, kind="total", depth=0)
    sheet.put("Total Liabilities and Equity", debts + equity, kind="total", depth=0)
    return sheet.rows


def income_statement(company: Company, view: View) -> list[Record]:
    """Return income, costs and expenses of the span, by default of the fiscal year so far."""
    span = _period(view, company)
    sums = sums_in(company, span)
    sheet = Sheet(company, "incomeStatement", span, "netChange")
    income = sheet.block("Income", sums, _of(company, "Income"), -1)
    sheet.put("Total Income", income, kind="total", depth=0)
    cost = sheet.block("Cost of Goods Sold", sums, _of(company, _COST), 1)
    sheet.put("Total Cost of Goods Sold", cost, kind="total", depth=0)
    sheet.put("Gross Profit", income - cost, kind="total", depth=0)
    spent = sheet.block("Expenses", sums, _of(company, "Expense"), 1)
    sheet.put("Total Expenses", spent, kind="total", depth=0)
    sheet.put("Net Income", income - cost - spent, kind="total", depth=0)
    return sheet.rows


def cash_flow_statement(company: Company, view: View) -> list[Record]:
    """Return where cash came from and went in the span: from what the company does, owns and is financed by."""
    span = _period(view, company)
    sums = sums_in(company, span)
    sheet = Sheet(company, "cashFlowStatement", span, "netChange")
    balance = accounts_where(company, lambda row: row["category"] not in _RESULT)
    sheet.put("Cash Flow from Operations", kind="header", depth=0)
    running = sheet.put("Net Income", _earned(company, sums))
    running += _by_subcategory(sheet, sums, [row for row in balance if _is_operating(row)])
    sheet.put("Net Cash from Operations", running, kind="total", depth=0)
    invested = sheet.block("Cash Flow from Investing", sums, _sub(balance, {"Equipment"}), -1)
    sheet.put("Net Cash from Investing", invested, kind="total", depth=0)
    financed = sheet.block("Cash Flow from Financing", sums, _sub(balance, {*_FINANCING, _PAID_OUT}), -1)
    sheet.put("Net Cash from Financing", financed, kind="total", depth=0)
    change = sheet.put("Net Change in Cash", running + invested + financed, kind="total", depth=0)
    before = total_of(_before(company, span), _sub(balance, {"Cash"}))
    sheet.put("Cash at Beginning of Period", before, kind="total", depth=0)
    sheet.put("Cash at End of Period", before + change, kind="total", depth=0)
    return sheet.rows


def retained_earnings_statement(company: Company, view: View) -> list[Record]:
    """Return how retained earnings came from their state before the span to that at its end."""
    span = _period(view, company)
    sums, before = sums_in(company, span), _before(company, span)
    sheet = Sheet(company, "retainedEarningsStatement", span, "netChange")
    kept = _sub(accounts_where(company, lambda _: True), {"Retained Earnings"})
    paid = _sub(accounts_where(company, lambda _: True), {_PAID_OUT})
    opening = -total_of(before, [*kept, *paid]) + _earned(company, before)
    total = sheet.put("Retained Earnings, Beginning of Period", opening, kind="total", depth=0)
    total += sheet.put("Net Income", _earned(company, sums))
    total += sheet.put("Entries to Retained Earnings", -total_of(sums, kept))
    total += sheet.put(_PAID_OUT, -total_of(sums, paid))
    sheet.put("Retained Earnings, End of Period", total, kind="total", depth=0)
    return sheet.rows


def _period(view: View, company: Company) -> Span:
    span = view.span("dateFilter", company.today)
    return span if span.first is not None else Span(fiscal_year_start(span.last), span.last)


def _before(company: Company, span: Span) -> Sums:
    return {} if span.first is None else sums_in(company, Span(None, days_from(span.first, -1)))


def _of(company: Company, category: str) -> list[Record]:
    return accounts_where(company, lambda row: row["category"] == category)


def _sub(accounts: Iterable[Record], names: set[str]) -> list[Record]:
    return [row for row in accounts if row["subCategory"] in names]


def _is_operating(row: Record) -> bool:
    return row["subCategory"] not in {"Cash", "Equipment", _PAID_OUT, *_FINANCING}


def _by_subcategory(sheet: Sheet, sums: Sums, accounts: Iterable[Record]) -> Decimal:
    groups: dict[str, list[Record]] = {}
    for account in accounts:
        groups.setdefault(text(account, "subCategory"), []).append(account)
    return sum((sheet.put(f"Change in {name}", -total_of(sums, some)) for name, some in groups.items()), ZERO)


def _earned(company: Company, sums: Sums) -> Decimal:
    """Return income less costs and expenses."""
    return -total_of(sums, accounts_where(company, lambda row: row["category"] in _RESULT))
