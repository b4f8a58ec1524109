"""The ledgers behind balances and stock: what customers and vendors owe, what items and banks hold."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from linkspan.simulator.books.fields import ZERO, day, guid, number, plain, text
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company


def balance(company: Company, ledger: str, owner: UUID) -> Decimal:
    """Return the sum of what remains open for one customer or vendor, in the entries' own currency."""
    rows = company.internal[ledger].group(owner)
    return plain(sum((number(row, "remaining") for row in rows), ZERO)) if rows else ZERO


def local_balance(company: Company, ledger: str, owner: UUID) -> Decimal:
    """Return the open balance in local currency."""
    return plain(sum((number(row, "remainingLocal") for row in company.internal[ledger].group(owner)), ZERO))


def overdue(company: Company, owner: UUID) -> Decimal:
    """Return what a customer should have paid before today, in local currency."""
    late = (row for row in company.internal["customerLedgerEntry"].group(owner) if day(row, "dueDate") < company.today)
    return plain(sum((number(row, "remainingLocal") for row in late), ZERO))


def sales_total(company: Company, owner: UUID) -> Decimal:
    """Return a customer's posted sales without VAT, in local currency."""
    rows = company.internal["customerLedgerEntry"].group(owner)
    return plain(sum((number(row, "salesLocal") for row in rows), ZERO))


def invoice_remaining(company: Company, invoice: Record) -> Decimal:
    """Return what is unpaid of a posted sales invoice, or the total of a draft."""
    if text(invoice, "status") in {"Draft", "In_x0020_Review"}:
        return number(invoice, "totalAmountIncludingTax")
    entries = company.internal["customerLedgerEntry"].group(guid(invoice, "billToCustomerId"))
    own = (number(row, "remaining") for row in entries if row["documentId"] == guid(invoice))
    return plain(sum(own, ZERO))


def stock(company: Company, item_id: UUID) -> Decimal:
    """Return the quantity of an item on hand."""
    return plain(sum((number(row, "quantity") for row in company.internal["itemLedgerEntry"].group(item_id)), ZERO))


def in_open_year(company: Company, entry: Record) -> bool:
    """Tell whether an entry lies in a fiscal year that is not closed: this year and the last are open."""
    return day(entry, "postingDate") >= date(company.today.year - 1, 1, 1)


def net_changes(company: Company) -> Mapping[str, Decimal]:
    """Return the sum of all general ledger entries by account number; kept until the ledger changes."""
    ledger = company.tables["generalLedgerEntry"]
    known = company.sums.get("netChange")
    if known is not None and known[0] == ledger.mutations:
        return known[1]
    sums: dict[str, Decimal] = {}
    for row in ledger.all():
        change = number(row, "debitAmount") - number(row, "creditAmount")
        sums[text(row, "accountNumber")] = sums.get(text(row, "accountNumber"), ZERO) + change
    company.sums["netChange"] = (ledger.mutations, sums)
    return sums


def net_change(company: Company, account: Record) -> Decimal:
    """Return an account's sum; a total account's is that of the accounts it spans."""
    return spread_total(company, account, net_changes(company))


def spread_total(company: Company, account: Record, sums: Mapping[str, Decimal]) -> Decimal:
    """Return from sums by account number what belongs to an account, or to all that a total account spans."""
    span = company.internal["accountTotaling"].get(guid(account))
    if span is None:
        return plain(sums.get(text(account, "number"), ZERO))
    first, last = text(span, "first"), text(span, "last")
    return plain(sum((value for key, value in sums.items() if first <= key <= last), ZERO))
