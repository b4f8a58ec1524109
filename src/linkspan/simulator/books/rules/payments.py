"""Rules of customer payments in cash receipt journals: the customer, and the invoice that a payment is for."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, blank, guid, settled, text, to_cents
from linkspan.simulator.books.rules.dimension_sets import copy_defaults
from linkspan.simulator.books.rules.journal_numbering import document_number, line_number, posting_date
from linkspan.simulator.books.rules.posted import POSTED
from linkspan.simulator.books.rules.references import Reference, settle
from linkspan.simulator.books.series import PAYMENTS
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import dialog

_CUSTOMER = Reference(
    "customer",
    "customerId",
    "customerNumber",
    target_code="number",
    unknown_id="CustomerIdDoesNotMatchACustomerErr",
    unknown_code="CustomerNumberDoesNotMatchACustomerErr",
    mismatch="CustomerValuesDontMatchErr",
)
_PLAIN = ("externalDocumentNumber", "description", "comment")


def create_payment(company: Company, entity: Entity, payload: Mapping[str, object], parent: Record | None) -> Record:
    """Add a payment to a cash receipt journal; an invoice brings its customer along."""
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
    row["documentNumber"] = document_number(company, PAYMENTS, lines, values)
    row = _apply(company, entity, row, values)
    stored = table.insert(row)
    copy_defaults(company, entity, owner=guid(row), source=guid(row, "customerId"))
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


def _apply(company: Company, entity: Entity, row: Record, values: Mapping[str, object]) -> Record:
    customer = {name: value for name, value in values.items() if name in {"customerId", "customerNumber"}}
    applied = {**row, **settle(company, entity, (_CUSTOMER,), customer)}
    applied.update(_invoice_fields(company, entity, applied, values))
    if applied["customerId"] != row["customerId"]:
        chosen = company.tables["customer"].get(guid(applied, "customerId"))
        applied["description"] = chosen["displayName"] if chosen else ""
    applied.update({name: values[name] for name in _PLAIN if name in values})
    if "amount" in values:
        applied["amount"] = to_cents(cast("Decimal", values["amount"]))
    return applied


def _invoice_fields(company: Company, entity: Entity, row: Record, values: Mapping[str, object]) -> Record:
    """Return the invoice applied to; a number that is no posted invoice is kept with an empty id."""
    if not values.keys() & {"appliesToInvoiceId", "appliesToInvoiceNumber"}:
        return {}
    table = company.tables["salesInvoice"]
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
    if row["customerId"] == NO_ID:
        found |= {"customerId": invoice["billToCustomerId"], "customerNumber": invoice["billToCustomerNumber"]}
    return found


def _journal(company: Company, entity: Entity, values: Mapping[str, object], parent: Record | None) -> Record:
    table = company.tables["customerPaymentJournal"]
    wanted, code = values.get("journalId", NO_ID), str(values.get("journalDisplayName", ""))
    if parent is not None and wanted not in {NO_ID, parent["id"]}:
        raise dialog(entity.errors["CannotEditJournalIdErr"])
    found = parent or (table.get(wanted) if isinstance(wanted, UUID) else None)
    if found is None and code:
        found = table.find("CASHRCPT", code)
    if found is None:
        raise dialog(entity.errors["FiltersNotSpecifiedErr"])
    if code and code != found["code"]:
        raise dialog(entity.errors["JournalBatchIdNameNotMatchErr"])
    return found
