"""Documents of a demo company that the API only shows: quotes asked for, returns, frame orders, transfers, assembly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from linkspan.simulator.books.fields import HUNDRED, ZERO, guid, number, plain, round_to, text
from linkspan.simulator.books.rules.dimension_sets import attach
from linkspan.simulator.books.seed.masters import plant
from linkspan.simulator.books.series import take_number
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract

_EACH: Final = 3
_TAX: Final = Decimal(20)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A kind of document with a customer or vendor; ``entity`` has lines where the contract gives it some."""

    entity: str
    series: str
    party: str
    type: str


_PAPERS: Final = (
    _Paper("purchaseQuote", "P-QUO", "vendor", "Quote"),
    _Paper("purchaseReturnOrder", "P-RET", "vendor", "Return_x0020_Order"),
    _Paper("purchaseReturnShipment", "P-RETS", "vendor", ""),
    _Paper("blanketPurchaseOrder", "P-BLK", "vendor", "Blanket_x0020_Order"),
    _Paper("salesReturnOrder", "S-RET", "customer", "Return_x0020_Order"),
    _Paper("blanketSalesOrder", "S-BLK", "customer", "Blanket_x0020_Order"),
)
_PREFIXES: Final = {"customer": ("sellTo", "billTo", "shipTo"), "vendor": ("buyFrom", "payTo")}
_PLACES: Final = (
    (("Address", "AddressLine1"), "addressLine1"),
    (("Address2", "AddressLine2"), "addressLine2"),
    (("City",), "city"),
    (("County", "State"), "state"),
    (("PostCode",), "postalCode"),
    (("CountryRegionCode", "Country"), "country"),
)


def plant_papers(company: Company, today: date) -> None:
    """Give a company a few documents of each kind."""
    for paper in _PAPERS:
        for at in range(_EACH):
            _plant_paper(company, paper, at, today)
    for at in range(_EACH):
        _plant_transfer(company, at, today)
        _plant_assembly(company, at, today)
    _plant_archives(company, today)


def _plant_paper(company: Company, paper: _Paper, at: int, today: date) -> None:
    partner = company.tables[paper.party].all()[at]
    header = _put(
        company,
        paper.entity,
        {
            "number": take_number(company, paper.series),
            **_partner(paper.party, partner),
            **_dates(today - timedelta(days=at * 5)),
            "currencyCode": "" if partner["currencyCode"] == company.setup.local_currency else partner["currencyCode"],
            "paymentTermsCode": company.setup.defaults["paymentTerm"],
            "locationCode": "QUAY",
        },
    )
    for place in range(2):
        item = company.tables["item"].all()[at + place]
        values = {"documentType": paper.type, "documentNumber": header["number"], "sequence": (place + 1) * 10_000}
        price = number(item, "unitPrice" if paper.party == "customer" else "unitCost")
        if f"{paper.entity}Line" in load_contract().entities:
            _put(company, f"{paper.entity}Line", {**values, **_item_line(item, Decimal(4 + at), price)})


def _plant_transfer(company: Company, at: int, today: date) -> None:
    places = company.tables["location"].all()
    source, target = places[at % len(places)], places[(at + 1) % len(places)]
    ends: Record = {}
    for prefix, place in (("transferFrom", source), ("transferTo", target)):
        ends |= {f"{prefix}Code": place["code"], f"{prefix}Name": place["displayName"], **_address(prefix, place)}
    status = "Open" if at else "Released"
    values = {"number": take_number(company, "T-ORD"), "status": status, **_dates(today), **ends}
    header = _put(company, "transferOrder", values)
    item = company.tables["item"].all()[at]
    line: Record = {
        "documentNumber": header["number"],
        "sequence": 10_000,
        **{name: ends[name] for name in ("transferFromCode", "transferToCode")},
        "shipmentDate": today,
        "receiptDate": today + timedelta(days=1),
        "itemCategoryCode": item["itemCategoryCode"],
    }
    _put(company, "transferOrderLine", {**line, **_item_line(item, Decimal(6), ZERO)})


def _plant_assembly(company: Company, at: int, today: date) -> None:
    items = company.tables["item"].all()
    made, part = items[at + 5], items[at]
    quantity, cost = Decimal(2), number(part, "unitCost")
    values = {
        "number": take_number(company, "A-ORD"),
        **_item_line(made, quantity, number(made, "unitCost")),
        "locationCode": "LOFT",
        **_dates(today),
        "remainingQuantity": quantity,
        "quantityToAssemble": quantity,
        "costAmount": round_to(cost * 3 * quantity),
        "status": "Open",
    }
    header = _put(company, "assemblyOrder", values)
    line = {"documentNumber": header["number"], "sequence": 10_000, "quantityPer": Decimal(3), "locationCode": "LOFT"}
    need = {"remainingQuantity": 3 * quantity, "quantityToConsume": 3 * quantity, "dueDate": today}
    _put(company, "assemblyOrderLine", {**line, **need, **_item_line(part, 3 * quantity, cost)})


def _plant_archives(company: Company, today: date) -> None:
    """Keep the first version of the first sales orders."""
    for order in list(company.tables["salesOrder"].all()[:2]):
        customer = company.tables["customer"].get(guid(order, "customerId"))
        lines = company.tables["salesOrderLine"].group(guid(order))
        version: Record = {"docNoOccurrence": 1, "versionNumber": 1}
        kept: Record = {
            name: order[name] for name in ("orderDate", "postingDate", "externalDocumentNumber") if name in order
        }
        archived = {"dateArchived": today, "archivedBy": "UNA.SHORE", "documentDate": order["orderDate"]}
        partner = _partner("customer", customer) if customer is not None else {}
        _put(company, "salesOrderArchive", {"number": order["number"], **version, **partner, **kept, **archived})
        for line in lines:
            item = company.tables["item"].get(guid(line, "itemId"))
            if item is not None:
                values = {"documentNumber": order["number"], **version, "sequence": line["sequence"]}
                goods = _item_line(item, number(line, "quantity"), number(line, "unitPrice"))
                _put(company, "salesOrderArchiveLine", {**values, **goods})


def _put(company: Company, name: str, values: Mapping[str, object]) -> Record:
    """Plant a row with those of the values that its entity has, and attach a dimension where it takes one."""
    entity = load_contract().entities[name]
    row = plant(company, name, {field: value for field, value in values.items() if field in entity.fields})
    dimension = company.tables["dimension"].find(company.setup.defaults["dimension2"])
    value = company.tables["dimensionValue"].group(guid(dimension))[0] if dimension is not None else None
    if dimension is not None and value is not None and "dimensionSetLines" in entity.links:
        attach(company, entity, guid(row), dimension=dimension, value=value)
    return row


def _partner(party: str, partner: Record) -> Record:
    found: Record = {"vendorName": partner["displayName"]}
    for prefix in _PREFIXES[party]:
        role = f"{prefix}{party.capitalize()}"
        found |= {f"{role}Number": partner["number"], f"{role}Name": partner["displayName"]}
        found |= {f"{prefix}Name": partner["displayName"], **_address(prefix, partner)}
    return found


def _address(prefix: str, place: Record) -> Record:
    return {f"{prefix}{ending}": place[source] for endings, source in _PLACES for ending in endings}


def _dates(day: date) -> Record:
    names = ("documentDate", "postingDate", "orderDate", "shipmentDate", "startingDate", "endingDate")
    later = dict.fromkeys(("dueDate", "receiptDate", "expectedReceiptDate"), day + timedelta(days=14))
    return {**dict.fromkeys(names, day), **later}


def _item_line(item: Record, quantity: Decimal, price: Decimal) -> Record:
    amount = round_to(quantity * price)
    return {
        "lineType": "Item",
        "lineObjectNumber": item["number"],
        "itemNumber": item["number"],
        "description": text(item, "displayName"),
        "unitOfMeasureCode": item["baseUnitOfMeasureCode"],
        "quantity": plain(quantity),
        "unitPrice": price,
        "directUnitCost": price,
        "unitCost": number(item, "unitCost"),
        "lineAmount": amount,
        "taxPercent": _TAX,
        "amountIncludingTax": round_to(amount * (HUNDRED + _TAX) / HUNDRED),
        "outstandingQuantity": plain(quantity),
    }
