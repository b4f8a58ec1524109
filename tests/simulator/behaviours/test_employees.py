"""Employees: read, changed and deleted."""

import pytest


@pytest.fixture
def employee(desk):
    return desk.make("employees", givenName="Kit", middleName="Rae", surname="Ness", jobTitle="Rigger")


def test_Employees__TestGetEmployee(desk, employee):
    found = desk.get(f"employees({employee['id']})")

    assert employee == {**found, "@odata.context": employee["@odata.context"]}
    assert ("Kit Rae Ness", "Rigger", "Active") == tuple(found[name] for name in ("displayName", "jobTitle", "status"))


def test_Employees__TestModifyEmployee(desk, employee):
    wanted = {"surname": "Ness-Quay", "jobTitle": "Sailmaker", "birthDate": "1991-04-30", "iban": "GB00TIDE900001"}
    changed = desk.change(f"employees({employee['id']})", **wanted)

    assert {**wanted, "displayName": "Kit Rae Ness-Quay", "number": employee["number"]}.items() <= changed.items()


def test_Employees__TestDeleteEmployee(desk, employee):
    before = len(desk.rows("employees"))
    desk.drop(f"employees({employee['id']})")

    assert before - 1 == len(desk.rows("employees"))
