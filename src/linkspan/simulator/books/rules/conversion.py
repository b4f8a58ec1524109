"""Turns a sales quote into an order or an invoice: same partner, addresses, lines, dimensions and files; the quote goes."""

from collections.abc import Mapping
from typing import Final, cast

from linkspan.simulator.books.fields import NO_DAY, NO_ID, ZERO, guid, number
from linkspan.simulator.books.rules.dimension_sets import copy_set, drop_dimensions
from linkspan.simulator.books.rules.documents import create_document, delete_document
from linkspan.simulator.books.rules.kinds import KINDS
from linkspan.simulator.books.rules.lines import create_line
from linkspan.simulator.books.rules.media import move_files
from linkspan.simulator.books.rules.summing import recompute, set_discount
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Contract, Entity, load_contract

MADE_FROM_QUOTES: Final[Mapping[str, str]] = {"makeOrder": "salesOrder", "makeInvoice": "salesInvoice"}
"""The bound actions of a quote and the entity that each makes."""

_HEADER_OWN: Final = frozenset({"id", "number", "status", "discountAmount", "lastModifiedDateTime"})
_LINE_KEPT: Final = (
    "lineType", "itemId", "accountId", "itemVariantId", "description", "description2", "unitOfMeasureId", "locationId",
    "quantity", "unitPrice", "discountAmount", "taxCode", "sequence",
)  # fmt: skip
_EMPTY: Final = (NO_ID, NO_DAY, "", ZERO)


def convert_quote(company: Company, quote: Record, operation: str) -> Record:
    """Make the order or invoice of a quote, delete the quote, and return the header of what was made."""
    contract = load_contract()
    source, target = contract.entities["salesQuote"], contract.entities[MADE_FROM_QUOTES[operation]]
    header = company.tables[source.name].get(guid(quote)) or quote
    kind = KINDS[target.name]
    payload = _kept(header, target)
    payload[kind.date_field] = header[KINDS[source.name].date_field]
    made = create_document(company, target, payload)
    drop_dimensions(company, guid(made))
    copy_set(company, target, owner=guid(made), source=guid(header))
    for line in company.tables["salesQuoteLine"].group(guid(header)):
        _convert_line(company, contract, kind.line, line, made)
    discount = company.internal["documentDiscount"].get(guid(header))
    if discount is not None:
        set_discount(company, kind, guid(made), number(discount, "amount"))
    recompute(company, kind, guid(made))
    move_files(company, contract.entities, source=guid(header), target=made, name=target.name)
    delete_document(company, source, header)
    return cast("Record", company.tables[target.name].get(guid(made)))


def _convert_line(company: Company, contract: Contract, name: str, line: Record, header: Record) -> None:
    entity = contract.entities[name]
    payload = {field: line[field] for field in _LINE_KEPT if field in entity.fields and line.get(field) not in _EMPTY}
    made = create_line(company, entity, payload, header, total=False)
    drop_dimensions(company, guid(made))
    copy_set(company, entity, owner=guid(made), source=guid(line))


def _kept(header: Record, target: Entity) -> Record:
    """Return what the quote's header says and the new document's may be given."""
    return {
        name: header[name]
        for name, field in target.fields.items()
        if name in header and not field.read_only and name not in _HEADER_OWN and header[name] not in _EMPTY
    }
