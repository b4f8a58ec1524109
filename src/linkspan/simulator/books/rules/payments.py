"""Rules of payments in payment journals: the customer or vendor, and the invoice that a payment is for."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, blank, guid, settled, text, to_cents
from linkspan.simulator.books.rules.dimension_sets import copy_defaults, drop_dimensions
from linkspan.simulator.books.rules.journal_numbering import document_number, line_number, posting_date
from linkspan.simulator.books.rules.posted import POSTED
from linkspan.simulator.books.rules.references import Reference, settle
from linkspan.simulator.books.series import PAYMENTS, VENDOR_PAYMENTS
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import dialog


@dataclass(frozen=True, slots=True)
class _Payer:
    """Whose payments these are: the partner, the journal template, the number series, the invoice that they settle."""

    reference: Reference
    template: str
    series: str
    invoice: str
    invoice_partner: str

    @property
    def party(self) -> str:
        return self.reference.target

    @property
    def id(self) -> str:
        return self.reference.id_field

    @property
    def number(self) -> str:
        return self.reference.code_field


def _partner(name: str) -> Reference:
    caption = name.capitalize()
    article = f"A{caption}"
    return Reference(
        name,
        f"{name}Id",
        f"{name}Number",
        target_code="number",
        unknown_id=f"{caption}IdDoesNotMatch{article}Err",
        unknown_code=f"{caption}NumberDoesNotMatch{article}Err",
        mismatch=f"{caption}ValuesDontMatchErr",
    )


_PAYERS = {
    "customerPayment": _Payer(_partner("customer"), "CASHRCPT", PAYMENTS, "salesInvoice", "billToCustomer"),
    "vendorPayment": _Payer(_partner("vendor"), "PAYMENT", VENDOR_PAYMENTS, "purchaseInvoice", "payToVendor"),
}
_PLAIN = ("externalDocumentNumber", "description", "comment")


def create_payment(company: Company, entity: Entity, payload: Mapping[str, object], parent: Record | None) -> Record:
    """Add a payment to a payment journal; an invoice brings its customer or vendor along."""
    values = settled(entity, payload)
    journal = _journal(company, entity, values, parent)
    table = company.tables[entity.name]
    lines = table.group(guid(journal))
    row: Record = {
        **blank(entity),
        "id": company.log.new_id(),
        "journalId": guid(journal),
        "journalDisplayName": journal["code"],
    }
    row["lineNumber"] = line_number(table, journal, values)
    row["postingDate"] = posting_date(company, lines, values)
    payer = _PAYERS[entity.name]
    row["documentNumber"] = document_number(company, payer.series, lines, values)
    row = _apply(company, entity, row, values)
    stored = table.insert(row)
    copy_defaults(company, entity, owner=guid(row), source=guid(row, payer.id))
    return stored


def update_payment(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Change a payment; its journal stays, another line number renames it."""
    table = company.tables[entity.name]
    before = table.get(guid(record)) or record
    values = settled(entity, changes)
    if values.get("journalDisplayName", before["journalDisplayName"]) != before["journalDisplayName"]:
        raise dialog(entity.errors["CannotEditBatchNameErr"])
    if values.get("journalId", before["journalId"]) != before["journalId"]:
        raise dialog(entity.errors["CannotEditJournalIdErr"])
    row = dict(before)
    row.update({name: values[name] for name in ("lineNumber", "postingDate", "documentNumber") if name in values})
    row = _apply(company, entity, row, values)
    return before if row == before else table.replace(row)


def delete_payment(company: Company, entity: Entity, record: Record) -> None:
    """Delete a payment with its dimensions and the entries marked for it."""
    drop_marks(company, guid(record))
    drop_dimensions(company, guid(record))
    company.tables[entity.name].remove(guid(record))


def drop_marks(company: Company, payment_id: UUID) -> None:
    """Forget which entries a payment was to be applied to."""
    marks = company.internal["paymentMark"]
    for mark in list(marks.group(payment_id)):
        marks.remove(guid(mark))


def _apply(company: Company, entity: Entity, row: Record, values: Mapping[str, object]) -> Record:
    payer = _PAYERS[entity.name]
    partner = {name: value for name, value in values.items() if name in {payer.id, payer.number}}
    applied = {**row, **settle(company, entity, (payer.reference,), partner)}
    applied.update(_invoice_fields(company, entity, applied, values))
    if applied[payer.id] != row[payer.id]:
        drop_marks(company, guid(row))
        chosen = company.tables[payer.party].get(guid(applied, payer.id))
        applied["description"] = chosen["displayName"] if chosen else ""
    applied.update({name: values[name] for name in _PLAIN if name in values})
    if "amount" in values:
        applied["amount"] = to_cents(cast("Decimal", values["amount"]))
    return applied


def _invoice_fields(company: Company, entity: Entity, row: Record, values: Mapping[str, object]) -> Record:
    """Return the invoice applied to; a number that is no posted invoice is kept with an empty id."""
    if not values.keys() & {"appliesToInvoiceId", "appliesToInvoiceNumber"}:
        return {}
    payer = _PAYERS[entity.name]
    table = company.tables[payer.invoice]
    wanted, code = values.get("appliesToInvoiceId", NO_ID), str(values.get("appliesToInvoiceNumber", ""))
    by_id = table.get(wanted) if isinstance(wanted, UUID) and wanted != NO_ID else None
    if wanted != NO_ID and (by_id is None or text(by_id, "status") not in POSTED):
        raise dialog(entity.errors["AppliesToInvoiceIdDoesNotMatchAnInvoiceErr"])
    if by_id is not None and code and by_id["number"] != code:
        raise dialog(entity.errors["AppliesToDocValuesDontMatchErr"])
    invoice = by_id or table.find(code)
    if invoice is None or text(invoice, "status") not in POSTED:
        return {"appliesToInvoiceId": NO_ID, "appliesToInvoiceNumber": code}
    found: Record = {"appliesToInvoiceId": guid(invoice), "appliesToInvoiceNumber": invoice["number"]}
    if row[payer.id] == NO_ID:
        owner = payer.invoice_partner
        found |= {payer.id: invoice[f"{owner}Id"], payer.number: invoice[f"{owner}Number"]}
    return found


def _journal(company: Company, entity: Entity, values: Mapping[str, object], parent: Record | None) -> Record:
    table = company.tables["journal"]
    wanted, code = values.get("journalId", NO_ID), str(values.get("journalDisplayName", ""))
    if parent is not None and wanted not in {NO_ID, parent["id"]}:
        raise dialog(entity.errors["CannotEditJournalIdErr"])
    template = _PAYERS[entity.name].template
    found = parent or (table.get(wanted) if isinstance(wanted, UUID) else None)
    if found is None and code:
        found = table.find(template, code)
    if found is None or found["templateDisplayName"] != template:
        raise dialog(entity.errors["FiltersNotSpecifiedErr"])
    if code and code != found["code"]:
        raise dialog(entity.errors["JournalBatchIdNameNotMatchErr"])
    return found
