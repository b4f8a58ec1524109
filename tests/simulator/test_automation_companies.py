"""The automation API's companies: made, seen and used at once, renamed, deleted, and brought back by snapshots."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from automation_desk import AutomationDesk
from package_of import Tables, package
from webhook_receiver import Receiver

from linkspan.simulator import Simulator
from linkspan.simulator.administration.route import load_automation
from linkspan.simulator.entra.demo import CLERK

LEFT_OUT = Path(__file__).with_name("automation_left_out.tsv")
NUMBERS = ("1310", "1210", "2210", "2230", "4010", "5010")
CHART: Tables = {
    "G/L Account": [
        {"No": number, "Name": f"Account {number}", "Account Type": "Posting", "Direct Posting": "Yes"}
        for number in NUMBERS
    ]
}
CODES: Tables = {
    name: [{"Code": code} for code in codes]
    for name, codes in {
        "Gen. Product Posting Group": ("GOODS", "SERVICES"),
        "Inventory Posting Group": ("STOCK",),
        "VAT Product Posting Group": ("STANDARD", "EXEMPT"),
        "VAT Business Posting Group": ("INLAND",),
        "Unit of Measure": ("PCS", "HOUR"),
        "Payment Terms": ("30D",),
    }.items()
}
NAME = "Gannet Sails & Rigging of Bergen AS"


@pytest.fixture
def desk(simulator: Simulator) -> Iterator[AutomationDesk]:
    found = AutomationDesk(simulator)
    yield found
    found.close()


def made(desk: AutomationDesk, name: str = NAME) -> dict[str, str]:
    answer = desk.send("POST", "automationCompanies", {"displayName": name})
    assert 201 == answer.status_code, answer.text
    company: dict[str, str] = answer.json()
    return company


def known(desk: AutomationDesk) -> dict[str, str]:
    return {row["name"]: row["displayName"] for row in desk.books("GET", "companies").json()["value"]}


def test_a_new_company_is_listed_at_once_by_its_name_cut_to_length(desk: AutomationDesk) -> None:
    body = {"name": "IGNORED", "evaluationCompany": True, "displayName": NAME, "businessProfileId": "B-7"}
    answer = desk.send("POST", "automationCompanies", body)
    company = answer.json()
    read = desk.send("GET", answer.headers["Location"])

    assert (201, NAME[:30].strip(), NAME, False, "B-7") == (
        answer.status_code,
        company["name"],
        company["displayName"],
        company["evaluationCompany"],
        company["businessProfileId"],
    )
    assert (200, company["@odata.etag"]) == (read.status_code, read.json()["@odata.etag"])
    assert NAME == known(desk)[company["name"]]


def test_a_new_company_is_empty_and_can_be_set_up_and_used(desk: AutomationDesk) -> None:
    company = f"companies({made(desk)['id']})"
    sets = ("accounts", "customers", "vendors", "items", "generalLedgerEntries", "salesInvoices", "paymentTerms")
    counts = [desk.books("GET", f"{company}/{name}/$count").text.lstrip("\ufeff") for name in sets]
    (about,) = desk.books("GET", f"{company}/companyInformation").json()["value"]
    terms = desk.books("POST", f"{company}/paymentTerms", {"code": "14D", "dueDateCalculation": "14D"})
    customer = desk.books("POST", f"{company}/customers", {"displayName": "Petrel Ropes"})
    again = desk.books("GET", f"{company}/customers({customer.json()['id']})")

    assert ["0"] * len(sets) == counts
    assert NAME == about["displayName"]
    assert (201, 201, 200) == (terms.status_code, customer.status_code, again.status_code), customer.text


def test_one_company_sees_nothing_of_another(desk: AutomationDesk) -> None:
    company = f"companies({made(desk)['id']})"
    old = f"companies({desk.simulator.demo.company_id})"
    customer = desk.books("GET", f"{old}/customers?$top=1").json()["value"][0]

    assert 404 == desk.books("GET", f"{company}/customers({customer['id']})").status_code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "Application_FieldValidationException"),
        ({"displayName": "  "}, "Application_FieldValidationException"),
        ({"displayName": "TIDEWATER chandlers"}, "Internal_EntityWithSameKeyExists"),
        ({"displayName": "x" * 251}, "Application_StringExceededLength"),
        ({"displayName": 7}, "BadRequest"),
        ({"displayName": "Loon", "colour": "red"}, "BadRequest"),
        ({"displayName": "Loon", "id": "6ad7b1a5-4b1f-4d2e-8a34-0d2c3b1a9f00"}, "BadRequest_InvalidOperation"),
    ],
)
def test_a_wrong_company_is_refused(desk: AutomationDesk, body: dict[str, object], code: str) -> None:
    before = known(desk)
    answer = desk.send("POST", "automationCompanies", body)

    assert (400, code) == (answer.status_code, answer.json()["error"]["code"])
    assert before == known(desk)


def test_a_company_is_shown_by_another_name_and_keeps_its_own(desk: AutomationDesk) -> None:
    company = made(desk)
    path = f"automationCompanies({company['id']})"
    blind = desk.send("PATCH", path, {"displayName": "Gannet"})
    renamed = desk.send("PATCH", path, {"displayName": "Gannet"}, If_Match=company["@odata.etag"])
    stale = desk.send("PATCH", path, {"displayName": "Loon"}, If_Match=company["@odata.etag"])
    fixed = desk.send("PATCH", path, {"name": "GANNET"}, If_Match="*")
    blank = desk.send("PATCH", path, {"displayName": ""}, If_Match="*")

    assert (400, 200, 409, 400, 400) == tuple(one.status_code for one in (blind, renamed, stale, fixed, blank))
    assert "Gannet" == known(desk)[company["name"]]


def test_a_company_is_deleted_with_its_books_and_its_permissions(desk: AutomationDesk) -> None:
    company = made(desk)
    desk.give(CLERK, "D365 READ", company=company["name"])
    gone = desk.send("DELETE", f"automationCompanies({company['id']})", If_Match=company["@odata.etag"])
    after = desk.books("GET", f"companies({company['id']})/customers")

    assert 204 == gone.status_code
    assert (400, "Internal_CompanyNotFound") == (after.status_code, after.json()["error"]["code"])
    assert company["name"] not in known(desk)
    assert company["name"] not in {row["company"] for row in desk.rows("accessControls")}
    assert 404 == desk.send("DELETE", f"automationCompanies({company['id']})").status_code


def test_the_company_that_is_worked_in_is_not_deleted(desk: AutomationDesk) -> None:
    company = made(desk)
    own = f"{desk.root}/companies({company['id']})/automationCompanies({company['id']})"
    refused = desk.send("DELETE", own)

    assert (400, "Application_DialogException") == (refused.status_code, refused.json()["error"]["code"])
    assert company["name"] in known(desk)


def test_a_company_whose_changes_are_told_can_be_deleted(desk: AutomationDesk) -> None:
    company = made(desk)
    with Receiver() as receiver:
        resource = f"companies({company['id']})/customers"
        wish = {"notificationUrl": receiver.url, "resource": f"/api/v2.0/{resource}"}
        asked = desk.books("POST", "subscriptions", wish)
        desk.books("POST", resource, {"displayName": "Petrel Ropes"})
        gone = desk.send("DELETE", f"automationCompanies({company['id']})")
        desk.simulator.move_clock(timedelta(minutes=1))
        told = receiver.wait(1)
        again = desk.books("POST", "subscriptions", wish)

    assert (201, 204, 400) == (asked.status_code, gone.status_code, again.status_code)
    assert ["created"] == [one["changeType"] for one in told]


def test_snapshots_and_resets_bring_companies_people_and_packages_back(desk: AutomationDesk) -> None:
    simulator = desk.simulator
    company = made(desk)
    desk.send("POST", "configurationPackages", {"code": "START"})
    held = len(desk.rows("accessControls"))
    simulator.snapshot("before")
    desk.send("PATCH", f"automationCompanies({company['id']})", {"displayName": "Loon"}, If_Match="*")
    desk.give(CLERK, "D365 READ")
    desk.send("DELETE", f"configurationPackages({desk.rows('configurationPackages')[0]['id']})")
    desk.send("DELETE", f"automationCompanies({company['id']})")
    made(desk, "Another")
    simulator.restore("before")
    restored = known(desk), len(desk.rows("accessControls")), len(desk.rows("configurationPackages"))
    simulator.reset()
    desk.token = simulator.issue_token()

    assert (NAME, held, 1) == (restored[0][company["name"]], *restored[1:])
    assert "Another" not in restored[0]
    assert {"Tidewater Chandlers", "Tidewater Skipshandel AS"} == set(known(desk))
    assert [] == desk.rows("configurationPackages")


def test_a_batch_that_fails_leaves_no_company_behind(desk: AutomationDesk) -> None:
    before = known(desk)
    front = f"companies({desk.simulator.demo.company_id})"
    requests = [
        {"id": "1", "method": "POST", "url": f"{front}/automationCompanies", "body": {"displayName": "Gannet"}},
        {"id": "2", "method": "POST", "url": f"{front}/automationCompanies", "body": {"displayName": "Gannet"}},
    ]
    for one in requests:
        one["headers"] = {"Content-Type": "application/json"}  # type: ignore[assignment]
    answer = desk.send(
        "POST", f"{desk.root}/$batch", {"requests": requests}, Isolation="snapshot", Accept="application/json"
    )

    assert [201, 400] == [one["status"] for one in answer.json()["responses"]]
    assert before == known(desk)


def test_the_route_describes_itself(desk: AutomationDesk) -> None:
    listed = {row["name"] for row in desk.rows(desk.root)}
    metadata = desk.send("GET", f"{desk.root}/$metadata").text
    captions = {row["entityName"] for row in desk.rows(f"{desk.root}/entityDefinitions")}
    elsewhere = desk.send("GET", f"{desk.root.replace('v2.0', 'v9.0')}/companies")

    assert {"companies", "automationCompanies", "users", "userPermissions", "permissionSets"} <= listed
    assert '<PropertyRef Name="userSecurityId"/>' in metadata
    assert '<EntityType Name="customer"' not in metadata
    assert {"company", "user", "securityGroupMember"} <= captions
    assert 404 == elsewhere.status_code


def test_what_is_left_out_is_not_there_and_says_why(desk: AutomationDesk) -> None:
    with LEFT_OUT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    sets = [name for row in rows for name in row["entity sets"].split(", ")]

    assert {404} == {desk.send("GET", name).status_code for name in sets}
    assert not set(sets) & load_automation().by_set.keys()
    assert all(len(row["reason"]) > 20 for row in rows)


def filled(desk: AutomationDesk, company: str, tables: Tables) -> dict[str, object]:
    """Fill a company with a package and return the package as it is then."""
    inside = f"{desk.root}/companies({company})/configurationPackages"
    own = f"{inside}({desk.send('POST', inside, {'code': 'START'}).json()['id']})"
    kind = {"If_Match": "*", "Content_Type": "application/octet-stream"}
    sent = desk.send("PATCH", f"{own}/file('START')/content", package("START", tables), **kind)
    assert 204 == sent.status_code, sent.text
    for step in ("import", "apply"):
        begun = desk.send("POST", f"{own}/Microsoft.NAV.{step}")
        assert 204 == begun.status_code, begun.text
        desk.simulator.move_clock(timedelta(seconds=5))
    state: dict[str, object] = desk.send("GET", own).json()
    return state


def test_packages_fill_an_empty_company(desk: AutomationDesk) -> None:
    company = made(desk)["id"]
    terms = [{"Code": "30D", "Description": "A month", "Due Date Calculation": "30D"}]
    customers = [{"No": "C1", "Name": "Petrel Ropes", "City": "Bergen"}]
    state = filled(desk, company, {**CHART, "Payment Terms": terms, "Customer": customers})
    accounts = desk.books("GET", f"companies({company})/accounts").json()["value"]
    (customer,) = desk.books("GET", f"companies({company})/customers").json()["value"]

    assert ("Completed", "Completed", 3, len(NUMBERS) + 2, 0) == tuple(
        state[name] for name in ("importStatus", "applyStatus", "numberOfTables", "numberOfRecords", "numberOfErrors")
    )
    assert [*sorted(NUMBERS)] == [row["number"] for row in accounts]
    assert ("C1", "Bergen") == (customer["number"], customer["city"])


def sold(desk: AutomationDesk, company: str) -> tuple[int, dict[str, object]]:
    """Sell an item in a company and return how posting the invoice was answered."""
    inside = f"companies({company})"
    customer = desk.books("POST", f"{inside}/customers", {"displayName": "Petrel Ropes"}).json()
    item = desk.books("POST", f"{inside}/items", {"displayName": "Cleat", "unitPrice": 40}).json()
    line = {"itemId": item["id"], "quantity": 3}
    body = {"customerId": customer["id"], "salesInvoiceLines": [line]}
    invoice = desk.books("POST", f"{inside}/salesInvoices", body)
    assert 201 == invoice.status_code, invoice.text
    answer = desk.books("POST", f"{inside}/salesInvoices({invoice.json()['id']})/Microsoft.NAV.post")
    return answer.status_code, answer.json() if answer.content else {}


def test_a_company_that_packages_set_up_posts_and_its_books_balance(desk: AutomationDesk) -> None:
    company = made(desk)["id"]
    filled(desk, company, {**CHART, **CODES})
    status, _ = sold(desk, company)
    entries = desk.books("GET", f"companies({company})/generalLedgerEntries").json()["value"]
    debits = {row["accountNumber"]: row["debitAmount"] - row["creditAmount"] for row in entries}

    assert 204 == status
    assert 144 == debits["1310"]
    assert 0 == sum(debits.values())


def test_a_posting_to_an_account_that_is_not_there_yet_is_refused_and_leaves_nothing(desk: AutomationDesk) -> None:
    company = made(desk)["id"]
    filled(desk, company, CODES)
    status, answer = sold(desk, company)
    entries = desk.books("GET", f"companies({company})/generalLedgerEntries").json()["value"]

    assert (400, "Internal_InvalidTableRelation") == (status, answer["error"]["code"])  # type: ignore[index]
    assert [] == entries


def test_an_environment_has_three_hundred_companies_at_most(desk: AutomationDesk) -> None:
    answers = [
        desk.send("POST", "automationCompanies", {"displayName": f"Skerry {place}"}).status_code
        for place in range(300 - len(known(desk)))
    ]
    refused = desk.send("POST", "automationCompanies", {"displayName": "One too many"})
    left = known(desk)

    assert {201} == set(answers)
    assert (400, 300) == (refused.status_code, len(left))
    assert "300 companies at most" in refused.json()["error"]["message"]
