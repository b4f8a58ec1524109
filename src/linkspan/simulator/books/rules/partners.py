"""The customer or vendor of a document: how it is found, when it is blocked, and which fields follow from it."""

from collections.abc import Mapping
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, guid, text
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import dialog

_ADDRESS = {
    "AddressLine1": "addressLine1",
    "AddressLine2": "addressLine2",
    "City": "city",
    "State": "state",
    "Country": "country",
    "PostCode": "postalCode",
}
_BLOCKING = {
    "Quote": frozenset({"All", "Invoice", "Ship"}),
    "Order": frozenset({"All", "Invoice", "Ship"}),
    "Invoice": frozenset({"All", "Invoice"}),
    "Credit Memo": frozenset({"All"}),
}


def is_partner_given(kind: Kind, values: Mapping[str, object]) -> bool:
    """Tell whether the values name a customer or vendor."""
    return f"{kind.party}Id" in values or f"{kind.party}Number" in values


def find_partner(company: Company, entity: Entity, kind: Kind, values: Mapping[str, object]) -> Record:
    """Return the customer or vendor that the values name by id, number or both; refuses unknown and blocked ones."""
    role = "SellToCustomer" if kind.party == "customer" else "BuyFromVendor"
    wanted, number = values.get(f"{kind.party}Id", NO_ID), str(values.get(f"{kind.party}Number", ""))
    if wanted == NO_ID and not number:
        raise dialog(entity.errors[f"{role}NotProvidedErr"])
    found = _find(company, entity, kind.party, wanted=wanted, number=number, role=role)
    _refuse_blocked(kind, found)
    return found


def payer_fields(
    company: Company, entity: Entity, kind: Kind, values: Mapping[str, object], partner: Record | None
) -> Record:
    """Return the fields of who pays: the one the values name, else ``partner``, else nothing (unchanged)."""
    role = "BillToCustomer" if kind.party == "customer" else "PayToVendor"
    wanted, number = values.get(kind.payer_id, NO_ID), str(values.get(kind.payer_number, ""))
    payer = partner
    if wanted != NO_ID or number:
        payer = _find(company, entity, kind.party, wanted=wanted, number=number, role=role)
        _refuse_blocked(kind, payer)
    if payer is None:
        return {}
    found: Record = {kind.payer_id: guid(payer), kind.payer_number: payer["number"]}
    found[f"{kind.payer}Name"] = payer["displayName"]
    return {**found, **_address(entity, kind.payer, payer)}


def partner_fields(company: Company, entity: Entity, kind: Kind, partner: Record) -> Record:
    """Return everything a header takes over from its customer or vendor."""
    found: Record = {
        f"{kind.party}Id": guid(partner),
        f"{kind.party}Number": partner["number"],
        f"{kind.party}Name": partner["displayName"],
        "currencyId": partner["currencyId"],
        **_address(entity, kind.seller, partner),
        **_ship_to(company, entity, kind, partner),
    }
    same = {"paymentTermsId": "paymentTermsId", "shipmentMethodId": "shipmentMethodId", "phoneNumber": "phoneNumber"}
    same |= {"email": "email", "salesperson": "salespersonCode"}
    found |= {name: partner[source] for name, source in same.items() if name in entity.fields and source in partner}
    if partner["currencyId"] == NO_ID:
        found["currencyCode"] = ""
    return found


def _ship_to(company: Company, entity: Entity, kind: Kind, partner: Record) -> Record:
    """Goods go to the customer, or come to our own company."""
    if "shipToName" not in entity.fields:
        return {}
    place = partner
    if kind.party == "vendor":
        own = company.tables["companyInformation"].all()
        place = own[0] if own else partner
    return {"shipToName": place["displayName"], "shipToContact": "", **_address(entity, "shipTo", place)}


def _address(entity: Entity, lead: str, source: Record) -> Record:
    pairs = {f"{lead}{name}": source[field] for name, field in _ADDRESS.items()}
    return {name: value for name, value in pairs.items() if name in entity.fields}


def _find(company: Company, entity: Entity, party: str, *, wanted: object, number: str, role: str) -> Record:
    table = company.tables[party]
    by_id = table.get(wanted) if isinstance(wanted, UUID) and wanted != NO_ID else None
    missing = dialog(entity.errors[f"CouldNotFind{role}Err"])
    if wanted != NO_ID and by_id is None:
        raise missing
    if not number:
        return by_id if by_id is not None else _raise(missing)
    if by_id is not None and text(by_id, "number") != number:
        raise dialog(entity.errors.get(f"{role}ValuesDontMatchErr", entity.errors[f"CouldNotFind{role}Err"]))
    found = by_id or table.find(number)
    return found if found is not None else _raise(missing)


def _raise(fault: Exception) -> Record:
    raise fault


def _refuse_blocked(kind: Kind, partner: Record) -> None:
    blocked = text(partner, "blocked")
    blocking = _BLOCKING[kind.word] if kind.party == "customer" else frozenset({"All"})
    if blocked in blocking:
        who = f"{kind.party.capitalize()} {text(partner, 'number')}"
        message = f"You cannot create this type of document when {who} is blocked with type {blocked}"
        raise dialog(message)
