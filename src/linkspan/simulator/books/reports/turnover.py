"""What was sold to each customer and bought from each vendor, without VAT and in local currency."""

from linkspan.simulator.books.fields import ZERO, guid, number, plain
from linkspan.simulator.books.rules.reading_views import View
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company


def customer_sales(company: Company, view: View) -> list[Record]:
    """Return one row per customer; a credit memo counts against it."""
    del view
    return _turnover(company, "customer", "totalSalesAmount", 1)


def vendor_purchases(company: Company, view: View) -> list[Record]:
    """Return one row per vendor; a credit memo counts against it."""
    del view
    return _turnover(company, "vendor", "totalPurchaseAmount", -1)


def _turnover(company: Company, party: str, total: str, sign: int) -> list[Record]:
    ledger = company.internal[f"{party}LedgerEntry"]
    return [
        {
            f"{party}Id": guid(partner),
            f"{party}Number": partner["number"],
            "name": partner["displayName"],
            total: plain(sign * sum((number(row, "salesLocal") for row in ledger.group(guid(partner))), ZERO)),
        }
        for partner in company.tables[party].all()
    ]
