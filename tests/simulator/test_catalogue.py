"""What the service tells of its API: captions, notifying sets and routes; and composite keys in addresses."""

from collections.abc import Iterator

import pytest
from bc_client import Books

from linkspan.simulator import Simulator
from linkspan.simulator.contract import load_contract
from linkspan.simulator.webhooks.subscription import SUPPORTED


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    client = Books(simulator)
    yield client
    client.close()


def runtime(books: Books, path: str) -> str:
    return f"{books.root.removesuffix('api/v2.0')}api/microsoft/runtime/beta/{path}"


def test_the_sets_that_notify_are_those_that_can_be_subscribed_to(books: Books, simulator: Simulator) -> None:
    company = f"companies({simulator.demo.company_id})"
    asked = runtime(books, f"{company}/webhookSupportedResources?$filter=resource eq 'v2.0*'")
    listed = books.http.get(asked).json()
    without = books.http.get(runtime(books, "webhookSupportedResources")).json()
    none = books.http.get(runtime(books, "webhookSupportedResources?$filter=resource eq 'v1.0*'")).json()

    assert {f"v2.0/{name}" for name in SUPPORTED} == {one["resource"] for one in listed["value"]}
    assert listed["value"] == without["value"]
    assert [] == none["value"]


def test_routes_are_listed_and_nothing_else_is_there(books: Books) -> None:
    routes = books.http.get(runtime(books, "apiRoutes")).json()["value"]

    assert {"v2.0", "microsoft/runtime/beta", "microsoft/automation/v2.0"} == {one["route"] for one in routes}
    assert 404 == books.http.get(runtime(books, "customers")).status_code
    assert 501 == books.http.post(runtime(books, "apiRoutes"), json={}).status_code
    assert 401 == books.http.get(runtime(books, "apiRoutes"), headers={"authorization": "x"}).status_code


def test_captions_of_every_entity_and_member(books: Books) -> None:
    contract = load_contract()
    listed = books.call("GET", "entityDefinitions?$count=true").json()
    one = books.call("GET", "entityDefinitions?$filter=entityName eq 'customer'").json()["value"]
    keyed = books.call("GET", "entityDefinitions('customer')").json()

    assert len(contract.entities) == listed["@odata.count"] == len(listed["value"])
    assert {name: value for name, value in keyed.items() if "@odata" not in name} == one[0]
    assert "customers" == keyed["entitySetName"]
    assert list(contract.entities["customer"].fields) == [member["name"] for member in keyed["properties"]]
    captions = {member["name"]: member["captions"] for member in keyed["properties"]}
    assert [{"languageCode": 1033, "caption": "Display Name"}] == captions["displayName"]
    blocked = [member for member in keyed["enumMembers"] if member["value"] == "_x0020_"]
    assert "" == blocked[0]["captions"][0]["caption"]
    assert 404 == books.call("GET", "entityDefinitions('shipwreck')").status_code


def test_a_composite_key_must_agree_in_every_part(books: Books) -> None:
    quote, other = books.inside("GET", "salesQuotes?$top=2").json()["value"]
    made = books.inside(
        "POST", "attachments", {"parentId": quote["id"], "parentType": "Sales_x0020_Quote", "fileName": "a.txt"}
    )
    assert 201 == made.status_code, made.text
    one = made.json()["id"]

    for key in (f"parentId={quote['id']},id={one}", f"id={one}, parentId={quote['id']}", f"id={one}", one):
        answer = books.inside("GET", f"attachments({key})")
        assert (200, one) == (answer.status_code, answer.json().get("id")), key
    assert 404 == books.inside("GET", f"attachments(parentId={other['id']},id={one})").status_code
    for key in (f"parentId={quote['id']}", f"fileName={one},id={one}", "id=1", f"x={one},id={one}"):
        refused = books.inside("GET", f"attachments({key})")
        assert "BadRequest_NotFound" == refused.json()["error"]["code"], key


def test_the_sets_of_a_company_can_be_expanded(books: Books, simulator: Simulator) -> None:
    company = f"companies({simulator.demo.company_id})"
    options = "customers($top=2;$select=number;$count=true;$orderby=number),vendors($filter=number eq 'nobody')"
    one = books.call("GET", f"{company}?$select=name&$expand={options}").json()
    every = books.call("GET", "companies?$expand=currencies($select=code)").json()["value"]
    direct = books.inside("GET", "customers?$top=2&$select=number&$count=true&$orderby=number").json()
    unknown = books.call("GET", f"{company}?$expand=shipwrecks")

    assert [{"number": row["number"]} for row in direct["value"]] == [
        {"number": row["number"]} for row in one["customers"]
    ]
    assert direct["@odata.count"] == one["customers@odata.count"]
    assert [] == one["vendors"]
    assert direct["value"][0]["@odata.etag"] == one["customers"][0]["@odata.etag"]
    assert len(simulator.demo.company_ids) == len(every)
    assert all(row["currencies"] for row in every if row["name"] in list(simulator.demo.company_ids)[:1])
    assert (400, "BadRequest") == (unknown.status_code, unknown.json()["error"]["code"])
    assert 400 == books.call("GET", f"{company}?$expand=salesInvoiceLines").status_code
