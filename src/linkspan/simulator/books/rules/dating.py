"""Dates of a document: the work date by default, the due date from payment terms, given dates as they are."""

from collections.abc import Mapping
from datetime import date

from linkspan.simulator.books.dates import apply_formula
from linkspan.simulator.books.fields import NO_DAY, day, guid, text
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

_MOVES_DUE_DATE = ("paymentTermsId", "customerId", "customerNumber", "vendorId", "vendorNumber")


def date_document(company: Company, kind: Kind, row: Record, values: Mapping[str, object], *, new: bool) -> Record:
    """Return the header with its dates; a posting date that is given brings the document date along."""
    dated = dict(row)
    if new:
        dated["postingDate"] = _given(values, "postingDate") or company.today
    if new or ("postingDate" in values and kind.date_field not in values):
        dated[kind.date_field] = _given(values, kind.date_field) or day(dated, "postingDate")
    moves = new or dated[kind.date_field] != row[kind.date_field] or kind.date_field in values
    moves = moves or any(name in values for name in _MOVES_DUE_DATE)
    if "dueDate" in dated and moves and _given(values, "dueDate") is None:
        dated["dueDate"] = apply_formula(_terms(company, kind, dated), day(dated, kind.date_field))
    if new and "validUntilDate" in dated and _given(values, "validUntilDate") is None:
        dated["validUntilDate"] = apply_formula(f"{company.setup.quote_valid_days}D", day(dated, kind.date_field))
    return dated


def _terms(company: Company, kind: Kind, row: Record) -> str:
    """Return the due date formula; purchase invoices do not show their terms, so the vendor's count."""
    owner = row
    if "paymentTermsId" not in row:
        owner = company.tables[kind.party].get(guid(row, f"{kind.party}Id")) or row
    terms = company.tables["paymentTerm"].get(guid(owner, "paymentTermsId")) if "paymentTermsId" in owner else None
    return text(terms, "dueDateCalculation") if terms else ""


def _given(values: Mapping[str, object], name: str) -> date | None:
    value = values.get(name)
    return value if isinstance(value, date) and value != NO_DAY else None
