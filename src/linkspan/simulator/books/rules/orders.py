"""Bound actions of orders: ship or receive what is due, invoice what is due, and delete the order once all is done."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from linkspan.simulator.books.dates import apply_formula
from linkspan.simulator.books.fields import ZERO, day, guid, number, plain, text
from linkspan.simulator.books.posting.documents import Deliveries, Delivery, post_document
from linkspan.simulator.books.posting.stock import Move, MoveKind, is_stocked, move_stock
from linkspan.simulator.books.rules.copying import copy_document
from linkspan.simulator.books.rules.deliveries import write_delivery
from linkspan.simulator.books.rules.documents import drop_document
from linkspan.simulator.books.rules.kinds import KINDS, Kind
from linkspan.simulator.books.rules.posting_checks import check_document, check_total
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.faults import dialog, field_validation


@dataclass(frozen=True, slots=True)
class Flow:
    """How goods of an order move: the fields of its lines, the word for it, and what invoices them."""

    due: str
    done: str
    verb: str
    invoice: str
    move: MoveKind


FLOWS: Final = {
    "salesOrder": Flow("shipQuantity", "shippedQuantity", "ship", "salesInvoice", "Sale"),
    "purchaseOrder": Flow("receiveQuantity", "receivedQuantity", "receive", "purchaseInvoice", "Purchase"),
}


def deliver_and_invoice(company: Company, kind: Kind, header: Record) -> Record | None:
    """Ship (or receive) and invoice the quantities that an order's lines name; return the posted invoice, if one.

    What remains can be posted later; the order goes when nothing remains.
    """
    check_document(company, kind, header)
    flow = FLOWS[kind.header]
    lines = [line for line in company.tables[kind.line].group(guid(header)) if number(line, "quantity")]
    for line in lines:
        _check_quantities(kind, flow, line)
    if not any(number(line, flow.due) or number(line, "invoiceQuantity") for line in lines):
        message = "There is nothing to post."
        raise dialog(message)
    _deliver(company, kind, flow, header, lines)
    posted = _invoice(company, kind, flow, header)
    for line in list(company.tables[kind.line].group(guid(header))):
        _move_on(company, kind, flow, line)
    _close(company, kind, flow, header)
    return posted


def _check_quantities(kind: Kind, flow: Flow, line: Record) -> None:
    quantity, done, due = (number(line, name) for name in ("quantity", flow.done, flow.due))
    if not _within(due, quantity - done):
        message = f"You cannot {flow.verb} more than {plain(quantity - done)} units."
        raise field_validation(message)
    open_to_invoice = done + due - number(line, "invoicedQuantity")
    if not _within(number(line, "invoiceQuantity"), open_to_invoice):
        message = f"You cannot invoice more than {plain(open_to_invoice)} units in {kind.side} Line."
        raise field_validation(message)


def _within(part: Decimal, whole: Decimal) -> bool:
    return not part or (part * whole > 0 and abs(part) <= abs(whole))


def _deliver(company: Company, kind: Kind, flow: Flow, header: Record, lines: list[Record]) -> None:
    due = [line for line in lines if number(line, flow.due)]
    if not due:
        return
    document = write_delivery(company, kind, header, {guid(line): number(line, flow.due) for line in due})
    sign = -1 if flow.move == "Sale" else 1
    for line in due:
        item = company.tables["item"].get(guid(line, "itemId"))
        if item is None or not is_stocked(item):
            continue
        quantity = number(line, flow.due)
        partner = text(header, f"{kind.party}Number")
        on = day(header, "postingDate")
        entry = move_stock(company, Move(item, sign * quantity, flow.move, on, document=document, partner=partner))
        company.internal["orderShipment"].insert(
            {
                "id": company.log.new_id(),
                "lineId": guid(line),
                "entryNumber": entry,
                "itemId": guid(item),
                "quantity": quantity,
            }
        )


def _invoice(company: Company, kind: Kind, flow: Flow, header: Record) -> Record | None:
    lines = company.tables[kind.line].group(guid(header))
    due = {guid(line): number(line, "invoiceQuantity") for line in lines if number(line, "invoiceQuantity")}
    if not due:
        return None
    quantities = {guid(line): due.get(guid(line), ZERO) for line in lines if guid(line) in due or _is_comment(line)}
    target = KINDS[flow.invoice]
    on = day(header, "postingDate")
    terms = company.tables["paymentTerm"].get(guid(header, "paymentTermsId"))
    values: Record = {
        target.date_field: on,
        "dueDate": apply_formula(text(terms, "dueDateCalculation") if terms else "", on),
        "orderId": guid(header),
        "orderNumber": header["number"],
    }
    draft, born = copy_document(company, kind, header, target, values=values, quantities=quantities)
    check_total(target, draft)
    delivered: Deliveries = {}
    for source, made in born.items():
        delivered[made] = _deliveries(company, source)
    return post_document(company, draft, flow.invoice, delivered)


def _is_comment(line: Record) -> bool:
    return line["lineType"] == "Comment"


def _deliveries(company: Company, line_id: UUID) -> list[Delivery]:
    return [
        Delivery(guid(row, "itemId"), cast("int", row["entryNumber"]), number(row, "quantity"))
        for row in company.internal["orderShipment"].group(line_id)
    ]


def _move_on(company: Company, kind: Kind, flow: Flow, line: Record) -> None:
    done = number(line, flow.done) + number(line, flow.due)
    invoiced = number(line, "invoicedQuantity") + number(line, "invoiceQuantity")
    quantity = number(line, "quantity")
    changed = {
        flow.done: plain(done),
        flow.due: plain(quantity - done),
        "invoicedQuantity": plain(invoiced),
        "invoiceQuantity": plain(quantity - invoiced),
    }
    company.tables[kind.line].replace({**line, **changed})


def _close(company: Company, kind: Kind, flow: Flow, header: Record) -> None:
    lines = company.tables[kind.line].group(guid(header))
    if all(number(line, "invoicedQuantity") == number(line, "quantity") for line in lines):
        for line in lines:
            shipped = company.internal["orderShipment"]
            for row in list(shipped.group(guid(line))):
                shipped.remove(guid(row))
        drop_document(company, kind, header)
        return
    table = company.tables[kind.header]
    current = cast("Record", table.get(guid(header)))
    full = all(number(line, flow.done) == number(line, "quantity") for line in lines)
    table.replace({**current, "status": "Open", "fullyShipped" if kind.party == "customer" else "fullyReceived": full})
