"""Sums over the general ledger by account, for the days that a report is about."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from linkspan.simulator.books.fields import ZERO, day, number, plain, text
from linkspan.simulator.books.rules.reading_views import Span
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

Sums = dict[str, Decimal]
"""Debits less credits by account number."""


def sums_in(company: Company, span: Span) -> Sums:
    """Return what each account changed by in the span."""
    found: Sums = {}
    for row in company.tables["generalLedgerEntry"].all():
        if span.holds(day(row, "postingDate")):
            account = text(row, "accountNumber")
            found[account] = found.get(account, ZERO) + number(row, "debitAmount") - number(row, "creditAmount")
    return found


def accounts_where(company: Company, test: Callable[[Record], bool]) -> list[Record]:
    """Return the posting accounts that pass a test, in order of their numbers."""
    return [row for row in company.tables["account"].all() if row["accountType"] == "Posting" and test(row)]


def total_of(sums: Sums, accounts: Iterable[Record]) -> Decimal:
    """Return the sum of some accounts."""
    return plain(sum((sums.get(text(row, "number"), ZERO) for row in accounts), ZERO))


def fiscal_year_start(last: date) -> date:
    """Return the first day of the fiscal year that a day lies in: fiscal years are calendar years."""
    return date(last.year, 1, 1)
