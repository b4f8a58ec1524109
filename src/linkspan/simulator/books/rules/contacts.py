"""Contacts: companies and people, and the customer or vendor that a company is (its business relation)."""

from collections.abc import Mapping

from linkspan.simulator.books.fields import blank, guid, text
from linkspan.simulator.books.rules.records import Rule
from linkspan.simulator.books.rules.references import Reference
from linkspan.simulator.books.series import CONTACTS, take_number
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.faults import dialog, invalid_relation

_RELATIONS = {"customer": "Customer", "vendor": "Vendor"}
_SHARED = (
    "displayName", "addressLine1", "addressLine2", "city", "state", "country", "postalCode", "phoneNumber", "email",
    "website", "taxRegistrationNumber",
)  # fmt: skip
_ENDED = frozenset({"Won", "Lost"})


def follow(company: Company, entity: Entity, record: Record) -> None:
    """Bring contacts and relations up to date with a customer, vendor or contact that was created or changed.

    A company without a number series of contacts keeps none for its customers and vendors.
    """
    if entity.name in _RELATIONS and company.internal["numberSeries"].find(CONTACTS) is not None:
        _follow_partner(company, entity.name, record)
    elif entity.name == "contact":
        _follow_contact(company, record)


def forget(company: Company, entity: Entity, record: Record) -> None:
    """End the relations of a customer, vendor or contact that is being deleted; contacts of a partner stay."""
    if entity.name == "contact":
        _forget_contact(company, record)
    if entity.name not in _RELATIONS:
        return
    table = company.tables["contactInformation"]
    for row in [row for row in table.all() if row["relatedId"] == guid(record)]:
        table.remove(guid(row, "contactId"))
        contacts = company.tables["contact"]
        contact = contacts.get(guid(row, "contactId"))
        if contact is not None:
            contacts.replace({**contact, "contactBusinessRelation": "None"})


def _forget_contact(company: Company, contact: Record) -> None:
    """Leave the people of a company that is being deleted without one, and end the relations of both."""
    related, contacts = company.tables["contactInformation"], company.tables["contact"]
    people = [row for row in contacts.all() if row["companyNumber"] == contact["number"] and row != contact]
    for row in people if contact["type"] == "Company" else ():
        contacts.replace({**row, "companyNumber": "", "companyName": "", "contactBusinessRelation": "None"})
    for row in (contact, *people):
        if related.get(guid(row)) is not None:
            related.remove(guid(row))


def _follow_partner(company: Company, name: str, partner: Record) -> None:
    related = company.tables["contactInformation"].all()
    rows = (row for row in related if row["relatedId"] == guid(partner) and row["contactType"] == "Company")
    known = next(rows, None)
    entity, contacts = load_contract().entities["contact"], company.tables["contact"]
    shared = {field: partner[field] for field in _SHARED}
    if known is not None:
        contact = contacts.get(guid(known, "contactId"))
        if contact is not None and any(contact[field] != value for field, value in shared.items()):
            _follow_contact(company, contacts.replace(_named({**contact, **shared})))
        return
    row = {**blank(entity), **shared, "id": company.log.new_id(), "number": take_number(company, CONTACTS, contacts)}
    contact = contacts.insert(_named({**row, "type": "Company", "contactBusinessRelation": _RELATIONS[name]}))
    _relate(company, contact, guid(partner), _RELATIONS[name])


def _follow_contact(company: Company, contact: Record) -> None:
    """Pass a company's name on to its people, and give a contact the relation of the company it belongs to."""
    contacts, related = company.tables["contact"], company.tables["contactInformation"]
    if contact["type"] == "Company":
        for row in [row for row in contacts.all() if row["companyNumber"] == contact["number"]]:
            if row["companyName"] != contact["displayName"]:
                contacts.replace({**row, "companyName": contact["displayName"]})
    own = related.get(guid(contact))
    firm = contacts.find(text(contact, "companyNumber"))
    above = related.get(guid(firm)) if firm is not None else None
    if above is not None:
        _relate(company, contact, guid(above, "relatedId"), text(above, "relatedType"))
    elif own is not None:
        related.remove(guid(contact))


def _relate(company: Company, contact: Record, partner_id: object, relation: str) -> None:
    table = company.tables["contactInformation"]
    row: Record = {
        "contactId": guid(contact),
        "contactNumber": contact["number"],
        "contactName": contact["displayName"],
        "contactType": contact["type"],
        "relatedId": partner_id,
        "relatedType": relation,
    }
    known = table.get(guid(contact))
    if known is None:
        table.insert(row)
    elif known != row:
        table.replace(row)


def _named(contact: Record) -> Record:
    """Return a contact with what follows from its name, number and kind."""
    words = text(contact, "displayName").upper()
    firm = {"companyNumber": contact["number"], "companyName": contact["displayName"]}
    return {**contact, "searchName": words[:100], **(firm if contact["type"] == "Company" else {})}


def _check_contact(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    if before is None and "displayName" not in values:
        raise dialog(entity.errors["NotProvidedContactNameErr"])
    if not str(values.get("displayName", "-")).strip():
        raise dialog(entity.errors["BlankContactNameErr"])
    if before is not None and values.get("type", before["type"]) != before["type"]:
        _check_type_change(company, before)
    code = str(values.get("companyNumber", ""))
    firm = company.tables["contact"].find(code)
    if firm is not None and firm["type"] != "Company":
        raise invalid_relation("Company No.", entity.table, code, "Contact")


def _check_type_change(company: Company, contact: Record) -> None:
    """Refuse to make a person of a company that has people or is a customer or vendor."""
    people = (row for row in company.tables["contact"].all() if row["companyNumber"] == contact["number"])
    others = any(row["id"] != contact["id"] for row in people)
    if contact["type"] == "Company" and (others or company.tables["contactInformation"].get(guid(contact))):
        message = f"You cannot change the type of contact {contact['number']} while people or a partner belong to it."
        raise dialog(message)


def _fill_contact(company: Company, values: Mapping[str, object]) -> Record:
    del company, values
    return {"type": "Company", "contactBusinessRelation": "None"}


def _finish_contact(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    if "companyNumber" in values:
        firm = company.tables["contact"].find(text(record, "companyNumber"))
        relation = firm["contactBusinessRelation"] if firm else "None"
        record = {**record, "companyName": firm["displayName"] if firm else "", "contactBusinessRelation": relation}
    elif record["type"] == "Person" and record["companyNumber"] == record["number"]:
        record = {**record, "companyNumber": "", "companyName": ""}
    return _named(record)


def _contact_may_go(company: Company, contact: Record) -> None:
    """Refuse to delete a contact with an opportunity that has not ended."""
    for row in company.tables["opportunity"].all():
        if row["contactNumber"] == contact["number"] and row["status"] not in _ENDED:
            message = f"You cannot delete contact {contact['number']} while opportunity {row['number']} is open."
            raise dialog(message)


CONTACT = Rule(
    references=(Reference("contact", "", "companyNumber", target_code="number"),),
    series=CONTACTS,
    check=_check_contact,
    fill=_fill_contact,
    finish=_finish_contact,
    may_delete=_contact_may_go,
)
"""What is particular to contacts."""
