"""Primary keys of every table: the contract's entities and the internal ledgers behind their computed fields."""

from linkspan.simulator.books.table import Layout
from linkspan.simulator.contract import Contract, Entity

_NUMBERED_OWNER = ("documentNumber", "orderNumber", "recordingNumber", "docNoOccurrence", "versionNumber")
_ARCHIVED = ("number", "docNoOccurrence", "versionNumber")
_OWNED = {
    "journalLine": ("journalId", ("lineNumber",), ("Line No.",)),
    "customerPayment": ("journalId", ("lineNumber",), ("Line No.",)),
    "vendorPayment": ("journalId", ("lineNumber",), ("Line No.",)),
    "dimensionValue": ("dimensionId", ("code",), ("Code",)),
    "itemVariant": ("itemId", ("code",), ("Code",)),
    "timeRegistrationEntry": ("employeeId", ("lineNumber",), ("Line No.",)),
    "defaultDimension": ("parentId", ("dimensionCode",), ("Dimension Code",)),
    "attachment": ("parentId", ("id",), ("Id",)),
    "documentAttachment": ("parentId", ("id",), ("Id",)),
}
_DATED = {"accountingPeriod": ("startingDate",), "currencyExchangeRate": ("currencyCode", "startingDate")}
_CAPTIONS = {"taxArea": "VAT Business Posting Group", "taxGroup": "VAT Product Posting Group"}

ALIASES = {
    "customerFinancialDetail": "customer",
    "customerPaymentJournal": "journal",
    "vendorPaymentJournal": "journal",
}
"""Entities that are another view of a table: entity name to the entity whose table holds the rows."""

PLATFORM = frozenset({"company", "subscription"})
"""Entities that belong to an environment and have no table inside a company."""

INTERNAL: dict[str, Layout] = {
    "numberSeries": Layout("No. Series", ("code",), ("Code",), stamped=False),
    "customerLedgerEntry": Layout(
        "Cust. Ledger Entry", ("entryNumber",), ("Entry No.",), group="customerId", stamped=False
    ),
    "vendorLedgerEntry": Layout(
        "Vendor Ledger Entry", ("entryNumber",), ("Entry No.",), group="vendorId", stamped=False
    ),
    "itemLedgerEntry": Layout("Item Ledger Entry", ("entryNumber",), ("Entry No.",), group="itemId", stamped=False),
    "bankLedgerEntry": Layout(
        "Bank Account Ledger Entry", ("entryNumber",), ("Entry No.",), group="bankAccountId", stamped=False
    ),
    "documentDiscount": Layout("Document Discount", ("id",), ("Id",), stamped=False),
    "invoiceDiscount": Layout("Invoice Disc.", ("minimum",), ("Minimum Amount",), group="partnerId", stamped=False),
    "accountTotaling": Layout("Totaling", ("id",), ("Id",), stamped=False),
    "content": Layout("Content", ("id",), ("Id",), stamped=False),
    "partnerLocation": Layout("Location", ("id",), ("Code",), stamped=False),
    "bankPosting": Layout("Bank Account Posting Group", ("id",), ("Code",), stamped=False),
    "application": Layout("Detailed Entry", ("entryNumber",), ("Entry No.",), group="entryId", stamped=False),
    "cancellation": Layout("Cancelled Document", ("id",), ("Id",), stamped=False),
    "paymentMark": Layout("Applies-to ID", ("entryNumber",), ("Entry No.",), group="paymentId", stamped=False),
    "orderShipment": Layout("Order Shipment", ("entryNumber",), ("Entry No.",), group="lineId", stamped=False),
    "configurationPackage": Layout("Config. Package", ("code",), ("Code",), stamped=False),
    "template": Layout("Config. Template Header", ("code",), ("Code",), stamped=False),
    "templateRule": Layout("Config. Tmpl. Selection Rules", ("entity", "order"), ("Table ID", "Order"), stamped=False),
    "journalTaxCode": Layout("Journal Tax Code", ("id",), ("Id",), stamped=False),
}
"""Tables that no address shows; all rows have an ``id``."""


def layout_of(entity: Entity) -> Layout:
    """Return the primary key of a contract entity."""
    caption = _CAPTIONS.get(entity.name, entity.table)
    stamped = "lastModifiedDateTime" in entity.fields
    if entity.name == "dimensionSetLine":
        identity = ("parentId", "id")
        return Layout(caption, ("code",), ("Dimension Code",), group="parentId", identity=identity, stamped=False)
    if entity.name == "journal":
        return Layout(caption, ("templateDisplayName", "code"), ("Journal Template Name", "Name"), stamped=stamped)
    if {"documentId", "sequence"} <= entity.fields.keys():
        return Layout(caption, ("sequence",), ("Line No.",), group="documentId", stamped=stamped)
    if entity.name in _OWNED:
        group, own, captions = _OWNED[entity.name]
        return Layout(caption, own, captions, group=group, stamped=stamped)
    order = _order_of(entity)
    names = tuple(entity.fields[name].source_field or "Id" for name in order)
    return Layout(caption, order, names, identity=entity.key, stamped=stamped)


def _order_of(entity: Entity) -> tuple[str, ...]:
    """Return the primary key of an entity whose rows stand in one list: lines after the numbers of their document."""
    if "sequence" in entity.fields:
        owner = tuple(name for name in _NUMBERED_OWNER if name in entity.fields)
        return (*owner, "sequence") if owner else entity.key
    if entity.name in _DATED:
        return _DATED[entity.name]
    if entity.fields.keys() >= {*_ARCHIVED}:
        return _ARCHIVED
    return (next((name for name in ("number", "code", "entryNumber", "name") if name in entity.fields), entity.key[0]),)


def stored_entities(contract: Contract) -> list[Entity]:
    """Return the entities that have a table of their own inside a company."""
    return [entity for entity in contract.entities.values() if entity.name not in {*PLATFORM, *ALIASES}]
