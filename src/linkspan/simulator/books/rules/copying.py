"""Makes one document out of another: header, chosen lines with their quantities, discount and dimensions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from linkspan.simulator.books.fields import ZERO, blank, guid, number, round_to
from linkspan.simulator.books.rules.dimension_sets import copy_set
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.rules.summing import recompute
from linkspan.simulator.books.series import take_number
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.totals import discount_of, gross_amount
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract

_HEADER_OWN: Final = frozenset({"id", "number", "status", "lastModifiedDateTime", "invoiceId", "invoiceNumber"})
_LINE_OWN: Final = frozenset({"id", "documentId"})


def copy_document(
    company: Company,
    source: Kind,
    header: Record,
    target: Kind,
    *,
    values: Mapping[str, object],
    quantities: Mapping[UUID, Decimal] | None = None,
) -> tuple[Record, dict[UUID, UUID]]:
    """Make a draft of kind ``target`` with what it has in common with a document of kind ``source``.

    ``values`` go over the header. ``quantities`` (by line of the source) leaves out lines that are not named and
    takes their share of the invoice discount; without it, everything is copied. Prices, discounts and VAT percentages
    stay as they were agreed. Returns the new header, and the new line by the line it came from.
    """
    contract = load_contract()
    entity, line_entity = contract.entities[target.header], contract.entities[target.line]
    made: Record = {**blank(entity), "id": company.log.new_id(), "number": take_number(company, target.series)}
    made |= {name: header[name] for name in entity.fields if name in header and name not in _HEADER_OWN}
    made[target.date_field] = header[source.date_field]
    made |= {"status": "Draft", **values}
    company.tables[target.header].insert(made)
    copy_set(company, entity, owner=guid(made), source=guid(header))
    born: dict[UUID, UUID] = {}
    worth = part = ZERO
    for line in list(company.tables[source.line].group(guid(header))):
        value = _worth(source, line, number(line, "quantity"))
        worth += value
        wanted = number(line, "quantity") if quantities is None else quantities.get(guid(line))
        if wanted is None:
            continue
        new = _line(source, target, line, wanted, blank(line_entity))
        new |= {"id": company.log.new_id(), "documentId": guid(made)}
        company.tables[target.line].insert(new)
        copy_set(company, line_entity, owner=guid(new), source=guid(line))
        born[guid(line)] = guid(new)
        part += _worth(target, new, wanted)
    discount = number(header, "discountAmount")
    share = discount if worth == part or not worth else round_to(discount * part / worth)
    company.internal["documentDiscount"].insert({"id": guid(made), "amount": share})
    recompute(company, target, guid(made))
    return cast("Record", company.tables[target.header].get(guid(made))), born


def _line(source: Kind, target: Kind, line: Record, quantity: Decimal, start: Record) -> Record:
    new = start | {name: line[name] for name in start if name in line and name not in _LINE_OWN}
    new |= {target.price_field: line[source.price_field], "quantity": quantity}
    if quantity != line["quantity"]:
        gross = gross_amount(quantity, number(line, source.price_field))
        new["discountAmount"] = discount_of(gross, number(line, "discountPercent"))
    return new


def _worth(kind: Kind, line: Record, quantity: Decimal) -> Decimal:
    gross = gross_amount(quantity, number(line, kind.price_field))
    if quantity == line["quantity"]:
        return gross - number(line, "discountAmount")
    return gross - discount_of(gross, number(line, "discountPercent"))
