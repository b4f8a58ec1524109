"""Rules of items: units, categories and posting groups of a new item, stock, type changes and deletion."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from linkspan.simulator.books.fields import guid, text
from linkspan.simulator.books.ledgers import stock
from linkspan.simulator.books.posting.stock import adjust_stock
from linkspan.simulator.books.rules.kinds import LINE_KINDS
from linkspan.simulator.books.rules.parties import may_not_delete, refuse_open_ledger
from linkspan.simulator.books.rules.posted import POSTED
from linkspan.simulator.books.rules.records import Rule
from linkspan.simulator.books.rules.references import Reference
from linkspan.simulator.books.series import ITEMS
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import dialog, field_validation

_LINES = {
    "salesQuoteLine": ("Sales", "Quote"),
    "salesOrderLine": ("Sales", "Order"),
    "salesInvoiceLine": ("Sales", "Invoice"),
    "salesCreditMemoLine": ("Sales", "Credit Memo"),
    "purchaseOrderLine": ("Purchase", "Order"),
    "purchaseInvoiceLine": ("Purchase", "Invoice"),
    "purchaseCreditMemoLine": ("Purchase", "Credit Memo"),
}
_LINES = {name: words for name, words in _LINES.items() if name in LINE_KINDS}


def _check_item(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    if before is None:
        if "inventory" in values:
            raise dialog(entity.errors["InventoryCannotBeChangedInAPostRequestErr"])
        return
    if "type" in values and values["type"] != before["type"]:
        _check_type_change(company, before)
    kind = values.get("type", before["type"])
    if "inventory" in values and kind != "Inventory":
        message = f"Type must be equal to 'Inventory' in Item: No.={before['number']}. Current value is '{kind}'."
        raise field_validation(message)


def _check_type_change(company: Company, item: Record) -> None:
    used = ""
    if company.internal["itemLedgerEntry"].group(guid(item)):
        used = "Item Ledger Entry"
    else:
        used = next((f"{side} Line" for side, _ in _documents_with(company, item)), "")
    if used:
        number = text(item, "number")
        message = f"You cannot change the Type field on Item {number} because at least one {used} exists for this item."
        raise dialog(message)


def _fill_item(company: Company, values: Mapping[str, object]) -> Record:
    defaults = company.setup.defaults
    stocked = values.get("type", "Inventory") == "Inventory"
    start: Record = {
        "baseUnitOfMeasureCode": defaults["unitOfMeasure"],
        "generalProductPostingGroupCode": defaults["generalProductPostingGroup" if stocked else "servicePostingGroup"],
        "inventoryPostingGroupCode": defaults["inventoryPostingGroup"] if stocked else "",
    }
    return {**start, "taxGroupCode": _tax_group(company, values) or defaults["taxGroup"]}


def _tax_group(company: Company, values: Mapping[str, object]) -> str:
    """Return the tax group that goes with the product posting group being written, if one is."""
    table = company.tables["generalProductPostingGroup"]
    group_id = values.get("generalProductPostingGroupId")
    code = values.get("generalProductPostingGroupCode")
    found = next((row for row in table.all() if row["id"] == group_id or row["code"] == code), None)
    return text(found, "defaultVATProductPostingGroup") if found else ""


def _finish_item(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    wanted = values.get("inventory")
    if isinstance(wanted, Decimal):
        change = wanted - stock(company, guid(record))
        if change:
            adjust_stock(company, record, change)
    return record


def _documents_with(company: Company, item: Record) -> Iterable[tuple[str, str]]:
    """Yield side and kind of each unposted document that has this item on a line."""
    for name, (side, kind) in _LINES.items():
        headers = company.tables[name.removesuffix("Line")]
        for line in company.tables[name].all():
            if line["itemId"] == guid(item) and _is_open(headers.get(guid(line, "documentId")), kind):
                yield side, kind


def _is_open(header: Record | None, kind: str) -> bool:
    return header is not None and (kind in {"Quote", "Order"} or text(header, "status") not in POSTED)


def _item_may_go(company: Company, item: Record) -> None:
    for side, kind in _documents_with(company, item):
        reason = f"there is at least one outstanding {side} {kind} that includes this item."
        raise may_not_delete("Item", text(item, "number"), reason)
    refuse_open_ledger(company, company.internal["itemLedgerEntry"], item, "Item")


def variant_may_go(company: Company, variant: Record) -> None:
    """Refuse to delete a variant that a line of an unposted document names."""
    for name, (side, kind) in _LINES.items():
        headers = company.tables[name.removesuffix("Line")]
        for line in company.tables[name].all():
            if line["itemVariantId"] == guid(variant) and _is_open(headers.get(guid(line, "documentId")), kind):
                key = f"{text(variant, 'itemNumber')} - {text(variant, 'code')}"
                reason = f"there is at least one {side} Line that includes this Variant Code."
                raise may_not_delete("item variant", key, reason)


def _pair(target: str, stem: str, unknown_id: str = "", unknown_code: str = "", mismatch: str = "") -> Reference:
    return Reference(
        target, f"{stem}Id", f"{stem}Code", unknown_id=unknown_id, unknown_code=unknown_code, mismatch=mismatch
    )


ITEM = Rule(
    references=(
        _pair(
            "itemCategory",
            "itemCategory",
            "ItemCategoryIdDoesNotMatchAnItemCategoryGroupErr",
            "ItemCategoryCodeDoesNotMatchATaxGroupErr",
            "ItemCategoriesValuesDontMatchErr",
        ),
        _pair(
            "taxGroup",
            "taxGroup",
            "TaxGroupIdDoesNotMatchATaxGroupErr",
            "TaxGroupCodeDoesNotMatchATaxGroupErr",
            "TaxGroupValuesDontMatchErr",
        ),
        _pair(
            "unitOfMeasure",
            "baseUnitOfMeasure",
            "UnitOfMeasureIdDoesNotMatchAUnitOfMeasureErr",
            mismatch="UnitOfMeasureValuesDontMatchErr",
        ),
        _pair("generalProductPostingGroup", "generalProductPostingGroup"),
        _pair("inventoryPostingGroup", "inventoryPostingGroup"),
    ),
    series=ITEMS,
    check=_check_item,
    fill=_fill_item,
    finish=_finish_item,
    may_delete=_item_may_go,
    owns=("defaultDimension", "itemVariant"),
    moving=frozenset({"inventory"}),
)
