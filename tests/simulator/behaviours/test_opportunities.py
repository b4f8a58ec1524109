"""Opportunities: of a contact, in the hands of a salesperson; what has ended keeps both."""

import pytest


@pytest.fixture
def firm(desk):
    return desk.make("contacts", displayName="Gannet Yachts")


def of_status(desk, status: str):
    return desk.one("opportunities", f"status eq '{status}'")


def test_Opportunities__TestCreateOpportunityContactNo(desk, firm):
    person = desk.make("contacts", displayName="Kit Ness", type="Person", companyNumber=firm["number"])
    made = desk.make("opportunities", contactNumber=person["number"], salespersonCode="TP", description="A new cutter")

    found = desk.get(f"opportunities({made['id']})")
    assert ("Kit Ness", "Gannet Yachts", "Not_x0020_Started", False) == tuple(
        found[name] for name in ("contactName", "contactCompanyName", "status", "closed")
    )
    assert ("TP", "A new cutter") == (found["salespersonCode"], found["description"])
    assert found["creationDate"] == found["lastModifiedDateTime"][:10]


def test_Opportunities__TestCreateOpportunityWrongContactNo(desk):
    before = len(desk.rows("opportunities"))
    message = desk.refused("POST", "opportunities", {"contactNumber": "NOBODY"})

    assert (
        "The field Contact No. of table Opportunity contains a value (NOBODY) that cannot be found in the related table "
        "(Contact)."
    ) == message
    assert before == len(desk.rows("opportunities"))


def test_Opportunities__TestCreateOpportunityWrongSPNo(desk, firm):
    body = {"contactNumber": firm["number"], "salespersonCode": "NOBODY"}
    message = desk.refused("POST", "opportunities", body)

    assert (
        "The field Salesperson Code of table Opportunity contains a value (NOBODY) that cannot be found in the related "
        "table (Salesperson/Purchaser)."
    ) == message


def test_Opportunities__TestPatchOpportunity(desk, firm):
    made = desk.make("opportunities", contactNumber=firm["number"], description="A new cutter")
    changed = desk.change(f"opportunities({made['id']})", description="Two new cutters")

    assert ("Two new cutters", made["number"]) == (changed["description"], changed["number"])


def test_Opportunities__TestCannotPatchContactNoOfWonOpportunity(desk, firm):
    won = of_status(desk, "Won")
    message = desk.refused("PATCH", f"opportunities({won['id']})", {"contactNumber": firm["number"]})

    assert 'The "contactNumber of a Won or Lost Opportunity cannot be changed' == message
    assert won["contactNumber"] == of_status(desk, "Won")["contactNumber"]


def test_Opportunities__TestCannotPatchSPCodeOfWonOpportunity(desk):
    won = of_status(desk, "Won")
    message = desk.refused("PATCH", f"opportunities({won['id']})", {"salespersonCode": "KW"})

    assert 'The "salespersonCode" of a Won or Lost Opportunity cannot be changed' == message
    assert won["salespersonCode"] == of_status(desk, "Won")["salespersonCode"]


def test_Opportunities__TestCannotPatchContactNoOfStartedOpportunityToADifferentCompany(desk, firm):
    started = of_status(desk, "In_x0020_Progress")
    url = f"opportunities({started['id']})"
    message = desk.refused("PATCH", url, {"contactNumber": firm["number"]})

    assert "belongs to another company" in message
    assert started["contactNumber"] == desk.get(url)["contactNumber"]
    colleague = desk.make("contacts", displayName="Nell", type="Person", companyNumber=started["contactNumber"])
    assert "Nell" == desk.change(url, contactNumber=colleague["number"])["contactName"]
