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


def test_the_hours_of_an_employee_keep_their_owner_and_day(desk, employee):
    project = desk.rows("projects")[0]
    url = f"employees({employee['id']})/timeRegistrationEntries"
    first = desk.make(url, date="2026-03-02", quantity=7.5, jobId=project["id"])
    second = desk.make("timeRegistrationEntries", employeeNumber=employee["number"], date="2026-03-03", quantity=4)

    assert (project["number"], "HOUR", "Open") == tuple(
        first[name] for name in ("jobNumber", "unitOfMeasureCode", "status")
    )
    assert [10_000, 20_000] == [row["lineNumber"] for row in desk.rows(url)]
    assert employee["id"] == second["employeeId"]
    entry = f"timeRegistrationEntries({first['id']})"
    other = desk.rows("employees")[0]["id"]
    assert 'The "employeeId" cannot be modified.' == desk.refused("PATCH", entry, {"employeeId": other})
    assert "The date cannot be modified." == desk.refused("PATCH", entry, {"date": "2026-03-04"})
    assert "6.25" == str(desk.change(entry, quantity=6.25)["quantity"])
    assert "You must specify an Employee ID or Employee number to get the time registration entries." == desk.refused(
        "GET", "timeRegistrationEntries"
    )
    nobody = {"employeeNumber": "NOBODY", "date": "2026-03-02"}
    assert 'The "employeeNumber" does not match to an Employee.' == desk.refused(
        "POST", "timeRegistrationEntries", nobody
    )
    desk.drop(f"employees({employee['id']})")
    assert 404 == desk.send("GET", entry).status_code
