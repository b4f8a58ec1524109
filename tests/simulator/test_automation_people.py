"""The automation API's people and permissions: who gets in, and what api/v2.0 then lets them do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from automation_desk import AutomationDesk

from linkspan.simulator import Simulator
from linkspan.simulator.command import ControlError
from linkspan.simulator.entra.demo import ADMINISTRATOR, CLERK, UNLICENSED

NOW_ACTION = "Microsoft.NAV.getNewUsersFromOffice365"


@pytest.fixture
def desk(simulator: Simulator) -> Iterator[AutomationDesk]:
    found = AutomationDesk(simulator)
    yield found
    found.close()


def customers(desk: AutomationDesk) -> str:
    return f"companies({desk.simulator.demo.company_id})/customers"


def test_users_are_those_of_entra_with_a_licence_and_the_application(desk: AutomationDesk) -> None:
    names = {row["userName"]: row["state"] for row in desk.rows("users")}
    kinds = {row["userName"]: row["licenseType"] for row in desk.rows("usersPermissions")}

    assert {"ADA.QUAY", "COLIN.MOLE", "COUNTER", "LINKSPAN DEMO"} == set(names) == set(kinds)
    assert {"Enabled"} == set(names.values())
    assert ("Full User", "Application") == (kinds["ADA.QUAY"], kinds["LINKSPAN DEMO"])


def test_the_state_tells_what_everybody_holds(desk: AutomationDesk) -> None:
    desk.give(CLERK, "D365 READ")
    (place,) = [one for one in desk.simulator.state().tenants[0].environments if one.name == "Production"]

    assert ["SUPER"] == place.permission_sets["ADA.QUAY"]
    assert ["COUNTER", "D365 BUS FULL ACCESS", "D365 READ"] == place.permission_sets["COLIN.MOLE"]


def test_new_users_come_from_entra_once_they_have_a_licence(desk: AutomationDesk) -> None:
    someone = desk.user(ADMINISTRATOR)["userSecurityId"]
    before = desk.send("POST", f"users({someone})/{NOW_ACTION}")
    without = [row["contactEmail"] for row in desk.rows("users")]
    desk.simulator.set_licence(UNLICENSED, licensed=True)
    after = desk.send("POST", f"users({someone})/{NOW_ACTION}")
    again = desk.send("POST", f"users({someone})/{NOW_ACTION}")
    mails = [row["contactEmail"] for row in desk.rows("users")]

    assert (204, 204, 204) == (before.status_code, after.status_code, again.status_code)
    assert UNLICENSED not in without
    assert 1 == mails.count(UNLICENSED)


def test_new_users_come_in_the_background_and_the_job_tells_when(desk: AutomationDesk) -> None:
    desk.simulator.set_licence(UNLICENSED, licensed=True)
    path = f"users({desk.user(CLERK)['userSecurityId']})"
    begun = desk.send("POST", f"{path}/{NOW_ACTION}Async")
    twice = desk.send("POST", f"{path}/{NOW_ACTION}Async")
    waiting = desk.send("GET", begun.headers["Location"]).json()
    desk.simulator.move_clock(timedelta(seconds=5))
    done = desk.rows(f"{path}/scheduledJobs")

    assert (204, 400) == (begun.status_code, twice.status_code)
    assert ("Ready", "APIUSERJOB") == (waiting["status"], waiting["category"])
    assert [(waiting["id"], "Finished", "")] == [(job["id"], job["status"], job["errorMessage"]) for job in done]
    assert UNLICENSED == desk.user(UNLICENSED)["contactEmail"]


def test_a_user_whose_licence_is_gone_stays_listed_and_is_not_let_in(desk: AutomationDesk) -> None:
    assert 200 == desk.books("GET", customers(desk)).status_code
    desk.simulator.set_licence(CLERK, licensed=False)

    assert 401 == desk.books("GET", customers(desk)).status_code
    assert "Enabled" == desk.user(CLERK)["state"]


def test_a_permission_set_taken_away_and_given_changes_the_books_at_once(desk: AutomationDesk) -> None:
    assert 200 == desk.books("GET", customers(desk)).status_code
    group = desk.rows("securityGroups")[0]
    assert 204 == desk.send("DELETE", f"securityGroups('{group['id']}')").status_code
    desk.strip(CLERK)
    bare = desk.books("GET", customers(desk))
    assert 201 == desk.give(CLERK, "D365 CUSTOMER, VIEW").status_code
    reader = desk.books("GET", customers(desk)), desk.books("POST", customers(desk), {"displayName": "Petrel Ropes"})
    assert 201 == desk.give(CLERK, "D365 CUSTOMER, EDIT").status_code
    editor = desk.books("POST", customers(desk), {"displayName": "Petrel Ropes"})
    elsewhere = desk.books("GET", customers(desk).replace("customers", "vendors"))

    assert 500 == bare.status_code
    assert "current permissions prevented the action. (TableData Customer Read" in bare.json()["error"]["message"]
    assert (200, 500) == (reader[0].status_code, reader[1].status_code)
    assert (201, 500) == (editor.status_code, elsewhere.status_code)


def test_expanding_into_a_table_needs_its_permission_too(desk: AutomationDesk) -> None:
    desk.send("DELETE", f"securityGroups('{desk.rows('securityGroups')[0]['id']}')")
    desk.strip(CLERK)
    desk.give(CLERK, "QUAY OFFICE")

    assert 200 == desk.books("GET", f"{customers(desk)}?$top=1&$expand=customerFinancialDetail").status_code
    assert 500 == desk.books("GET", f"{customers(desk)}?$top=1&$expand=paymentTerm").status_code


def test_a_set_for_one_company_holds_there_alone(desk: AutomationDesk) -> None:
    one, other = list(desk.simulator.demo.company_ids.items())[:2]
    desk.send("DELETE", f"securityGroups('{desk.rows('securityGroups')[0]['id']}')")
    desk.strip(CLERK)
    given = desk.give(CLERK, "D365 READ", company=one[0])
    wrong = desk.give(CLERK, "D365 BASIC", company="Nowhere Ltd")

    assert (201, one[0], 400) == (given.status_code, given.json()["company"], wrong.status_code)
    assert 200 == desk.books("GET", f"companies({one[1]})/customers").status_code
    assert 500 == desk.books("GET", f"companies({other[1]})/customers").status_code
    assert 200 == desk.books("GET", "companies").status_code


def test_members_hold_what_their_group_holds(desk: AutomationDesk) -> None:
    desk.strip(CLERK)
    group = desk.rows("securityGroups")[0]
    quotes = customers(desk).replace("customers", "salesQuotes")
    held = [
        row for row in desk.rows("userPermissionSets") if row["userSecurityId"] == desk.user(CLERK)["userSecurityId"]
    ]
    before = desk.books("GET", quotes), desk.books("GET", quotes.replace("salesQuotes", "vendors"))
    given = desk.send("POST", f"securityGroups('{group['id']}')/userPermissions", {"roleId": "D365 VENDOR, VIEW"})
    after = desk.books("GET", quotes.replace("salesQuotes", "vendors"))

    assert [("SecurityGroup", "COUNTER", "COUNTER")] == [
        (row["type"], row["securityGroupCode"], row["roleId"]) for row in held
    ]
    assert (200, 500, 201, 200) == (before[0].status_code, before[1].status_code, given.status_code, after.status_code)


def test_a_group_is_deleted_with_its_members_and_permissions(desk: AutomationDesk) -> None:
    group = desk.rows("securityGroups")[0]
    key = f"securityGroupCode='{group['code'].lower()}',userSecurityId={desk.user(CLERK)['userSecurityId']}"
    member = desk.send("GET", f"securityGroupMembers({key})")
    gone = desk.send("DELETE", f"securityGroups('{group['id']}')")

    assert ("Colin Mole", 204) == (member.json()["userFullName"], gone.status_code)
    assert [] == desk.rows("securityGroups") == desk.rows("securityGroupMembers")
    assert "COUNTER" not in {row["userName"] for row in (*desk.rows("users"), *desk.rows("accessControls"))}
    assert 404 == desk.send("GET", f"securityGroups('{group['id']}')").status_code


def test_a_set_is_changed_with_its_etag_and_the_stale_one_is_refused(desk: AutomationDesk) -> None:
    made = desk.give(CLERK, "D365 READ").json()
    path = f"users({made['userSecurityId']})/userPermissions({made['id']})"
    blind = desk.send("PATCH", path, {"roleId": "D365 BASIC"})
    changed = desk.send("PATCH", path, {"roleId": "D365 BASIC"}, If_Match=made["@odata.etag"])
    stale = desk.send("PATCH", path, {"roleId": "D365 READ"}, If_Match=made["@odata.etag"])
    doubled = desk.give(CLERK, "D365 BASIC")

    assert (400, 200, 409) == (blind.status_code, changed.status_code, stale.status_code)
    assert ("D365 BASIC", made["id"]) == (changed.json()["roleId"], changed.json()["id"])
    assert (400, "Internal_EntityWithSameKeyExists") == (doubled.status_code, doubled.json()["error"]["code"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"roleId": "NO SUCH SET"}, "Internal_DataNotFoundFilter"),
        ({"roleId": "COUNTER"}, "Application_DialogException"),
        ({}, "Application_FieldValidationException"),
        ({"roleId": "D365 READ", "displayName": "x"}, "BadRequest_InvalidOperation"),
        ({"roleId": "x" * 21}, "Application_StringExceededLength"),
        ({"roleId": "D365 READ", "scope": "World"}, "Unknown"),
        ({"roleId": 7}, "BadRequest"),
    ],
)
def test_a_wrong_assignment_is_refused(desk: AutomationDesk, body: dict[str, object], code: str) -> None:
    answer = desk.send("POST", f"users({desk.user(CLERK)['userSecurityId']})/userPermissions", body)

    assert (400, code) == (answer.status_code, answer.json()["error"]["code"])


def test_an_unclear_set_is_found_by_its_scope_or_application(desk: AutomationDesk) -> None:
    ours = desk.give(CLERK, "COUNTER", scope="Tenant")
    (other,) = [row for row in desk.rows("permissionSets") if row["id"] == "COUNTER" and row["extensionName"]]
    theirs = desk.give(CLERK, "COUNTER", appId=other["appId"])

    assert (201, "Tenant") == (ours.status_code, ours.json()["scope"])
    assert (201, "Harbour Tools") == (theirs.status_code, theirs.json()["extensionName"])


def test_the_last_person_with_super_keeps_it(desk: AutomationDesk) -> None:
    path = f"users({desk.user(ADMINISTRATOR)['userSecurityId']})"
    (held,) = desk.rows(f"{path}/userPermissions")
    refused = [
        desk.send("DELETE", f"{path}/userPermissions({held['id']})"),
        desk.send("PATCH", f"{path}/userPermissions({held['id']})", {"roleId": "D365 READ"}, If_Match="*"),
        desk.send("PATCH", path, {"state": "Disabled"}, If_Match="*"),
    ]
    assert 201 == desk.give(CLERK, "SUPER").status_code
    allowed = desk.send("DELETE", f"{path}/userPermissions({held['id']})")

    assert [400] * 3 == [one.status_code for one in refused]
    assert 204 == allowed.status_code


def test_an_application_never_holds_super(desk: AutomationDesk) -> None:
    (app,) = [row for row in desk.rows("users") if row["userName"] == "LINKSPAN DEMO"]
    answer = desk.send("POST", f"users({app['userSecurityId']})/userPermissions", {"roleId": "SUPER"})

    assert (400, "Application_DialogException") == (answer.status_code, answer.json()["error"]["code"])


def test_a_disabled_user_and_one_whose_time_is_over_are_not_let_in(desk: AutomationDesk) -> None:
    path = f"users({desk.user(CLERK)['userSecurityId']})"
    off = desk.send("PATCH", path, {"state": "Disabled"}, If_Match="*")
    refused = desk.books("GET", customers(desk))
    desk.send(
        "PATCH", path, {"state": "Enabled", "expiryDate": "2099-01-01T00:00:00Z"}, If_Match=off.json()["@odata.etag"]
    )
    let_in = desk.books("GET", customers(desk))
    desk.send("PATCH", path, {"expiryDate": "2020-01-01T00:00:00Z"}, If_Match="*")
    over = desk.books("GET", customers(desk))

    assert ("Disabled", 401, 200, 401) == (
        off.json()["state"],
        refused.status_code,
        let_in.status_code,
        over.status_code,
    )
    assert 400 == desk.send("PATCH", path, {"state": "Asleep"}, If_Match="*").status_code
    assert 400 == desk.send("PATCH", path, {"userName": "SOMEBODY"}, If_Match="*").status_code


def test_people_need_rights_for_the_automation_api(desk: AutomationDesk) -> None:
    clerk, admin = desk.as_user(CLERK), desk.as_user(ADMINISTRATOR)
    refused = clerk.send("GET", "users")
    assert 201 == desk.give(CLERK, "SECURITY").status_code
    allowed, company = clerk.send("GET", "users"), clerk.send("POST", "automationCompanies", {"displayName": "Loon"})

    assert (500, "Internal_ServerError") == (refused.status_code, refused.json()["error"]["code"])
    assert (200, 200, 500) == (admin.send("GET", "users").status_code, allowed.status_code, company.status_code)


def test_an_application_must_be_enabled_and_is_a_user_then(desk: AutomationDesk) -> None:
    simulator = desk.simulator
    app = simulator.register_app("Harbour Robot")
    robot = AutomationDesk(simulator, simulator.issue_token(client_id=app.client_id), desk.http)
    unknown = robot.send("GET", "users")
    simulator.set_business_central_app(app.client_id)
    known = robot.send("GET", "users")

    assert (401, 200) == (unknown.status_code, known.status_code)
    assert "HARBOUR ROBOT" in [row["userName"] for row in known.json()["value"]]


@pytest.mark.parametrize(
    ("held", "books", "automation"), [("API.ReadWrite.All", 200, 401), ("Automation.ReadWrite.All", 401, 200)]
)
def test_each_route_needs_its_own_application_permission(
    desk: AutomationDesk, held: str, books: int, automation: int
) -> None:
    app = desk.simulator.register_app("Harbour Robot", roles=(held,))
    desk.simulator.set_business_central_app(app.client_id)
    robot = AutomationDesk(desk.simulator, desk.simulator.issue_token(client_id=app.client_id), desk.http)

    assert books == robot.send("GET", f"{robot.place}/api/v2.0/companies").status_code
    assert automation == robot.send("GET", "users").status_code
    with pytest.raises(ControlError, match="no application permission"):
        desk.simulator.register_app("Harbour Robot", roles=("Mail.Read",))
