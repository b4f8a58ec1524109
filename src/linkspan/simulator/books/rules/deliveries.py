"""Posted shipments and receipts: what an order delivered, as documents that cannot change."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from linkspan.simulator.books.fields import blank, guid, text
from linkspan.simulator.books.rules.dimension_sets import copy_set
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.series import RECEIPTS, SHIPMENTS, take_number
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract

_DOCUMENTS: Final = {"salesOrder": ("salesShipment", SHIPMENTS), "purchaseOrder": ("purchaseReceipt", RECEIPTS)}
_HEADER_OWN: Final = frozenset({"id", "number", "lastModifiedDateTime"})
_LINE_TYPES: Final = {"Account": "G_x002F_L_x0020_Account", "Comment": "_x0020_"}


def write_delivery(company: Company, kind: Kind, order: Record, quantities: Mapping[UUID, Decimal]) -> str:
    """Write the shipment or receipt of these quantities by line of an order; return its number."""
    name, series = _DOCUMENTS[kind.header]
    table = company.tables.get(name)
    document = take_number(company, series, table)
    if table is None:
        return document
    entity = load_contract().entities[name]
    header = blank(entity) | {
        field: order[field] for field in entity.fields if field in order and field not in _HEADER_OWN
    }
    header |= {"id": company.log.new_id(), "number": document, "orderNumber": order["number"]}
    header |= {field: value for field, value in _terms(company, order).items() if field in header}
    if "invoiceDate" in header:
        header |= {"invoiceDate": order["postingDate"]}
    if "dueDate" in header:
        header |= {"dueDate": order["postingDate"]}
    table.insert(header)
    copy_set(company, entity, owner=guid(header), source=guid(order))
    for line in company.tables[kind.line].group(guid(order)):
        if guid(line) in quantities or line["lineType"] == "Comment":
            _write_line(company, f"{name}Line", kind, header, line=line, quantity=quantities.get(guid(line)))
    return document


def _terms(company: Company, order: Record) -> Record:
    """Return the codes behind the ids of the order's terms."""
    terms = company.tables["paymentTerm"].get(guid(order, "paymentTermsId"))
    method = company.tables["shipmentMethod"].get(guid(order, "shipmentMethodId"))
    return {
        "paymentTermsCode": text(terms, "code") if terms else "",
        "shipmentMethodCode": text(method, "code") if method else "",
    }


def _write_line(
    company: Company, name: str, kind: Kind, header: Record, *, line: Record, quantity: Decimal | None
) -> None:
    entity = load_contract().entities[name]
    row = blank(entity) | {field: line[field] for field in entity.fields if field in line and field != "id"}
    kind_of_line = text(line, "lineType")
    row |= {
        "id": company.log.new_id(),
        "documentId": guid(header),
        "lineType": _LINE_TYPES.get(kind_of_line, kind_of_line),
        "quantity": quantity if quantity is not None else line["quantity"],
    }
    if "documentNo" in row:
        row["documentNo"] = header["number"]
    if "unitCost" in row:
        row["unitCost"] = line[kind.price_field]
    company.tables[name].insert(row)
    copy_set(company, entity, owner=guid(row), source=guid(line))
