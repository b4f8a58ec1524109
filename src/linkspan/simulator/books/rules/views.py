"""Entities without rows of their own: financial reports, and the entries that a payment may be applied to."""

from collections.abc import Callable
from typing import Final

from linkspan.simulator.books.reports.aging import aged_payables, aged_receivables
from linkspan.simulator.books.reports.statements import (
    balance_sheet,
    cash_flow_statement,
    income_statement,
    retained_earnings_statement,
)
from linkspan.simulator.books.reports.trial_balance import trial_balance
from linkspan.simulator.books.reports.turnover import customer_sales, vendor_purchases
from linkspan.simulator.books.rules.payment_marks import vendor_marks
from linkspan.simulator.books.rules.reading_views import Limit, View
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

VIEWS: Final[dict[str, Callable[[Company, View], list[Record]]]] = {
    "applyVendorEntry": vendor_marks,
    "trialBalance": trial_balance,
    "balanceSheet": balance_sheet,
    "incomeStatement": income_statement,
    "cashFlowStatement": cash_flow_statement,
    "retainedEarningsStatement": retained_earnings_statement,
    "agedAccountsReceivable": aged_receivables,
    "agedAccountsPayable": aged_payables,
    "customerSale": customer_sales,
    "vendorPurchase": vendor_purchases,
}
"""How the rows of each such entity are worked out."""

__all__ = ["VIEWS", "Limit", "View"]
