"""Rules of the small tables: currencies, terms, tax areas and groups, banks, employees and journals."""

from collections.abc import Mapping
from uuid import UUID

from linkspan.simulator.books.dates import is_formula
from linkspan.simulator.books.fields import NO_ID, ZERO, guid, text
from linkspan.simulator.books.rules.items import variant_may_go
from linkspan.simulator.books.rules.journal_kinds import JOURNAL_LINES, TEMPLATES
from linkspan.simulator.books.rules.parties import refuse_open_ledger
from linkspan.simulator.books.rules.records import Fill, Rule
from linkspan.simulator.books.rules.references import CURRENCY, Reference
from linkspan.simulator.books.series import BANKS, EMPLOYEES
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.faults import dialog, not_evaluated

_SYMBOLS = {
    **dict.fromkeys(("AUD", "BND", "CAD", "FJD", "HKD", "MXN", "NZD", "SBD", "SGD", "USD"), "$"),
    **dict.fromkeys(("DKK", "ISK", "NOK", "SEK"), "kr"),
    **dict.fromkeys(("CNY", "JPY"), "¥"),
    "GBP": "£",
    "EUR": "€",
    "INR": "₹",
    "KRW": "₩",
    "THB": "฿",
}
_OWNERS = {"Cust. Ledger Entry": "customerLedgerEntry", "Vendor Ledger Entry": "vendorLedgerEntry"}
EXPERIENCES = frozenset({"Basic", "Essential", "Premium", "Custom", ""})
"""Experience tiers that companyInformation takes."""


def _finish_currency(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    del company
    if record["symbol"] or "symbol" in values:
        return record
    return {**record, "symbol": _SYMBOLS.get(text(record, "code"), "")}


def _currency_may_go(company: Company, currency: Record) -> None:
    code = text(currency, "code")
    for caption, ledger in _OWNERS.items():
        if any(row["currencyCode"] == code and row["remaining"] != ZERO for row in company.internal[ledger].all()):
            message = f"There is one or more opened entries in the {caption} table using Currency {code}."
            raise dialog(message)


def _check_term(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    del company, entity, before
    for name in ("dueDateCalculation", "discountDateCalculation"):
        formula = str(values.get(name, ""))
        if not is_formula(formula):
            raise not_evaluated(formula, "DateFormula")


def _finish_tax(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    del company, values
    return {**record, "taxType": "VAT"}


def _bank_may_go(company: Company, bank: Record) -> None:
    if text(bank, "number") == company.setup.accounts["payment_registration_bank"]:
        message = "You cannot delete bank account that is used as balancing account in the Payment Registration Setup."
        raise dialog(message)
    refuse_open_ledger(company, company.internal["bankLedgerEntry"], bank, "Bank Account")


def _fill_bank(company: Company, values: Mapping[str, object]) -> Record:
    del company, values
    return {"currencyCode": ""}


def _finish_employee(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    del company, values
    names = (text(record, "givenName"), text(record, "middleName"), text(record, "surname"))
    return {**record, "displayName": " ".join(name for name in names if name)}


def _check_company(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    del company, before
    if str(values.get("experience", "")) not in EXPERIENCES:
        raise dialog(entity.errors["SaveExperienceTierFailedErr"])


def _fill_from(template: str) -> Fill:
    def fill(company: Company, values: Mapping[str, object]) -> Record:
        del company, values
        return {"templateDisplayName": template}

    return fill


def _check_journal(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    del entity
    template = values.get("templateDisplayName")
    known = {row["templateDisplayName"] for row in company.tables["journal"].all()} | set(TEMPLATES.values())
    if template is not None and before is None and template not in known:
        message = f"The Gen. Journal Template does not exist. Identification fields and values: Name='{template}'"
        raise dialog(message)
    balancing = values.get("balancingAccountId", NO_ID)
    if isinstance(balancing, UUID) and balancing != NO_ID and balancing_account(company, balancing) is None:
        message = 'The "balancingAccountId" does not match to an Account.'
        raise dialog(message)


def balancing_account(company: Company, account_id: UUID) -> Record | None:
    """Return the general ledger or bank account with this id."""
    return company.tables["account"].get(account_id) or company.tables["bankAccount"].get(account_id)


def _finish_journal(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    """Show the balancing account's number; a payment journal is stored as the journal that it is."""
    if "balancingAccountId" in values:
        account = balancing_account(company, guid(record, "balancingAccountId"))
        record = {**record, "balancingAccountNumber": text(account, "number") if account else ""}
    names = load_contract().entities["journal"].fields
    return {name: record.get(name) for name in names}


def _journal_rule(name: str) -> Rule:
    return Rule(fill=_fill_from(TEMPLATES[name]), check=_check_journal, finish=_finish_journal, owns=JOURNAL_LINES)


CODES: dict[str, Rule] = {
    "currency": Rule(finish=_finish_currency, may_delete=_currency_may_go),
    "paymentTerm": Rule(check=_check_term),
    "paymentMethod": Rule(),
    "shipmentMethod": Rule(),
    "unitOfMeasure": Rule(),
    "itemCategory": Rule(),
    "taxArea": Rule(finish=_finish_tax),
    "taxGroup": Rule(finish=_finish_tax),
    "location": Rule(),
    "customerReturnReason": Rule(),
    "bankAccount": Rule(references=(CURRENCY,), series=BANKS, fill=_fill_bank, may_delete=_bank_may_go),
    "employee": Rule(series=EMPLOYEES, finish=_finish_employee, owns=("defaultDimension", "timeRegistrationEntry")),
    "companyInformation": Rule(check=_check_company),
    "journal": _journal_rule("journal"),
    "customerPaymentJournal": _journal_rule("customerPaymentJournal"),
    "vendorPaymentJournal": _journal_rule("vendorPaymentJournal"),
    "itemVariant": Rule(
        references=(
            Reference(
                "item",
                "itemId",
                "itemNumber",
                target_code="number",
                unknown_id="ItemIdDoesNotMatchAnEmployeeErr",
                unknown_code="ItemNumberDoesNotMatchAnEmployeeErr",
                mismatch="ItemValuesDontMatchErr",
            ),
        ),
        parent_field="itemId",
        may_delete=variant_may_go,
    ),
}
"""What is particular to each entity that is one plain row."""
