"""Contacts: companies and people, read, changed and deleted."""

import pytest

ADDRESS = {
    "addressLine1": 'Søndre gate 4 / "Bryggen"',
    "addressLine2": "c/o O'Brien & Sønner",
    "city": "Tromsø",
    "state": "Troms",
    "country": "NO",
    "postalCode": "9008",
}


@pytest.fixture
def contact(desk):
    return desk.make("contacts", displayName="Kit Ness", type="Person", jobTitle="Bosun")


def test_Contacts__TestGetSimpleContact(desk, contact):
    found = desk.get(f"contacts({contact['id']})")

    assert contact == {**found, "@odata.context": contact["@odata.context"]}
    assert ("Kit Ness", "Person", "Bosun", "KIT NESS", "None") == tuple(
        found[name] for name in ("displayName", "type", "jobTitle", "searchName", "contactBusinessRelation")
    )
    assert contact["id"] == desk.one("contacts", f"number eq '{contact['number']}'")["id"]


def test_Contacts__TestGetContactWithAddressAndSpecialCharacters(desk):
    name = 'Lødingen Båt & Motor <"Æ">'
    made = desk.make("contacts", displayName=name, **ADDRESS)

    found = desk.get(f"contacts({made['id']})")
    assert {"displayName": name, "companyName": name, **ADDRESS}.items() <= found.items()


def test_Contacts__TestModifyContactWithAddress(desk, contact):
    changed = desk.change(f"contacts({contact['id']})", **ADDRESS)

    assert {"displayName": "Kit Ness", "number": contact["number"], **ADDRESS}.items() <= changed.items()


def test_Contacts__TestDeleteContact(desk, contact):
    desk.drop(f"contacts({contact['id']})")

    assert [] == desk.rows(f"contacts?$filter=number eq '{contact['number']}'")


def test_a_contact_needs_a_name(desk, contact):
    assert 'A "displayName" must be provided.' == desk.refused("POST", "contacts", {"city": "Poole"})
    message = desk.refused("PATCH", f"contacts({contact['id']})", {"displayName": ""})

    assert 'The blank "displayName" is not allowed.' == message


def test_a_person_belongs_to_a_company_only(desk, contact):
    body = {"displayName": "Nell", "type": "Person", "companyNumber": contact["number"]}

    assert "cannot be found in the related table (Contact)" in desk.refused("POST", "contacts", body)


def test_a_contact_with_an_open_opportunity_stays(desk, contact):
    opportunity = desk.make("opportunities", contactNumber=contact["number"])
    message = desk.refused("DELETE", f"contacts({contact['id']})")

    assert (
        f"You cannot delete contact {contact['number']} while opportunity {opportunity['number']} is open." == message
    )
    desk.drop(f"opportunities({opportunity['id']})")
    desk.drop(f"contacts({contact['id']})")


def test_a_renamed_company_is_renamed_at_its_people_and_opportunities(desk):
    firm = desk.make("contacts", displayName="Gannet Yachts")
    person = desk.make("contacts", displayName="Kit", type="Person", companyNumber=firm["number"])
    opportunity = desk.make("opportunities", contactNumber=firm["number"])
    changed = desk.change(f"contacts({firm['id']})", number="gannet")

    assert ("GANNET", "GANNET") == (changed["number"], changed["companyNumber"])
    assert "GANNET" == desk.get(f"contacts({person['id']})")["companyNumber"]
    assert ("GANNET", "Gannet Yachts") == tuple(
        desk.get(f"opportunities({opportunity['id']})")[name] for name in ("contactNumber", "contactName")
    )


def test_a_company_with_people_stays_a_company_until_it_goes(desk):
    firm = desk.make("contacts", displayName="Gannet Yachts")
    person = desk.make("contacts", displayName="Kit", type="Person", companyNumber=firm["number"])
    message = desk.refused("PATCH", f"contacts({firm['id']})", {"type": "Person"})

    assert f"You cannot change the type of contact {firm['number']} while people or a partner belong to it." == message
    desk.drop(f"contacts({firm['id']})")
    assert ("", "") == tuple(desk.get(f"contacts({person['id']})")[name] for name in ("companyNumber", "companyName"))


def test_a_company_without_people_can_become_a_person(desk):
    firm = desk.make("contacts", displayName="Kit Ness")
    changed = desk.change(f"contacts({firm['id']})", type="Person")

    assert ("Person", "", "") == tuple(changed[name] for name in ("type", "companyNumber", "companyName"))
