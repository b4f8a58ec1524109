"""The trial balance: what every account changed by in a span of days, and stood at when it ended."""

from decimal import Decimal

from linkspan.simulator.books.fields import ZERO, guid, text
from linkspan.simulator.books.ledgers import spread_total
from linkspan.simulator.books.reports.figures import sums_in
from linkspan.simulator.books.rules.reading_views import Span, View
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company


def trial_balance(company: Company, view: View) -> list[Record]:
    """Return one row per account; amounts are texts, empty where there is nothing on that side."""
    span = view.span("dateFilter", company.today)
    changes, balances = sums_in(company, span), sums_in(company, Span(None, span.last))
    rows: list[Record] = []
    for account in company.tables["account"].all():
        change = spread_total(company, account, changes)
        balance = spread_total(company, account, balances)
        rows.append(
            {
                "number": text(account, "number"),
                "accountId": guid(account),
                "accountType": account["accountType"],
                "display": account["displayName"],
                "totalDebit": _shown(change),
                "totalCredit": _shown(-change),
                "balanceAtDateDebit": _shown(balance),
                "balanceAtDateCredit": _shown(-balance),
                "dateFilter": span.last,
            }
        )
    return rows


def _shown(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount > ZERO else ""
