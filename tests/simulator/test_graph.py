"""The simulator's corner of Microsoft Graph: users and groups by Graph's rules, over HTTP alone."""

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from form_walker import Person

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import (
    ADMINISTRATOR,
    CLERK,
    DEMO_CLIENT_ID,
    DEMO_DOMAIN,
    DEMO_SECRET,
    DIRECTORY_CLIENT_ID,
    DIRECTORY_SECRET,
    OTHER_ADMINISTRATOR,
)

NEW = {
    "accountEnabled": True,
    "displayName": "Nele Tern",
    "mailNickname": "nele.tern",
    "userPrincipalName": f"nele.tern@{DEMO_DOMAIN}",
    "passwordProfile": {"password": "Wide-Estuary-Path-52"},
}
ADVANCED = {"ConsistencyLevel": "eventual"}


def token(simulator: Simulator, **changes: str) -> str:
    form = {
        "grant_type": "client_credentials", "client_id": str(DIRECTORY_CLIENT_ID), "client_secret": DIRECTORY_SECRET,
        "scope": "https://graph.microsoft.com/.default", **changes,
    }  # fmt: skip
    answer = httpx2.post(f"{simulator.url}/{DEMO_DOMAIN}/oauth2/v2.0/token", data=form)
    return str(answer.raise_for_status().json()["access_token"])


@pytest.fixture
def graph(simulator: Simulator) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {token(simulator)}"}
    with httpx2.Client(base_url=f"{simulator.url}/v1.0", headers=headers) as client:
        yield client


def refused(answer: httpx2.Response, status: int, code: str) -> None:
    error = answer.json()["error"]

    assert (status, code) == (answer.status_code, error["code"]), error
    assert {"date", "request-id", "client-request-id"} == set(error["innerError"])
    assert error["message"].endswith(".")


def test_users_show_ten_properties_and_more_when_selected(graph: httpx2.Client) -> None:
    plain = graph.get(f"/users/{CLERK}").json()
    chosen = graph.get(f"/users('{CLERK}')", params={"$select": "id,department,accountEnabled"}).json()

    assert 11 == len(plain)
    assert ("Colin Mole", "Accounts clerk") == (plain["displayName"], plain["jobTitle"])
    assert {"department": "Quayside", "accountEnabled": True} == {
        name: chosen[name] for name in ("department", "accountEnabled")
    }
    assert plain["id"] == chosen["id"]


def test_a_tenant_sees_its_own_people_only(graph: httpx2.Client) -> None:
    names = {row["userPrincipalName"] for row in graph.get("/users").json()["value"]}

    assert {ADMINISTRATOR, CLERK} <= names
    assert OTHER_ADMINISTRATOR not in names
    refused(graph.get(f"/users/{OTHER_ADMINISTRATOR}"), 404, "Request_ResourceNotFound")


def test_pages_follow_next_links_and_count_is_an_advanced_query(graph: httpx2.Client) -> None:
    first = graph.get("/users", params={"$top": 2, "$count": "true"}, headers=ADVANCED).json()
    second = graph.get(first["@odata.nextLink"], headers=ADVANCED).json()

    assert 3 == first["@odata.count"]
    assert (2, 1) == (len(first["value"]), len(second["value"]))
    assert "@odata.nextLink" not in second
    assert "@odata.count" not in graph.get("/users", params={"$count": "true"}).json()


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("displayName eq 'colin mole'", {CLERK}),
        ("startswith(displayName,'Ad') or startswith(displayName,'Co')", {ADMINISTRATOR, CLERK}),
        ("userPrincipalName in ('colin.mole@tidewater.example')", {CLERK}),
        ("accountEnabled eq true and department eq 'Quayside' and startswith(surname,'q')", {ADMINISTRATOR}),
    ],
)
def test_plain_filters(graph: httpx2.Client, condition: str, found: set[str]) -> None:
    rows = graph.get("/users", params={"$filter": condition}).json()["value"]

    assert found == {row["userPrincipalName"] for row in rows}


@pytest.mark.parametrize(
    "condition", ["displayName ne 'Colin Mole'", "not(displayName eq 'x')", "endswith(mail,'a.example')"]
)
def test_advanced_filters_need_count_and_consistency(graph: httpx2.Client, condition: str) -> None:
    asked = {"$filter": condition, "$count": "true"}

    refused(graph.get("/users", params=asked), 400, "Request_UnsupportedQuery")
    assert 200 == graph.get("/users", params=asked, headers=ADVANCED).status_code


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"$filter": "contains(displayName,'o')"}, "Request_UnsupportedQuery"),
        ({"$skip": "1"}, "Request_UnsupportedQuery"),
        ({"$expand": "memberOf"}, "Request_UnsupportedQuery"),
        ({"$filter": "shoeSize eq 4"}, "BadRequest"),
        ({"$filter": "displayName eq"}, "BadRequest"),
        ({"$select": "shoeSize"}, "BadRequest"),
        ({"$top": "1000"}, "BadRequest"),
        ({"$skiptoken": "x"}, "BadRequest"),
        ({"$orderby": "displayName sideways"}, "BadRequest"),
        ({"$format": "xml"}, "BadRequest"),
    ],
)
def test_refused_queries(graph: httpx2.Client, params: dict[str, str], code: str) -> None:
    refused(graph.get("/users", params=params), 400, code)


def test_groups_members_and_memberships(graph: httpx2.Client) -> None:
    groups = {row["displayName"]: row["id"] for row in graph.get("/groups").json()["value"]}
    members = graph.get(f"/groups('{groups['Night watch']}')/members").json()["value"]
    of_clerk = graph.get(f"/users('{CLERK}')/memberOf").json()["value"]

    assert {"Colin Mole", "Una Shore"} == {row["displayName"] for row in members}
    assert {"Harbour office", "Night watch"} == {row["displayName"] for row in of_clerk}
    refused(graph.get("/groups('not-a-guid')"), 400, "Request_BadRequest")


def test_a_user_is_made_changed_signs_in_and_goes(graph: httpx2.Client, simulator: Simulator) -> None:
    made = graph.post("/users", json=NEW)
    again = graph.post("/users", json=NEW)
    changed = graph.patch(f"/users/{made.json()['id']}", json={"jobTitle": "Buyer", "accountEnabled": False})
    after = graph.get(f"/users/{NEW['userPrincipalName']}", params={"$select": "jobTitle,accountEnabled"}).json()
    gone = graph.delete(f"/users/{made.json()['id']}")

    assert (201, 204, 204) == (made.status_code, changed.status_code, gone.status_code)
    assert "passwordProfile" not in made.json()
    refused(again, 400, "Request_BadRequest")
    assert ("Buyer", False) == (after["jobTitle"], after["accountEnabled"])
    refused(graph.get(f"/users/{made.json()['id']}"), 404, "Request_ResourceNotFound")


@pytest.mark.parametrize(
    "changes",
    [
        {"displayName": None},
        {"userPrincipalName": "nele@elsewhere.example"},
        {"passwordProfile": {"password": "short"}},
        {"shoeSize": 44},
        {"id": "x"},
        {"accountEnabled": "yes"},
        {"jobTitle": "x" * 129},
    ],
)
def test_refused_users(graph: httpx2.Client, changes: dict[str, object]) -> None:
    refused(graph.post("/users", json={**NEW, **changes}), 400, "Request_BadRequest")


def test_deleting_a_user_empties_its_place_in_groups(graph: httpx2.Client) -> None:
    group = graph.get("/groups", params={"$filter": "displayName eq 'Night watch'"}).json()["value"][0]["id"]

    assert 204 == graph.delete(f"/users/{CLERK}").status_code
    assert ["Una Shore"] == [row["displayName"] for row in graph.get(f"/groups/{group}/members").json()["value"]]


def test_a_token_for_another_api_and_none_at_all_are_refused(simulator: Simulator, graph: httpx2.Client) -> None:
    other = token(
        simulator, client_id=str(DEMO_CLIENT_ID), client_secret=DEMO_SECRET,
        scope="https://api.businesscentral.dynamics.com/.default",
    )  # fmt: skip

    for header in ({}, {"Authorization": f"Bearer {other}"}, {"Authorization": "Bearer x.y.z"}):
        refused(httpx2.get(f"{simulator.url}/v1.0/users", headers=header), 401, "InvalidAuthenticationToken")
    simulator.move_clock(timedelta(hours=2))
    refused(graph.get("/users"), 401, "InvalidAuthenticationToken")


def test_a_disabled_user_cannot_sign_in(graph: httpx2.Client, person: Person) -> None:
    graph.patch(f"/users/{CLERK}", json={"accountEnabled": False})

    assert "AADSTS50057" in person.sign_in(person.ask(), CLERK).text
