"""What a line is about: an item, an account or only a comment, and the values that come with it."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from linkspan.simulator.books.fields import HUNDRED, NO_ID, ZERO, guid, number, round_to, text
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.rules.summing import tax_percent
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import BcFault, dialog, field_validation

_FOREIGN_UNIT = Decimal("0.001")
_LOCAL_UNIT = Decimal("0.00001")
_TAXED = frozenset({"Income", "Expense", "Cost_x0020_of_x0020_Goods_x0020_Sold"})
_NAMED: Record = {
    "itemId": NO_ID,
    "accountId": NO_ID,
    "lineObjectNumber": "",
    "description": "",
    "description2": "",
    "unitOfMeasureId": NO_ID,
    "unitOfMeasureCode": "",
    "itemVariantId": NO_ID,
    "taxCode": "",
    "discountPercent": ZERO,
    "discountAmount": ZERO,
}


def object_given(before: Record, values: Mapping[str, object]) -> bool:
    """Tell whether the values give a line another type, item or account than it has."""
    return any(name in values and values[name] != before[name] for name in ("lineType", "itemId", "accountId"))


def object_fields(company: Company, entity: Entity, kind: Kind, header: Record, values: Mapping[str, object]) -> Record:
    """Return the fields that follow from the item or account that the values name, as far as the line has them."""
    found = _object_fields(company, entity, kind, header, values)
    return {name: value for name, value in found.items() if name in entity.fields}


def _object_fields(
    company: Company, entity: Entity, kind: Kind, header: Record, values: Mapping[str, object]
) -> Record:
    item_id, account_id = values.get("itemId", NO_ID), values.get("accountId", NO_ID)
    if NO_ID not in {item_id, account_id}:
        raise dialog(entity.errors["BothItemIdAndAccountIdAreSpecifiedErr"])
    line_type = _line_type(values, item_id, account_id)
    start: Record = {**_NAMED, "lineType": line_type, kind.price_field: ZERO}
    code = str(values.get("lineObjectNumber", ""))
    if line_type == "Item" and (item_id != NO_ID or code):
        item = _named(company, "item", item_id, code, missing=dialog(entity.errors["ItemDoesNotExistErr"]))
        return {**start, **_from_item(company, kind, header, item)}
    if line_type == "Account" and (account_id != NO_ID or code):
        account = _named(company, "account", account_id, code, missing=dialog(entity.errors["AccountDoesNotExistErr"]))
        return {**start, **_from_account(company, account)}
    return start


def price_in_currency(company: Company, kind: Kind, header: Record, item: Record) -> Decimal:
    """Return an item's price (sales) or cost (purchase) in the currency of a document, as entered if it is local."""
    price = number(item, "unitPrice" if kind.party == "customer" else "unitCost")
    unit = _LOCAL_UNIT
    rate = company.setup.exchange_rates.get(text(header, "currencyCode"))
    if item["priceIncludesTax"] and kind.party == "customer" and not header.get("pricesIncludeTax"):
        percent = tax_percent(company, kind, header, text(item, "taxGroupCode"))
        price = round_to(price * HUNDRED / (HUNDRED + percent), unit)
    if rate is None or text(header, "currencyCode") == company.setup.local_currency:
        return price
    return round_to(price / rate, _FOREIGN_UNIT)


def _line_type(values: Mapping[str, object], item_id: object, account_id: object) -> str:
    if item_id != NO_ID:
        return "Item"
    if account_id != NO_ID:
        return "Account"
    return str(values.get("lineType") or "Comment")


def _named(company: Company, name: str, wanted: object, code: str, *, missing: BcFault) -> Record:
    table = company.tables[name]
    found = table.get(wanted) if isinstance(wanted, UUID) and wanted != NO_ID else table.find(code)
    if found is None or (code and text(found, "number") != code):
        raise missing
    return found


def _from_item(company: Company, kind: Kind, header: Record, item: Record) -> Record:
    if item["blocked"]:
        message = f"Blocked must be equal to 'No' in Item: No.={text(item, 'number')}. Current value is 'Yes'."
        raise field_validation(message)
    return {
        "itemId": guid(item),
        "lineObjectNumber": item["number"],
        "description": item["displayName"],
        "description2": item["displayName2"],
        "unitOfMeasureId": item["baseUnitOfMeasureId"],
        "unitOfMeasureCode": item["baseUnitOfMeasureCode"],
        "taxCode": item["taxGroupCode"],
        kind.price_field: price_in_currency(company, kind, header, item),
    }


def _from_account(company: Company, account: Record) -> Record:
    key = f"in G/L Account: No.={text(account, 'number')}."
    if account["accountType"] != "Posting":
        message = f"Account Type must be equal to 'Posting' {key} Current value is '{account['accountType']}'."
        raise field_validation(message)
    if not account["directPosting"]:
        message = f"Direct Posting must be equal to 'Yes' {key} Current value is 'No'."
        raise field_validation(message)
    if account["blocked"]:
        message = f"Blocked must be equal to 'No' {key} Current value is 'Yes'."
        raise field_validation(message)
    taxed = text(account, "category") in _TAXED
    return {
        "accountId": guid(account),
        "lineObjectNumber": account["number"],
        "description": account["displayName"],
        "taxCode": company.setup.defaults["taxGroup" if taxed else "noTaxGroup"],
    }
