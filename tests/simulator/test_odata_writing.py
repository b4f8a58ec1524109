"""Writing to the simulated Business Central over HTTP: creating, changing, deleting, and what is refused."""

import re
from dataclasses import replace
from typing import Any

import pytest
from odata_world import API, COMPANY_ID, ROOT, Sim, build_sim, made_id

FIRST = made_id("customer 10000")
DAILY = made_id("journal DAILY")
LINE = made_id("journalLine 1")
TOKEN_TEXT = (
    "Could not validate the client concurrency token required by the service. "
    "Please provide a valid token in the client request."
)


@pytest.fixture
def sim() -> Sim:
    """Return a fresh small world."""
    return build_sim()


async def etag(sim: Sim, url: str = f"customers({FIRST})") -> str:
    """Return the present etag of a record."""
    found: str = (await sim.get(url))["@odata.etag"]
    return found


async def names(sim: Sim) -> list[Any]:
    """Return the names of all customers."""
    return [one["displayName"] for one in (await sim.get("customers"))["value"]]


async def test_create(sim: Sim) -> None:
    response = await sim.ask("POST", "customers", {"displayName": "Holm & Vik", "creditLimit": 10, "type": "Company"})
    body = response.json()

    assert 201 == response.status_code
    assert f"{API}/$metadata#companies({COMPANY_ID})/customers/$entity" == body["@odata.context"]
    assert f"{ROOT}/customers({body['id']})" == response.headers["location"]
    assert ("C00050", "Holm & Vik") == (body["number"], body["displayName"])
    assert body == (await sim.ask("GET", response.headers["location"])).json()


async def test_digits_of_an_amount_are_kept(sim: Sim) -> None:
    created = await sim.ask("POST", "customers", b'{"displayName":"Digits","creditLimit":12345678.90}')
    listed = await sim.ask("GET", "customers?$filter=displayName eq 'Digits' and creditLimit eq 12345678.9")

    assert b'"creditLimit":12345678.90,' in created.content
    assert b'"creditLimit":12345678.90,' in listed.content


async def test_location_names_the_company_and_the_parent(sim: Sim) -> None:
    created = await sim.ask("POST", f"{API}/customers?company={COMPANY_ID}", {"displayName": "Far"})
    value = part("AREA", "AREANORTH")
    child = await sim.ask("POST", f"customers({FIRST})/defaultDimensions", value)

    assert f"{ROOT}/customers({created.json()['id']})" == created.headers["location"]
    assert f"{ROOT}/customers({FIRST})/defaultDimensions({child.json()['id']})" == child.headers["location"]
    assert 200 == (await sim.ask("GET", child.headers["location"])).status_code


async def test_create_without_content(sim: Sim) -> None:
    response = await sim.ask("POST", "customers", {"displayName": "Quiet"}, {"Prefer": "return-no-content"})

    assert (204, b"") == (response.status_code, response.content)
    assert response.headers["location"].startswith(f"{ROOT}/customers(")
    assert "Quiet" in await names(sim)


def part(dimension: str, value: str) -> dict[str, str]:
    """Return a default dimension to create, of a dimension and the name of its value."""
    return {
        "dimensionId": str(made_id(f"dimension {dimension}")),
        "dimensionValueId": str(made_id(f"dimensionValue {value}")),
    }


async def test_deep_insert(sim: Sim) -> None:
    body = {"displayName": "With parts", "defaultDimensions": [part("AREA", "AREANORTH"), part("BOAT", "BOATSKIFF")]}
    response = await sim.ask("POST", "customers?$expand=defaultDimensions", body)
    made = response.json()["defaultDimensions"]

    assert 201 == response.status_code
    assert [("AREA", "NORTH"), ("BOAT", "SKIFF")] == [(one["dimensionCode"], one["dimensionValueCode"]) for one in made]
    assert {response.json()["id"]} == {one["parentId"] for one in made}


async def test_deep_insert_is_all_or_nothing(sim: Sim) -> None:
    before = await names(sim)
    parts = [part("AREA", "AREANORTH"), part("BOAT", "AREASOUTH")]
    refused = await sim.refusal("POST", "customers", {"displayName": "Half", "defaultDimensions": parts})

    assert (400, "Internal_InvalidTableRelation") == refused[:2]
    assert before == await names(sim)
    assert 0 == len(sim.company.tables["defaultDimension"])
    assert "C00050" == (await sim.ask("POST", "customers", {"displayName": "Next"})).json()["number"]


async def test_change(sim: Sim) -> None:
    first = await etag(sim)
    response = await sim.ask("PATCH", f"customers({FIRST})", {"displayName": "Renamed"}, {"If-Match": first})

    assert (200, "Renamed") == (response.status_code, response.json()["displayName"])
    assert first != response.json()["@odata.etag"] == await etag(sim)


async def test_change_without_content_and_with_star(sim: Sim) -> None:
    headers = {"If-Match": "*", "Prefer": "return-no-content"}
    response = await sim.ask("PATCH", f"customers({FIRST})", {"city": "Bergen"}, headers)

    assert (204, b"") == (response.status_code, response.content)
    assert "Bergen" == (await sim.get(f"customers({FIRST})"))["city"]


@pytest.mark.parametrize("headers", [{}, {"If_Match": "nonsense"}, {"If_Match": 'W/"abc'}, {"If_Match": ""}])
async def test_a_change_needs_a_token(sim: Sim, headers: dict[str, str]) -> None:
    refused = await sim.refusal("PATCH", f"customers({FIRST})", {"city": "Bergen"}, **headers)

    assert (400, "BadRequest_InvalidToken", TOKEN_TEXT) == refused


async def test_a_stale_token(sim: Sim) -> None:
    stale = await etag(sim)
    await sim.ask("PATCH", f"customers({FIRST})", {"city": "Bergen"}, {"If-Match": stale})
    expected = (409, "Request_EntityChanged", "Another user has already changed the record.")

    assert expected == await sim.refusal("PATCH", f"customers({FIRST})", {"city": "Oslo"}, If_Match=stale)
    assert expected == await sim.refusal("DELETE", f"customers({FIRST})", If_Match=stale)
    assert "Bergen" == (await sim.get(f"customers({FIRST})"))["city"]


async def test_delete(sim: Sim) -> None:
    response = await sim.ask("DELETE", f"customers({FIRST})")

    assert (204, b"") == (response.status_code, response.content)
    assert 404 == (await sim.refusal("GET", f"customers({FIRST})"))[0]
    assert 404 == (await sim.refusal("DELETE", f"customers({FIRST})"))[0]


async def test_delete_with_its_token(sim: Sim) -> None:
    assert 204 == (await sim.ask("DELETE", f"customers({FIRST})", headers={"If-Match": await etag(sim)})).status_code


async def test_a_line_below_its_parent(sim: Sim) -> None:
    url = f"journals({DAILY})/journalLines({LINE})"
    changed = await sim.ask("PATCH", url, {"comment": "Seen"}, {"If-Match": await etag(sim, url)})
    removed = await sim.ask("DELETE", f"journalLines({LINE})")

    assert (200, "Seen", 204) == (changed.status_code, changed.json()["comment"], removed.status_code)
    assert (
        f"{API}/$metadata#companies({COMPANY_ID})/journals({DAILY})/journalLines/$entity"
        == (changed.json()["@odata.context"])
    )


@pytest.mark.parametrize(
    ("method", "url", "status", "text"),
    [
        ("POST", f"{API}/companies", 405, "'POST' requests for 'companies' of EdmType 'Collection' are not allowed"),
        ("POST", "accounts", 405, "'POST' requests for 'accounts' of EdmType 'Collection' are not allowed"),
        ("PATCH", f"dimensions({made_id('dimension AREA')})", 405, "'PATCH' requests for 'dimensions'"),
        ("DELETE", f"dimensions({made_id('dimension AREA')})", 400, "'DELETE' requests for 'dimensions'"),
        ("PUT", f"customers({FIRST})", 405, "'PUT' requests for 'customers' of EdmType 'Entity' are not allowed"),
        ("POST", f"customers({FIRST})", 405, "'POST' requests for 'customers' of EdmType 'Entity' are not allowed"),
        ("PATCH", "customers", 405, "'PATCH' requests for 'customers' of EdmType 'Collection' are not allowed"),
        ("DELETE", "customers", 405, "'DELETE' requests for 'customers' of EdmType 'Collection' are not allowed"),
        ("POST", "customers/$count", 405, "'POST' requests for 'customers'"),
    ],
)
async def test_verbs_that_are_not_allowed(sim: Sim, method: str, url: str, status: int, text: str) -> None:
    found = await sim.refusal(method, url, {}, If_Match="*")

    assert (status, "BadRequest_MethodNotAllowed") == found[:2]
    assert found[2].startswith(text)
    assert found[2].endswith("within Dynamics 365 Business Central OData web services.")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"displayName": "A", "colour": "red"}, "BadRequest"),
        ({"displayName": 5}, "BadRequest"),
        ({"displayName": "A", "number": "X" * 21}, "Application_StringExceededLength"),
        ({"displayName": "A", "type": "Boat"}, "Unknown"),
        ({"displayName": "A", "balanceDue": 1}, "BadRequest_InvalidOperation"),
        ({"displayName": "A", "number": "10000"}, "Internal_EntityWithSameKeyExists"),
        ({}, "Application_DialogException"),
        (b"{", "BadRequest"),
        (b"", "BadRequest"),
    ],
)
async def test_bodies_that_are_refused(sim: Sim, body: object, code: str) -> None:
    before = await names(sim)

    assert (400, code) == (await sim.refusal("POST", "customers", body))[:2]
    assert before == await names(sim)


async def test_navigations_cannot_be_patched(sim: Sim) -> None:
    deep = await sim.refusal("PATCH", f"customers({FIRST})", {"defaultDimensions": []}, If_Match="*")
    second = made_id("customer 20000")
    over = await sim.refusal("PATCH", f"customers({second})/currency", {"displayName": "X"}, If_Match="*")

    assert (400, "BadRequest_InvalidOperation") == deep[:2] == over[:2]


async def test_a_read_only_intent_cannot_write(sim: Sim) -> None:
    refused = await sim.refusal("DELETE", f"customers({FIRST})", Data_Access_Intent="ReadOnly")
    read = await sim.ask("GET", f"customers({FIRST})", headers={"Data-Access-Intent": "ReadOnly"})

    assert (400, "BadRequest_InvalidOperation") == refused[:2]
    assert 200 == read.status_code


async def test_only_json_is_taken(sim: Sim) -> None:
    refused = await sim.refusal("POST", "customers", b"displayName=A", Content_Type="application/x-www-form-urlencoded")
    charset = await sim.ask(
        "POST", "customers", {"displayName": "A"}, {"Content-Type": "application/json;charset=utf-8"}
    )

    assert (415, 201) == (refused[0], charset.status_code)


async def test_a_body_that_is_too_large(sim: Sim) -> None:
    sim.gate.limits = replace(sim.gate.limits, body_bytes=1_000)

    assert 413 == (await sim.refusal("POST", "customers", {"displayName": "A" * 1_000}))[0]


async def test_actions_are_routed(sim: Sim) -> None:
    unknown = await sim.refusal("POST", f"journals({DAILY})/Microsoft.NAV.explode")
    read = await sim.refusal("PATCH", f"journals({DAILY})/Microsoft.NAV.post", If_Match="*")
    missing = await sim.refusal("POST", f"journals({FIRST})/Microsoft.NAV.post")

    assert (404, "BadRequest_ResourceNotFound") == unknown[:2]
    assert (405, "BadRequest_MethodNotAllowed") == read[:2]
    assert (404, "Internal_RecordNotFound") == missing[:2]


async def test_codes_are_trimmed_and_upper_cased(sim: Sim) -> None:
    created = await sim.ask("POST", "customers", {"displayName": "Lower", "number": " abc "})

    assert "ABC" == created.json()["number"]
    assert re.fullmatch(r"[0-9a-f-]{36}", created.json()["id"])
