"""The open entries of a vendor that a payment may be applied to, and which of them it will be."""

from collections.abc import Mapping
from typing import cast

from linkspan.simulator.books.fields import NO_ID, ZERO, blank, guid, number, plain, text
from linkspan.simulator.books.posting.application import is_open
from linkspan.simulator.books.rules.reading_views import View
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.faults import data_not_found, dialog

_VENDOR = "The Vendor does not exist. Identification fields and values: No.=''"


def vendor_marks(company: Company, view: View) -> list[Record]:
    """Return the open entries of the vendor of a payment, oldest first; refuses a payment without a vendor."""
    if view.parent is None:
        raise dialog(load_contract().entities["applyVendorEntry"].errors["FiltersNotSpecifiedErr"])
    payment = company.tables["vendorPayment"].get(guid(view.parent)) or view.parent
    vendor = company.tables["vendor"].get(guid(payment, "vendorId"))
    if vendor is None:
        raise dialog(_VENDOR)
    entries = company.internal["vendorLedgerEntry"].group(guid(vendor))
    return [_shown(company, payment, vendor, entry) for entry in entries if is_open(entry)]


def update_vendor_mark(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Mark an entry for a payment, or take the mark away; a payment without an amount gets that of what is marked."""
    del entity
    payment = company.tables["vendorPayment"].get(guid(record, "paymentId"))
    if payment is None:
        raise data_not_found("Gen. Journal Line")
    marks = company.internal["paymentMark"]
    entry = cast("Record", company.internal["vendorLedgerEntry"].get(guid(record)))
    mark = marks.find(guid(payment), entry["entryNumber"])
    wanted = bool(changes.get("applied", mark is not None))
    if wanted and mark is None:
        own = {"id": company.log.new_id(), "paymentId": guid(payment), "entryId": guid(entry)}
        marks.insert({**own, "entryNumber": entry["entryNumber"]})
    elif not wanted and mark is not None:
        marks.remove(guid(mark))
    if wanted and not number(payment, "amount"):
        company.tables["vendorPayment"].replace({**payment, "amount": _marked(company, payment)})
    return next(row for row in vendor_marks(company, View(payment)) if row["id"] == record["id"])


def _marked(company: Company, payment: Record) -> object:
    ledger = company.internal["vendorLedgerEntry"]
    entries = [ledger.get(guid(mark, "entryId")) for mark in company.internal["paymentMark"].group(guid(payment))]
    return plain(-sum((number(row, "remainingLocal") for row in entries if row is not None), ZERO))


def _shown(company: Company, payment: Record, vendor: Record, entry: Record) -> Record:
    marked = company.internal["paymentMark"].find(guid(payment), entry["entryNumber"]) is not None
    named = payment["appliesToInvoiceId"]
    applied = marked or (named != NO_ID and named == entry["documentId"])
    return {
        **blank(load_contract().entities["applyVendorEntry"]),
        "id": guid(entry),
        "paymentId": guid(payment),
        "applied": applied,
        "appliesToId": payment["documentNumber"] if applied else "",
        "postingDate": entry["postingDate"],
        "documentType": entry["documentType"],
        "documentNumber": entry["documentNumber"],
        "externalDocumentNumber": entry["externalDocumentNumber"],
        "vendorNumber": vendor["number"],
        "vendorName": text(vendor, "displayName"),
        "description": entry["description"],
        "remainingAmount": entry["remaining"],
        "lastModifiedDateTime": payment["lastModifiedDateTime"],
    }
