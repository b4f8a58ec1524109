"""Rules of customers and vendors: required names, defaults of a new record, and when one may be deleted."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, guid, text
from linkspan.simulator.books.ledgers import in_open_year
from linkspan.simulator.books.rules.kinds import KINDS
from linkspan.simulator.books.rules.posted import POSTED
from linkspan.simulator.books.rules.records import Rule
from linkspan.simulator.books.rules.references import CURRENCY, PAYMENT_METHOD, PAYMENT_TERM, SHIPMENT_METHOD, Reference
from linkspan.simulator.books.series import CUSTOMERS, VENDORS
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import BcFault, dialog, invalid_relation

_SALES = {"salesQuote": "Quote", "salesOrder": "Order", "salesInvoice": "Invoice", "salesCreditMemo": "Credit Memo"}
_PURCHASES = {"purchaseOrder": "Order", "purchaseInvoice": "Invoice", "purchaseCreditMemo": "Credit Memo"}


def may_not_delete(caption: str, key: str, reason: str) -> BcFault:
    """Return the refusal to delete a record, with the provider's wording of why."""
    return dialog(f"You cannot delete {caption} {key} because {reason}")


def refuse_open_ledger(company: Company, ledger: Table, record: Record, caption: str) -> None:
    """Refuse to delete a record with ledger entries in an open year, or with open ones."""
    entries = ledger.group(guid(record))
    if any(in_open_year(company, entry) for entry in entries):
        reason = "it has ledger entries in a fiscal year that has not been closed yet."
        raise may_not_delete(caption, text(record, "number"), reason)
    if any(entry.get("remaining") for entry in entries):
        raise may_not_delete(caption, text(record, "number"), "there are one or more open ledger entries.")


def check_salesperson(company: Company, entity: Entity, values: Mapping[str, object]) -> None:
    """Refuse a salesperson or purchaser code that does not exist or is blocked."""
    for name in ("salespersonCode", "salesperson", "purchaser"):
        value = values.get(name)
        person = company.tables["salespersonPurchaser"].find(value) if value else None
        if value and (person is None or person["blocked"]):
            caption = str(entity.fields[name].source_field)
            raise invalid_relation(caption, entity.table, str(value), "Salesperson/Purchaser")


def _check_customer(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    if before is None and "displayName" not in values:
        raise dialog(entity.errors["NotProvidedCustomerNameErr"])
    if not str(values.get("displayName", "-")).strip():
        raise dialog(entity.errors["BlankCustomerNameErr"])
    check_salesperson(company, entity, values)


def _fill_customer(company: Company, values: Mapping[str, object]) -> Record:
    del values
    return {**_terms(company), "taxAreaId": _id_of(company, "taxArea"), "currencyCode": ""}


def _fill_vendor(company: Company, values: Mapping[str, object]) -> Record:
    del values
    return {**_terms(company), "currencyCode": ""}


def _finish_vendor(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    """Keep the 1099 code empty: the field behind it exists only in the United States."""
    del company, values
    return {**record, "irs1099Code": ""}


def _terms(company: Company) -> Record:
    return {"paymentTermsId": _id_of(company, "paymentTerm"), "paymentMethodId": _id_of(company, "paymentMethod")}


def _id_of(company: Company, target: str) -> UUID:
    row = company.tables[target].find(company.setup.defaults[target])
    return NO_ID if row is None else guid(row)


def _outstanding(company: Company, kinds: Mapping[str, str], field: str, party: Record) -> Iterable[str]:
    for name, kind in kinds.items():
        if name not in KINDS:
            continue
        for document in company.tables[name].all():
            if document[field] == guid(party) and text(document, "status") not in _finished(name):
                yield kind


def _finished(name: str) -> frozenset[str]:
    return POSTED if name.endswith(("Invoice", "CreditMemo")) else frozenset()


def _customer_may_go(company: Company, customer: Record) -> None:
    refuse_open_ledger(company, company.internal["customerLedgerEntry"], customer, "Customer")
    for kind in _outstanding(company, _SALES, "customerId", customer):
        reason = f"there is at least one outstanding Sales {kind} for this customer."
        raise may_not_delete("Customer", text(customer, "number"), reason)


def _vendor_may_go(company: Company, vendor: Record) -> None:
    refuse_open_ledger(company, company.internal["vendorLedgerEntry"], vendor, "Vendor")
    for kind in _outstanding(company, _PURCHASES, "vendorId", vendor):
        reason = f"there is at least one outstanding Purchase {kind} for this vendor."
        raise may_not_delete("Vendor", text(vendor, "number"), reason)


CUSTOMER = Rule(
    references=(CURRENCY, PAYMENT_TERM, SHIPMENT_METHOD, PAYMENT_METHOD, Reference("taxArea", "taxAreaId")),
    series=CUSTOMERS,
    check=_check_customer,
    fill=_fill_customer,
    may_delete=_customer_may_go,
    owns=("defaultDimension",),
)
VENDOR = Rule(
    references=(CURRENCY, PAYMENT_TERM, PAYMENT_METHOD),
    series=VENDORS,
    fill=_fill_vendor,
    finish=_finish_vendor,
    may_delete=_vendor_may_go,
    owns=("defaultDimension",),
)
