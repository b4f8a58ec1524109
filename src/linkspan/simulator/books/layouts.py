"""Primary keys of every table: the contract's entities and the internal ledgers behind their computed fields."""

from linkspan.simulator.books.table import Layout
from linkspan.simulator.contract import Contract, Entity

_LINE_OWNER = {
    "salesQuoteLine": "documentId",
    "salesOrderLine": "documentId",
    "salesInvoiceLine": "documentId",
    "salesCreditMemoLine": "documentId",
    "purchaseOrderLine": "documentId",
    "purchaseInvoiceLine": "documentId",
}
_OWNED = {
    "journalLine": ("journalId", ("lineNumber",), ("Line No.",)),
    "customerPayment": ("journalId", ("lineNumber",), ("Line No.",)),
    "dimensionValue": ("dimensionId", ("code",), ("Code",)),
    "itemVariant": ("itemId", ("code",), ("Code",)),
    "defaultDimension": ("parentId", ("dimensionCode",), ("Dimension Code",)),
    "attachment": ("parentId", ("id",), ("Id",)),
    "documentAttachment": ("parentId", ("id",), ("Id",)),
}
_CAPTIONS = {"taxArea": "VAT Business Posting Group", "taxGroup": "VAT Product Posting Group"}

ALIASES = {
    "customerFinancialDetail": "customer",
    "customerPaymentJournal": "journal",
    "vendorPaymentJournal": "journal",
}
"""Entities that are another view of a table: entity name to the entity whose table holds the rows."""

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
    "customerDiscount": Layout("Cust. Invoice Disc.", ("id",), ("Code",), stamped=False),
    "accountTotaling": Layout("Totaling", ("id",), ("Id",), stamped=False),
    "content": Layout("Content", ("id",), ("Id",), stamped=False),
    "bankPosting": Layout("Bank Account Posting Group", ("id",), ("Code",), stamped=False),
    "application": Layout("Detailed Entry", ("entryNumber",), ("Entry No.",), group="entryId", stamped=False),
    "cancellation": Layout("Cancelled Document", ("id",), ("Id",), stamped=False),
    "paymentMark": Layout("Applies-to ID", ("entryNumber",), ("Entry No.",), group="paymentId", stamped=False),
    "orderShipment": Layout("Order Shipment", ("entryNumber",), ("Entry No.",), group="lineId", stamped=False),
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
    if entity.name in _LINE_OWNER:
        return Layout(caption, ("sequence",), ("Line No.",), group=_LINE_OWNER[entity.name], stamped=stamped)
    if entity.name in _OWNED:
        group, order, captions = _OWNED[entity.name]
        return Layout(caption, order, captions, group=group, stamped=stamped)
    leading = next((name for name in ("number", "code", "entryNumber", "name") if name in entity.fields), "id")
    return Layout(caption, (leading,), (entity.fields[leading].source_field or "Id",), stamped=stamped)


def stored_entities(contract: Contract) -> list[Entity]:
    """Return the entities that have a table of their own inside a company."""
    return [entity for entity in contract.entities.values() if entity.name not in {"company", *ALIASES}]
