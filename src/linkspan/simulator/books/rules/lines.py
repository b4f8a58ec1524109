"""Lines of quotes, orders, invoices and credit memos: what they name, what follows from it, and the totals after."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast
from uuid import UUID

from linkspan.simulator.books.fields import NO_DAY, NO_ID, ZERO, blank, guid, number, settled, text, whole
from linkspan.simulator.books.rules.dimension_sets import copy_defaults, copy_set, drop_dimensions
from linkspan.simulator.books.rules.kinds import LINE_KINDS, Kind
from linkspan.simulator.books.rules.line_objects import object_fields, object_given, price_in_currency
from linkspan.simulator.books.rules.posted import require_open_lines
from linkspan.simulator.books.rules.references import Reference, settle
from linkspan.simulator.books.rules.summing import recompute, tax_percent
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.totals import discount_of, gross_amount, percent_of
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.faults import dialog, field_validation, invalid_relation, read_only_control

_STEP = 10_000
_REFERENCES = (
    Reference("unitOfMeasure", "unitOfMeasureId", "unitOfMeasureCode"),
    Reference("location", "locationId"),
    Reference("taxGroup", "", "taxCode"),
)
_DELIVERED = ("shippedQuantity", "receivedQuantity", "invoicedQuantity")
_OBJECT = frozenset({"itemId", "accountId", "lineType", "lineObjectNumber"})


def create_line(
    company: Company, entity: Entity, payload: Mapping[str, object], parent: Record | None, *, total: bool = True
) -> Record:
    """Add a line to a document; with ``total`` false the caller computes the totals after the last line."""
    kind = LINE_KINDS[entity.name]
    values = settled(entity, payload)
    header = _header(company, entity, kind, values, parent)
    require_open_lines(kind, header)
    row: Record = {**blank(entity), "id": company.log.new_id(), "documentId": guid(header)}
    row["sequence"] = _sequence(company, entity, header, values)
    row.update(object_fields(company, entity, kind, header, values))
    row.update(_place(company, kind, header, row))
    row = _apply(company, entity, kind, header, row=row, values=values)
    company.tables[entity.name].insert(row)
    copy_set(company, entity, owner=guid(row), source=guid(header))
    copy_defaults(company, entity, owner=guid(row), source=guid(row, "itemId"))
    if total:
        recompute(company, kind, guid(header))
    return cast("Record", company.tables[entity.name].get(guid(row)))


def _place(company: Company, kind: Kind, header: Record, row: Record) -> Record:
    """Return the location that a customer or vendor is always served from, for the goods of a new line."""
    place = company.internal["partnerLocation"].get(guid(header, f"{kind.party}Id"))
    return {"locationId": place["locationId"]} if place is not None and row["lineType"] == "Item" else {}


def update_line(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Change a line; another type, item or account starts it afresh."""
    kind = LINE_KINDS[entity.name]
    table = company.tables[entity.name]
    before = table.get(guid(record)) or record
    values = settled(entity, changes)
    header = cast("Record", company.tables[kind.header].get(guid(before, "documentId")))
    require_open_lines(kind, header)
    _check_fixed(entity, before, values)
    row = dict(before)
    if object_given(before, values):
        fresh = object_fields(company, entity, kind, header, values)
        row.update(fresh)
    row = _apply(company, entity, kind, header, row=row, values=values)
    if row == before:
        return before
    table.replace(row)
    recompute(company, kind, guid(header))
    return cast("Record", table.get(guid(before)))


def delete_line(company: Company, entity: Entity, record: Record) -> None:
    """Delete a line and compute the document's totals again."""
    kind = LINE_KINDS[entity.name]
    header = cast("Record", company.tables[kind.header].get(guid(record, "documentId")))
    require_open_lines(kind, header)
    drop_dimensions(company, guid(record))
    company.tables[entity.name].remove(guid(record))
    recompute(company, kind, guid(header))


def reprice(company: Company, kind: Kind, header: Record) -> None:
    """Give the item lines of a document their prices in its new currency."""
    table = company.tables[kind.line]
    entity = load_contract().entities[kind.line]
    for line in list(table.group(guid(header))):
        item = company.tables["item"].get(guid(line, "itemId"))
        if item is not None:
            price = price_in_currency(company, kind, header, item)
            row = {**line, kind.price_field: price}
            table.replace(_discounted(entity, kind, row, {"discountPercent": line["discountPercent"]}))


def _header(
    company: Company, entity: Entity, kind: Kind, values: Mapping[str, object], parent: Record | None
) -> Record:
    wanted = values.get("documentId", NO_ID)
    if parent is not None:
        if wanted not in {NO_ID, parent["id"]}:
            raise dialog(entity.errors["CannotChangeDocumentIdNoErr"])
        return company.tables[kind.header].get(guid(parent)) or parent
    found = company.tables[kind.header].get(wanted) if isinstance(wanted, UUID) else None
    if found is None:
        raise dialog(entity.errors["IDOrDocumentIdShouldBeSpecifiedForLinesErr"])
    return found


def _sequence(company: Company, entity: Entity, header: Record, values: Mapping[str, object]) -> int:
    table = company.tables[entity.name]
    lines = table.group(guid(header))
    wanted = cast("int", values.get("sequence", 0))
    if not wanted:
        return (whole(lines[-1], "sequence") if lines else 0) + _STEP
    if table.find(guid(header), wanted) is not None:
        message = "You cannot insert a line because a line already exists."
        raise dialog(message)
    return wanted


def _check_fixed(entity: Entity, before: Record, values: Mapping[str, object]) -> None:
    for name, label in (
        ("documentId", "CannotChangeDocumentIdNoErr"),
        ("sequence", "CannotChangeLineNoErr"),
        ("lineObjectNumber", "CannotChangeLineObjectNoErr"),
    ):
        if name in values and values[name] != before[name]:
            raise dialog(entity.errors[label])


def _apply(
    company: Company, entity: Entity, kind: Kind, header: Record, *, row: Record, values: Mapping[str, object]
) -> Record:
    """Put the written values over the defaults and derive what follows from them."""
    for name in _DELIVERED:
        if name in row and values.get(name, row[name]) != row[name]:
            raise read_only_control(name)
    own = {name: value for name, value in values.items() if name not in _OBJECT | {"documentId", "sequence"}}
    line = {**row, **settle(company, entity, _references_of(entity), own)}
    if line["lineType"] != "Item" and (
        values.get("unitOfMeasureCode") or values.get("unitOfMeasureId", NO_ID) != NO_ID
    ):
        message = "Unit of Measure can be set only for lines with type Item."
        raise dialog(message)
    _check_variant(company, kind, line)
    line["taxPercent"] = tax_percent(company, kind, header, text(line, "taxCode"))
    if line["lineType"] == "Comment":
        line["taxPercent"] = ZERO
    if "shipmentDate" in line and line["shipmentDate"] == NO_DAY and line["lineType"] != "Comment":
        line["shipmentDate"] = header.get("requestedDeliveryDate") or company.today
        if line["shipmentDate"] == NO_DAY:
            line["shipmentDate"] = company.today
    if "quantity" in values:
        line.update(_to_handle(line, values))
    return _discounted(entity, kind, line, values)


def _references_of(entity: Entity) -> tuple[Reference, ...]:
    return tuple(one for one in _REFERENCES if (one.id_field or one.code_field) in entity.fields)


def _to_handle(line: Record, values: Mapping[str, object]) -> Record:
    """Return the quantities still to ship or receive and to invoice, which follow the ordered quantity."""
    quantity = number(line, "quantity")
    rest = {
        "shipQuantity": "shippedQuantity",
        "receiveQuantity": "receivedQuantity",
        "invoiceQuantity": "invoicedQuantity",
    }
    return {
        name: quantity - number(line, done) if number(line, done) else quantity
        for name, done in rest.items()
        if name in line and name not in values
    }


def _check_variant(company: Company, kind: Kind, line: Record) -> None:
    wanted = guid(line, "itemVariantId")
    if wanted == NO_ID:
        return
    variant = company.tables["itemVariant"].get(wanted)
    if variant is None or variant["itemId"] != line["itemId"]:
        raise invalid_relation("Variant Code", f"{kind.side} Line", str(wanted), "Item Variant")


def _discounted(entity: Entity, kind: Kind, line: Record, values: Mapping[str, object]) -> Record:
    """Return the line with its discount as percent and as amount; the one that was given decides."""
    gross = gross_amount(number(line, "quantity"), number(line, kind.price_field))
    given = values.get("discountAmount")
    if given is None and "amountExcludingTax" in values and not entity.fields["amountExcludingTax"].read_only:
        given = gross - cast("Decimal", values["amountExcludingTax"])
    if isinstance(given, Decimal) and "discountPercent" not in values:
        if abs(given) > abs(gross):
            message = f"Line Discount Amount must not be more than {gross} in {kind.side} Line. Value: {given}."
            raise field_validation(message)
        return {**line, "discountAmount": given, "discountPercent": percent_of(gross, given)}
    return {**line, "discountAmount": discount_of(gross, number(line, "discountPercent"))}
