"""Fills a demo company with everything that is not trade: accounts, codes, customers, vendors, items, people."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import cast
from uuid import UUID

from linkspan.simulator.books.fields import NO_DAY, blank, guid, text
from linkspan.simulator.books.rules.semantics import create
from linkspan.simulator.books.seed.chart import plant_accounts
from linkspan.simulator.books.seed.plan import Plan
from linkspan.simulator.books.seed.reading import codes_of, rows_of
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract

_PLAIN = {
    "paymentMethod": ("code", "displayName"),
    "shipmentMethod": ("code", "displayName"),
    "unitOfMeasure": ("code", "displayName", "internationalStandardCode", "symbol"),
    "itemCategory": ("code", "displayName"),
    "taxArea": ("code", "displayName"),
    "taxGroup": ("code", "displayName"),
    "customerReturnReason": ("code", "description"),
    "generalProductPostingGroup": ("code", "description", "defaultVATProductPostingGroup"),
    "inventoryPostingGroup": ("code", "description"),
    "location": ("code", "displayName", "addressLine1", "city", "postalCode"),
    "fixedAssetLocation": ("code", "displayName"),
}
_ITEM_TYPES = {"I": "Inventory", "S": "Service", "N": "Non_x002D_Inventory"}
_FROM_THE_LOFT = 2
_BANK_ACCOUNTS = {
    "CURRENT": "1410",
    "RESERVE": "1420",
    "KRONE": "1430",
    "EURO": "1440",
    "DOLLAR": "1450",
    "TILL": "1460",
}
_SIZES = (("S", "Small"), ("M", "Medium"), ("L", "Large"), ("XL", "Extra large"))


def plant(company: Company, name: str, values: Mapping[str, object]) -> Record:
    """Put a row into a table as it is, past the rules of creating one."""
    entity = load_contract().entities[name]
    return company.tables[name].insert({**blank(entity), "id": company.log.new_id(), **values})


def make(company: Company, name: str, values: Mapping[str, object], parent: Record | None = None) -> Record:
    """Create a record as the API would."""
    return create(company, load_contract().entities[name], values, parent=parent)


def plant_masters(company: Company, plan: Plan) -> None:
    """Fill an empty company with its master data."""
    _plant_codes(company)
    plant_accounts(company)
    _plant_dimensions(company)
    _plant_account_dimension(company)
    _plant_company(company, plan)
    _plant_banks_and_journals(company)
    _plant_customers(company, plan)
    _plant_vendors(company, plan)
    _plant_items(company, plan)
    _plant_people(company)


def _plant_codes(company: Company) -> None:
    series = company.internal["numberSeries"]
    for code, description, last, step, manual in codes_of("numberSeries"):
        series.insert(
            {
                "id": company.log.new_id(),
                "code": code,
                "description": description,
                "last": last,
                "step": step,
                "manual": manual,
            }
        )
    for name, fields in _PLAIN.items():
        fixed = {"taxType": "VAT"} if name.startswith("tax") else {}
        for row in codes_of(name):
            plant(company, name, {**dict(zip(fields, row, strict=True)), **fixed})
    for country in rows_of("countries"):
        plant(company, "countryRegion", {"code": country["code"], "displayName": country["name"]})
    for code, name, email, title, percent in codes_of("salespersonPurchaser"):
        values = {"displayName": name, "email": email, "jobTitle": title, "commisionPercent": Decimal(percent)}
        plant(company, "salespersonPurchaser", {"code": code, **values})
    for code, name, _ in codes_of("currency"):
        if code != company.setup.local_currency:
            make(company, "currency", {"code": code, "displayName": name})
    for code, name, due, discount, percent in codes_of("paymentTerm"):
        terms = {"dueDateCalculation": due, "discountDateCalculation": discount, "discountPercent": Decimal(percent)}
        make(company, "paymentTerm", {"code": code, "displayName": name, **terms})


def _plant_dimensions(company: Company) -> None:
    for code, name, values in codes_of("dimension"):
        dimension = plant(company, "dimension", {"code": code, "displayName": name})
        for value, label in values:
            row = {"code": value, "displayName": label, "dimensionId": guid(dimension)}
            plant(company, "dimensionValue", row)


def _plant_account_dimension(company: Company) -> None:
    """Give the advertising account a default dimension; the API shows it and cannot make one like it."""
    account = cast("Record", company.tables["account"].find("6250"))
    dimension = cast("Record", company.tables["dimension"].find("DEPARTMENT"))
    value = cast("Record", company.tables["dimensionValue"].find(guid(dimension), "OFFICE"))
    values: Record = {"parentId": guid(account), "parentType": "_x0020_", "dimensionId": guid(dimension)}
    values |= {"dimensionCode": "DEPARTMENT", "dimensionValueId": guid(value), "dimensionValueCode": "OFFICE"}
    plant(company, "defaultDimension", values)


def _plant_company(company: Company, plan: Plan) -> None:
    about = {
        "displayName": plan.name,
        "addressLine1": "Town Quay 1",
        "city": plan.city,
        "country": plan.country,
        "phoneNumber": "+44 5550 100 200",
        "email": f"office@{plan.domain}",
        "website": f"https://www.{plan.domain}",
        "taxRegistrationNumber": f"{plan.country} 900 000 001",
        "industry": "Ship chandlers",
        "experience": "Premium",
    }
    plant(company, "companyInformation", about)


def _plant_banks_and_journals(company: Company) -> None:
    for number, name, account, iban, currency in codes_of("bankAccount"):
        known = "" if currency == company.setup.local_currency else currency
        values = {"number": number, "displayName": name, "bankAccountNumber": account, "iban": iban}
        bank = make(company, "bankAccount", {**values, "currencyCode": known})
        company.internal["bankPosting"].insert({"id": guid(bank), "account": _BANK_ACCOUNTS[number]})
    for template, code, name, balancing in codes_of("journal"):
        values = {"templateDisplayName": template, "code": code, "displayName": name}
        plant(company, "journal", {**values, **_balancing(company, balancing)})
    for code, name, balancing in codes_of("customerPaymentJournal"):
        values = {"code": code, "displayName": name}
        journal = {**values, "templateDisplayName": "CASHRCPT", **_balancing(company, balancing)}
        plant(company, "journal", journal)


def _balancing(company: Company, number: str) -> Record:
    row = company.tables["bankAccount"].find(number) or company.tables["account"].find(number)
    return {"balancingAccountId": guid(row), "balancingAccountNumber": number} if row else {}


def _id_by_code(company: Company, name: str, code: str) -> UUID:
    return guid(cast("Record", company.tables[name].find(code)))


def _plant_customers(company: Company, plan: Plan) -> None:
    areas = [text(row, "code") for row in company.tables["dimensionValue"].all() if row["displayName"] in _AREAS]
    ship = [guid(row) for row in company.tables["shipmentMethod"].all()]
    for at, row in enumerate(rows_of("customers")[: plan.customers]):
        home = row["area"] if plan.country == "GB" else ("INLAND" if row["country"] == plan.country else "OVERSEAS")
        values: Record = {
            "displayName": row["name"],
            "type": row["type"],
            **_address(row),
            "phoneNumber": f"+44 5550 {at + 101:03d} {at * 7 % 1000:03d}",
            "website": f"https://www.{row['email'].partition('@')[2]}",
            "salespersonCode": row["salesperson"],
            "creditLimit": Decimal(row["credit"]),
            "taxAreaId": _id_by_code(company, "taxArea", home),
            "taxRegistrationNumber": "" if row["type"] == "Person" else f"{row['country']} {810_000_000 + at * 1117}",
            "currencyCode": row["currency"],
            "paymentTermsId": _id_by_code(company, "paymentTerm", row["terms"]),
            "shipmentMethodId": ship[at % len(ship)],
            "paymentMethodId": _id_by_code(company, "paymentMethod", "SEPA" if row["currency"] == "EUR" else "BACS"),
        }
        values["blocked"] = {20: "Ship", 32: "All"}.get(at, "_x0020_")
        customer = make(company, "customer", values)
        if at % 4 == 1:
            _default_dimension(company, customer, "AREA", areas[at % len(areas)])
        if at in {1, 9}:
            _invoice_discount(company, customer, ("5000", "3"), ("20000", "5"))
        if at == _FROM_THE_LOFT:
            _always_from(company, customer, "LOFT")


_AREAS = frozenset({"Channel", "North Sea", "Ocean", "Inshore", "Baltic"})


def _default_dimension(company: Company, owner: Record, code: str, value: str) -> None:
    dimension = cast("Record", company.tables["dimension"].find(code))
    chosen = cast("Record", company.tables["dimensionValue"].find(guid(dimension), value))
    make(company, "defaultDimension", {"dimensionId": guid(dimension), "dimensionValueId": guid(chosen)}, owner)


def _always_from(company: Company, partner: Record, code: str) -> None:
    """Let a customer or vendor be served at one location."""
    place: Record = {"id": guid(partner), "locationId": _id_by_code(company, "location", code)}
    company.internal["partnerLocation"].insert(place)


def _invoice_discount(company: Company, partner: Record, *tiers: tuple[str, str]) -> None:
    """Give a customer or vendor percentages of invoice discount from minimum amounts on."""
    for minimum, percent in tiers:
        tier = {"id": company.log.new_id(), "partnerId": guid(partner)}
        company.internal["invoiceDiscount"].insert({**tier, "minimum": Decimal(minimum), "percent": Decimal(percent)})


def _address(row: Mapping[str, str]) -> Record:
    return {
        "addressLine1": row["address"],
        "addressLine2": row["address2"],
        "city": row["city"],
        "state": row["state"],
        "postalCode": row["postcode"],
        "country": row["country"],
        "email": row["email"],
    }


def _plant_vendors(company: Company, plan: Plan) -> None:
    for at, row in enumerate(rows_of("vendors")[: plan.vendors]):
        values: Record = {
            "displayName": row["name"],
            **_address(row),
            "phoneNumber": f"+44 5551 {at + 201:03d} {at * 13 % 1000:03d}",
            "taxRegistrationNumber": row["tax"],
            "currencyCode": row["currency"],
            "paymentTermsId": _id_by_code(company, "paymentTerm", row["terms"]),
            "blocked": "Payment" if row["name"].startswith("Ridgeway") else "_x0020_",
        }
        vendor = make(company, "vendor", values)
        if at in {1, 7}:
            _invoice_discount(company, vendor, ("3000", "2"), ("12000", "4"))
        if at == _FROM_THE_LOFT:
            _always_from(company, vendor, "LOFT")


def _plant_items(company: Company, plan: Plan) -> None:
    rows = rows_of("items")
    step = max(1, len(rows) // plan.items)
    for at, row in enumerate(rows[::step][: plan.items]):
        stores = row["category"] == "STORES" and row["type"] == "I"
        values: Record = {
            "displayName": row["name"],
            "displayName2": row["name2"],
            "type": _ITEM_TYPES[row["type"]],
            "itemCategoryCode": row["category"],
            "baseUnitOfMeasureCode": row["unit"],
            "unitPrice": Decimal(row["price"]),
            "unitCost": Decimal(row["cost"]),
            "gtin": f"50123450{at:05d}" if row["type"] == "I" else "",
        }
        if stores:
            values |= {"generalProductPostingGroupCode": "PROVISIONS", "inventoryPostingGroupCode": "BOND"}
        item = make(company, "item", {**values, "taxGroupCode": row["tax"]})
        if row["category"] == "CLOTHES":
            for code, label in _SIZES:
                make(company, "itemVariant", {"code": code, "description": f"{row['name']}, {label}"}, item)
        if row["category"] == "CHART":
            _default_dimension(company, item, "DEPARTMENT", "CHARTROOM")


def _plant_people(company: Company) -> None:
    for at, row in enumerate(rows_of("employees")):
        hired = date.fromisoformat(row["hired"])
        values = {
            "givenName": row["given"],
            "middleName": row["middle"],
            "surname": row["surname"],
            "jobTitle": row["title"],
            "city": row["city"],
            "postalCode": row["postcode"],
            "country": "GB",
            "email": row["email"],
            "mobilePhone": f"+44 7700 900 {at:03d}",
            "birthDate": date.fromisoformat(row["born"]),
            "employmentDate": hired,
            "terminationDate": hired.replace(year=hired.year + 2) if row["status"] == "Terminated" else NO_DAY,
            "status": row["status"],
        }
        make(company, "employee", values)
