"""Headers of quotes, orders, invoices and credit memos: who it is for, what follows from that, dates and discount."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from linkspan.simulator.books.countries import check_countries
from linkspan.simulator.books.fields import blank, guid, settled, text
from linkspan.simulator.books.rules.dating import date_document
from linkspan.simulator.books.rules.dimension_sets import (
    apply_shortcuts,
    copy_defaults,
    drop_dimensions,
    show_shortcuts,
)
from linkspan.simulator.books.rules.dimensions import create_set_line
from linkspan.simulator.books.rules.kinds import KINDS, Kind
from linkspan.simulator.books.rules.lines import create_line, reprice
from linkspan.simulator.books.rules.parties import check_salesperson
from linkspan.simulator.books.rules.partners import find_partner, is_partner_given, partner_fields, payer_fields
from linkspan.simulator.books.rules.posted import is_posted, posted_fault, require_open_lines
from linkspan.simulator.books.rules.records import drop_group
from linkspan.simulator.books.rules.references import CURRENCY, PAYMENT_TERM, SHIPMENT_METHOD, Reference, settle
from linkspan.simulator.books.rules.summing import recompute, set_discount
from linkspan.simulator.books.series import take_number
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.faults import dialog, field_validation

_RETURN_REASON = Reference(
    "customerReturnReason", "customerReturnReasonId", unknown_id="ReasonCodeIdDoesNotMatchAReasonCodeErr"
)
_INVOICE = Reference(
    "salesInvoice",
    "invoiceId",
    "invoiceNumber",
    target_code="number",
    unknown_id="InvoiceIdDoesNotMatchAnInvoiceErr",
    mismatch="InvoiceValuesDontMatchErr",
)
_REFERENCES = (CURRENCY, PAYMENT_TERM, SHIPMENT_METHOD)
_FIXED_WHEN_RELEASED = frozenset({"currencyId", "currencyCode", "pricesIncludeTax", "discountAmount"})
_FREE_WHEN_POSTED = frozenset({"promisedPayDate", "disputeStatus", "disputeStatusId"})


def _references(entity: Entity) -> tuple[Reference, ...]:
    own = (*_REFERENCES, _RETURN_REASON, _INVOICE)
    return tuple(one for one in own if one.id_field in entity.fields)


def create_document(
    company: Company, entity: Entity, payload: Mapping[str, object], parent: Record | None = None
) -> Record:
    """Create a header with the lines and dimensions in the payload, and return the header with its totals."""
    del parent
    kind = KINDS[entity.name]
    values = settled(entity, payload)
    _check(company, entity, values)
    partner = find_partner(company, entity, kind, values)
    row: Record = {**blank(entity), "id": company.log.new_id(), "number": take_number(company, kind.series)}
    row.update(settle(company, entity, _references(entity), partner_fields(company, entity, kind, partner)))
    row.update(payer_fields(company, entity, kind, values, partner))
    given = _own_values(kind, values)
    row.update(settle(company, entity, _references(entity), given))
    row["status"] = _status(kind, row)
    table = company.tables[entity.name]
    table.insert(date_document(company, kind, row, values, new=True))
    copy_defaults(company, entity, owner=guid(row), source=guid(partner))
    apply_shortcuts(company, entity, guid(row), values)
    show_shortcuts(company, entity, guid(row))
    _create_lines(company, kind, table.get(guid(row)) or row, payload)
    return _finish(company, kind, guid_row=row, values=values)


def _create_lines(company: Company, kind: Kind, header: Record, payload: Mapping[str, object]) -> None:
    lines = cast("Sequence[Mapping[str, object]]", payload.get(kind.lines_link) or ())
    entity = load_contract().entities[kind.line]
    dimension_set = load_contract().entities["dimensionSetLine"]
    for line in lines:
        made = create_line(company, entity, line, header, total=False)
        for part in cast("Sequence[Mapping[str, object]]", line.get("dimensionSetLines") or ()):
            create_set_line(company, dimension_set, part, made, over_default=True)


def _finish(company: Company, kind: Kind, *, guid_row: Record, values: Mapping[str, object]) -> Record:
    table = company.tables[kind.header]
    discount = values.get("discountAmount")
    if isinstance(discount, Decimal) and (discount or company.internal["documentDiscount"].get(guid(guid_row))):
        set_discount(company, kind, guid(guid_row), discount)
    recompute(company, kind, guid(guid_row))
    return cast("Record", table.get(guid(guid_row)))


def update_document(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Change a header; a new customer or vendor brings its own addresses and terms along."""
    kind = KINDS[entity.name]
    table = company.tables[entity.name]
    before = table.get(guid(record)) or record
    values = settled(entity, changes)
    _check_changeable(kind, before, values)
    _check(company, entity, values)
    row = dict(before)
    if is_partner_given(kind, values):
        partner = find_partner(company, entity, kind, values)
        if guid(partner) != before[f"{kind.party}Id"]:
            row.update(settle(company, entity, _references(entity), partner_fields(company, entity, kind, partner)))
    row.update(payer_fields(company, entity, kind, values, None))
    row.update(settle(company, entity, _references(entity), _own_values(kind, values)))
    row = date_document(company, kind, row, values, new=False)
    row["status"] = _status(kind, row)
    if row == before and "discountAmount" not in values:
        return before
    table.replace(row)
    apply_shortcuts(company, entity, guid(row), values)
    show_shortcuts(company, entity, guid(row))
    if row["currencyCode"] != before["currencyCode"]:
        reprice(company, kind, row)
    return _finish(company, kind, guid_row=row, values=values)


def delete_document(company: Company, entity: Entity, record: Record) -> None:
    """Delete a draft with its lines; posted documents and released orders stay."""
    kind = KINDS[entity.name]
    if is_posted(kind, record):
        message = (
            f"You cannot delete posted {kind.side.lower()} documents that are posted after 01/01/01. "
            "The date is defined by the Allow Document Deletion Before field."
        )
        raise dialog(message)
    if any(_is_half_done(line) for line in company.tables[kind.line].group(guid(record))):
        message = (
            f"You cannot delete {kind.word.lower()} {text(record, 'number')} because goods of it are not invoiced."
        )
        raise dialog(message)
    drop_document(company, kind, record)


def drop_document(company: Company, kind: Kind, record: Record) -> None:
    """Remove a document with its lines, dimensions and discount, without asking."""
    for line in company.tables[kind.line].group(guid(record)):
        drop_dimensions(company, guid(line))
    drop_group(company, kind.line, guid(record))
    drop_dimensions(company, guid(record))
    if company.internal["documentDiscount"].get(guid(record)):
        company.internal["documentDiscount"].remove(guid(record))
    company.tables[kind.header].remove(guid(record))


def _is_half_done(line: Record) -> bool:
    """Tell whether goods of an order line were delivered and are not yet invoiced."""
    done = line.get("shippedQuantity", line.get("receivedQuantity"))
    return done is not None and done != line["invoicedQuantity"]


def _check_changeable(kind: Kind, header: Record, values: Mapping[str, object]) -> None:
    if "id" in values and values["id"] != header["id"]:
        raise dialog(load_contract().entities[kind.header].errors["CannotChangeIDErr"])
    if is_posted(kind, header) and not values.keys() <= _FREE_WHEN_POSTED:
        raise posted_fault(kind)
    fixed = _FIXED_WHEN_RELEASED | {f"{kind.party}Id", f"{kind.party}Number", kind.payer_id, kind.payer_number}
    if any(name in fixed and values[name] != header[name] for name in values):
        require_open_lines(kind, header)


def _check(company: Company, entity: Entity, values: Mapping[str, object]) -> None:
    check_countries(company, entity, values)
    check_salesperson(company, entity, values)
    discount = values.get("discountAmount")
    if isinstance(discount, Decimal) and discount < 0:
        raise field_validation(f"The value must be greater than or equal to 0. Value: {discount}.")


def _own_values(kind: Kind, values: Mapping[str, object]) -> Record:
    """Return the written values that are the header's own, without the partner pairs and the discount."""
    pairs = {f"{kind.party}Id", f"{kind.party}Number", kind.payer_id, kind.payer_number, "discountAmount"}
    return {name: value for name, value in values.items() if name not in pairs}


def _status(kind: Kind, row: Record) -> str:
    if kind.word != "Quote":
        known = text(row, "status")
        return known if known != "_x0020_" else "Draft"
    if cast("int", getattr(row["acceptedDate"], "year", 1)) > 1:
        return "Accepted"
    return "Sent" if cast("int", getattr(row["sentDate"], "year", 1)) > 1 else "Draft"
