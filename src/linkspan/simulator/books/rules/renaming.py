"""Renaming: when a record's number or code changes, every record that shows the old one follows."""

from linkspan.simulator.books.fields import guid
from linkspan.simulator.books.layouts import ALIASES
from linkspan.simulator.books.rules.journal_kinds import JOURNAL_LINES, TEMPLATES
from linkspan.simulator.books.rules.kinds import KINDS
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, load_contract

_SALES = tuple(name for name, kind in KINDS.items() if kind.party == "customer")
_PURCHASES = tuple(name for name, kind in KINDS.items() if kind.party == "vendor")
_DOCUMENTS = (*_SALES, *_PURCHASES)
_LINES = tuple(f"{name}Line" for name in _DOCUMENTS)
_JOURNALS = ("journal",)


def _all(names: tuple[str, ...], id_field: str, code_field: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, id_field, code_field) for name in names)


_SHOWN_IN: dict[str, tuple[tuple[str, str, str], ...]] = {
    "customer": (
        *_all(_SALES, "customerId", "customerNumber"),
        *_all(_SALES, "billToCustomerId", "billToCustomerNumber"),
        ("customerPayment", "customerId", "customerNumber"),
    ),
    "vendor": (
        *_all(_PURCHASES, "vendorId", "vendorNumber"),
        *_all(_PURCHASES, "payToVendorId", "payToVendorNumber"),
        ("vendorPayment", "vendorId", "vendorNumber"),
    ),
    "item": (*_all(_LINES, "itemId", "lineObjectNumber"), ("itemVariant", "itemId", "itemNumber")),
    "currency": _all(("customer", "vendor", "bankAccount", *_DOCUMENTS), "currencyId", "currencyCode"),
    "unitOfMeasure": (
        ("item", "baseUnitOfMeasureId", "baseUnitOfMeasureCode"),
        *_all(_LINES, "unitOfMeasureId", "unitOfMeasureCode"),
    ),
    "itemCategory": (("item", "itemCategoryId", "itemCategoryCode"),),
    "employee": (
        ("fixedAsset", "employeeId", "employeeNumber"),
        ("timeRegistrationEntry", "employeeId", "employeeNumber"),
    ),
    "fixedAssetLocation": (("fixedAsset", "fixedAssetLocationId", "fixedAssetLocationCode"),),
    "project": (("timeRegistrationEntry", "jobId", "jobNumber"),),
    "taxGroup": (("item", "taxGroupId", "taxGroupCode"),),
    "bankAccount": (
        *_all(_JOURNALS, "balancingAccountId", "balancingAccountNumber"),
        ("journalLine", "accountId", "accountNumber"),
        ("journalLine", "balancingAccountId", "balancingAccountNumber"),
    ),
    **dict.fromkeys(TEMPLATES, _all(JOURNAL_LINES, "journalId", "journalDisplayName")),
}


_NAMED_IN: dict[str, tuple[tuple[str, str], ...]] = {
    "contact": (("contact", "companyNumber"), ("opportunity", "contactNumber")),
    "salespersonPurchaser": (
        ("customer", "salespersonCode"),
        ("opportunity", "salespersonCode"),
        *((name, "salesperson") for name in _SALES),
        *((name, "purchaser") for name in _PURCHASES),
    ),
    "countryRegion": tuple(
        (entity.name, field)
        for entity in load_contract().entities.values()
        for field in entity.fields
        if field.lower().endswith("country") and entity.name not in ALIASES
    ),
}
"""Where a number or code stands without the id of its record: entity and field."""


def pass_on_rename(company: Company, entity: Entity, before: Record, after: Record) -> None:
    """Write the new number or code into all records that refer to this one and show the old one."""
    key = "number" if "number" in after else "code"
    if before.get(key) == after.get(key):
        return
    for name, id_field, code_field in _SHOWN_IN.get(entity.name, ()):
        table = company.tables[name]
        showing = [row for row in table.all() if row[id_field] == guid(after)]
        for row in showing:
            table.replace({**row, code_field: after[key]})
    for name, field in _NAMED_IN.get(entity.name, ()):
        table = company.tables[name]
        for row in [row for row in table.all() if row.get(field) == before[key]]:
            table.replace({**row, field: after[key]})
