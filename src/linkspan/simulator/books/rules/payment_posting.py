"""Posts payments of customers and to vendors, and applies them to the invoices that they are for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, day, guid, number, plain, text
from linkspan.simulator.books.posting.application import apply, entry_of, is_open
from linkspan.simulator.books.posting.documents import control_account
from linkspan.simulator.books.posting.entries import ledger_row, partner_entry
from linkspan.simulator.books.rules.summing import partner_tax_area
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.faults import data_not_found, dialog, field_validation, must_have_value


@dataclass(frozen=True, slots=True)
class Party:
    """Whose payments these are: ``sign`` is the sign of a payment's amount, ``blocked`` what keeps it from being posted."""

    name: str
    caption: str
    ledger: str
    invoice: str
    sign: int
    blocked: frozenset[str]


PARTIES: Final = {
    "customerPayment": Party("customer", "Customer", "Cust. Ledger Entry", "salesInvoice", -1, frozenset({"All"})),
    "vendorPayment": Party(
        "vendor", "Vendor", "Vendor Ledger Entry", "purchaseInvoice", 1, frozenset({"All", "Payment"})
    ),
}
"""Customers and vendors, by the entity of their payments."""


def check_payment(company: Company, name: str, line: Record, key: str) -> None:
    """Refuse a payment without a partner, of a blocked one, with the wrong sign, or for an invoice that is closed."""
    party = PARTIES[name]
    partner = company.tables[party.name].get(guid(line, f"{party.name}Id"))
    if partner is None:
        raise must_have_value("Account No.", "Gen. Journal Line", key)
    if partner["blocked"] in party.blocked:
        who = f"{party.caption} {text(partner, 'number')}"
        message = f"You cannot create this type of document when {who} is blocked with type {partner['blocked']}"
        raise dialog(message)
    if number(line, "amount") * party.sign < 0:
        message = f"Amount must be {'negative' if party.sign < 0 else 'positive'} in Gen. Journal Line: {key}."
        raise field_validation(message)
    if line["appliesToInvoiceId"] != NO_ID or line["appliesToInvoiceNumber"]:
        _invoice_entry(company, party, line)


def post_payment(company: Company, name: str, line: Record, common: Mapping[str, object]) -> None:
    """Write the partner's entry and its side of the general ledger, then apply the payment."""
    party = PARTIES[name]
    owner = guid(line, f"{party.name}Id")
    partner = cast("Record", company.tables[party.name].get(owner))
    control = control_account(company, party.name, partner_tax_area(company, party.name, partner))
    amount = number(line, "amount")
    ledger_row(company, common, control, amount, source=line)
    entry = partner_entry(
        company,
        party.name,
        owner,
        {
            **common,
            "dueDate": line["postingDate"],
            "currencyCode": company.setup.local_currency,
            "amount": plain(amount),
            "amountLocal": plain(amount),
            "externalDocumentNumber": line["externalDocumentNumber"],
        },
    )
    on = day(line, "postingDate")
    for target in _targets(company, party, line):
        apply(company, party.name, new=guid(entry), old=target, account=control, on=on)


def _targets(company: Company, party: Party, line: Record) -> list[UUID]:
    """Return the entries that a payment is for: its invoice, then those marked for it, oldest due first."""
    found: list[UUID] = []
    if line["appliesToInvoiceId"] != NO_ID or line["appliesToInvoiceNumber"]:
        found.append(guid(_invoice_entry(company, party, line)))
    marks = company.internal["paymentMark"].group(guid(line))
    ledger = company.internal[f"{party.name}LedgerEntry"]
    marked = [ledger.get(guid(mark, "entryId")) for mark in marks]
    wanted = sorted((row for row in marked if row is not None), key=lambda row: cast("int", row["entryNumber"]))
    return [*found, *(guid(row) for row in wanted if is_open(row))]


def _invoice_entry(company: Company, party: Party, line: Record) -> Record:
    """Return the open entry of the invoice that a payment names; refuses one that is closed or somebody else's."""
    table = company.tables[party.invoice]
    named = line["appliesToInvoiceId"]
    invoice = table.get(named) if named != NO_ID else table.find(text(line, "appliesToInvoiceNumber"))  # type: ignore[arg-type]
    entry = entry_of(company, party.name, guid(line, f"{party.name}Id"), guid(invoice)) if invoice else None
    if entry is None or not is_open(entry):
        raise data_not_found(party.ledger)
    return entry
