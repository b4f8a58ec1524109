"""Reading the simulated Business Central over HTTP: addresses, representation, options, pages and refusals."""

import base64
import re

import pytest
from odata_world import (
    API,
    BASE,
    COMPANY_ID,
    COMPANY_NAME,
    ENTITIES,
    OTHER_COMPANY_NAME,
    ROOT,
    Sim,
    build_sim,
    customer,
    made_id,
)

from linkspan.simulator.books.layouts import PLATFORM
from linkspan.simulator.entra.demo import DEMO_DOMAIN, DEMO_TENANT_ID

FIRST = made_id("customer 10000")
SECOND = made_id("customer 20000")
DAILY = made_id("journal DAILY")
LINE = made_id("journalLine 1")


@pytest.fixture
def sim() -> Sim:
    """Return a fresh small world."""
    return build_sim()


async def test_a_collection(sim: Sim) -> None:
    response = await sim.ask("GET", "customers")
    body = response.json()
    first = body["value"][0]

    assert 200 == response.status_code
    assert "application/json; odata.metadata=minimal; odata.streaming=true" == response.headers["content-type"]
    assert "4.0" == response.headers["odata-version"]
    assert f"{API}/$metadata#companies({COMPANY_ID})/customers" == body["@odata.context"]
    assert ["10000", "20000", "30000", "40000", "50000"] == [one["number"] for one in body["value"]]
    assert ["@odata.etag", *ENTITIES["customer"].fields] == list(first)
    assert re.fullmatch(r'W/"[A-Za-z0-9+/=]+"', first["@odata.etag"])
    assert base64.b64decode(first["@odata.etag"][3:-1]).startswith(b"'20;")
    assert (str(FIRST), "00000000-0000-0000-0000-000000000000", "", "_x0020_") == (
        first["id"],
        first["currencyId"],
        first["email"],
        first["blocked"],
    )
    assert "0001-01-01T00:00:00Z" == first["lastModifiedDateTime"]
    assert "@odata.nextLink" not in body


async def test_one_record(sim: Sim) -> None:
    body = await sim.get(f"customers({FIRST})")

    assert f"{API}/$metadata#companies({COMPANY_ID})/customers/$entity" == body["@odata.context"]
    assert ("10000", 0.25) == (body["number"], body["creditLimit"])


async def test_decimals_are_written_digit_for_digit(sim: Sim) -> None:
    response = await sim.ask("GET", f"journals({DAILY})/journalLines?$select=amount")

    assert [b'"amount":1.50', b'"amount":2.50'] == re.findall(rb'"amount":[\d.]+', response.content)


async def test_both_forms_of_the_root_and_of_the_company(sim: Sim) -> None:
    texts = [
        f"{ROOT}/customers",
        f"{API}/customers?company={COMPANY_ID}",
        f"{API}/customers?company={COMPANY_NAME.replace(' ', '%20')}",
        f"{API}/customers?company=skua+boatyard",
    ]
    direct = f"production/api/v2.0/companies({COMPANY_ID})/customers"
    texts += [f"{BASE}/v2.0/{tenant}/{direct}" for tenant in (DEMO_TENANT_ID, DEMO_DOMAIN)]
    counts = [len((await sim.get(text))["value"]) for text in texts]

    assert [5] * 6 == counts


async def test_companies(sim: Sim) -> None:
    body = await sim.get(f"{API}/companies")
    one = await sim.get(f"{API}/companies({COMPANY_ID})")

    assert f"{API}/$metadata#companies" == body["@odata.context"]
    assert [COMPANY_NAME, OTHER_COMPANY_NAME] == [company["name"] for company in body["value"]]
    assert (COMPANY_NAME, str(COMPANY_ID)) == (one["name"], one["id"])
    assert ["@odata.etag", *ENTITIES["company"].fields] == list(body["value"][0])
    assert 1 == len((await sim.get(f"{API}/companies?$filter=name eq 'Skua*'"))["value"])


async def test_service_document_and_metadata(sim: Sim) -> None:
    document = await sim.get(API)
    metadata = await sim.ask("GET", f"{API}/$metadata")

    assert f"{API}/$metadata" == document["@odata.context"]
    assert {"name": "customers", "kind": "EntitySet", "url": "customers"} in document["value"]
    assert "application/xml" == metadata.headers["content-type"]
    assert b'<Schema Namespace="Microsoft.NAV"' in metadata.content


async def test_environments(sim: Sim) -> None:
    for address in ("environments/v1.2", "environments/v1.1"):
        assert [
            {
                "aadTenantId": str(DEMO_TENANT_ID),
                "applicationFamily": "BusinessCentral",
                "type": name,
                "name": name,
                "countryCode": "NO",
                "webServiceUrl": BASE,
                "webClientLoginUrl": f"{BASE}/{DEMO_TENANT_ID}/{name}",
                "ringName": "PROD",
            }
            for name in ("Production", "Sandbox")
        ] == (await sim.get(f"{BASE}/{address}"))["value"]
    for family in ("", "businesscentral/"):
        listed = (await sim.get(f"{BASE}/admin/v2.21/applications/{family}environments"))["value"]

        assert [("Production", "Active"), ("Sandbox", "Active")] == [(one["name"], one["status"]) for one in listed]
        assert "versionDetails" in listed[0]


async def test_children_below_their_parent(sim: Sim) -> None:
    lines = await sim.get(f"journals({DAILY})/journalLines")
    values = await sim.get(f"dimensions({made_id('dimension AREA')})/dimensionValues")

    assert f"{API}/$metadata#companies({COMPANY_ID})/journals({DAILY})/journalLines" == lines["@odata.context"]
    assert [10_000, 20_000] == [line["lineNumber"] for line in lines["value"]]
    assert ["NORTH", "SOUTH"] == [value["code"] for value in values["value"]]


async def test_a_line_by_its_own_id_and_below_its_parent(sim: Sim) -> None:
    alone = await sim.get(f"journalLines({LINE})")
    below = await sim.get(f"journals({DAILY})/journalLines({LINE})")
    elsewhere = await sim.refusal("GET", f"journals({made_id('journal CASH')})/journalLines({LINE})")

    assert 10_000 == alone["lineNumber"] == below["lineNumber"]
    assert (404, "Internal_RecordNotFound") == elsewhere[:2]


@pytest.mark.parametrize(
    ("entity_set", "text"),
    [
        ("journalLines", "You must specify a journal batch ID or a journal ID to get a journal line."),
        ("customerPayments", "You must specify a journal batch ID or a journal ID to get a journal line."),
        ("salesQuoteLines", "You must specify an Id or a Document Id to get the lines."),
    ],
)
async def test_a_flat_set_of_lines_needs_a_filter(sim: Sim, entity_set: str, text: str) -> None:
    assert (400, "Application_DialogException", text) == await sim.refusal("GET", entity_set)


async def test_a_flat_set_of_lines_with_a_filter(sim: Sim) -> None:
    assert 2 == len((await sim.get(f"journalLines?$filter=journalId eq {DAILY}"))["value"])
    assert [] == (await sim.get(f"salesQuoteLines?$filter=documentId eq {DAILY}"))["value"]


async def test_journals_show_the_default_template(sim: Sim) -> None:
    assert ["DAILY"] == [one["code"] for one in (await sim.get("journals"))["value"]]
    assert ["CASH"] == [
        one["code"] for one in (await sim.get("journals?$filter=templateDisplayName eq 'CASHRCPT'"))["value"]
    ]


async def test_single_valued_navigation(sim: Sim) -> None:
    currency = await sim.get(f"customers({SECOND})/currency")
    nowhere = await sim.ask("GET", f"customers({FIRST})/currency")

    assert f"{API}/$metadata#companies({COMPANY_ID})/currencies/$entity" == currency["@odata.context"]
    assert "EUR" == currency["code"]
    assert (204, b"") == (nowhere.status_code, nowhere.content)


async def test_counting(sim: Sim) -> None:
    plain = await sim.ask("GET", "customers/$count?$filter=type eq 'Company'")
    inline = await sim.get("customers?$count=true&$top=1&$filter=type eq 'Person'")

    assert "text/plain" == plain.headers["content-type"].partition(";")[0]
    assert (b"\xef\xbb\xbf2", "2") == (plain.content, plain.content.decode("utf-8-sig"))
    assert (3, 1) == (inline["@odata.count"], len(inline["value"]))
    assert "@odata.nextLink" not in inline


async def test_a_property(sim: Sim) -> None:
    body = await sim.get(f"customers({FIRST})/displayName")

    assert f"{API}/$metadata#companies({COMPANY_ID})/customers({FIRST})/displayName" == body["@odata.context"]
    assert "Customer 1" == body["value"]


async def test_select_keeps_the_etag(sim: Sim) -> None:
    body = await sim.get("customers?$select=displayName,number&$top=1")

    assert f"{API}/$metadata#companies({COMPANY_ID})/customers(number,displayName)" == body["@odata.context"]
    assert ["@odata.etag", "number", "displayName"] == list(body["value"][0])


async def test_expand(sim: Sim) -> None:
    text = "customers?$expand=currency($select=code),paymentTerm&$select=number&$top=2&$orderby=number desc&$skip=3"
    body = await sim.get(text)
    euro, none = body["value"]

    assert (
        f"{API}/$metadata#companies({COMPANY_ID})/customers(number,currency(code),paymentTerm())"
        == (body["@odata.context"])
    )
    assert (["@odata.etag", "code"], "EUR", None) == (
        list(euro["currency"]),
        euro["currency"]["code"],
        none["currency"],
    )


async def test_expand_of_parts_with_nested_options(sim: Sim) -> None:
    nested = "$filter=lineNumber lt 25000;$orderby=lineNumber desc;$top=1;$count=true;$expand=journal($select=code)"
    body = await sim.get(f"journals({DAILY})?$expand=journalLines({nested})")
    (line,) = body["journalLines"]

    assert (20_000, "DAILY", 2) == (line["lineNumber"], line["journal"]["code"], body["journalLines@odata.count"])
    assert "@odata.etag" in line


async def test_filter_as_clients_send_it(sim: Sim) -> None:
    for text in ("$filter=(number eq '10000')", "%24filter=number+eq+%2710000%27", "$filter=number%20eq%20'1*'"):
        assert ["10000"] == [one["number"] for one in (await sim.get(f"customers?{text}"))["value"]]


async def test_pages(sim: Sim) -> None:
    numbers, url = [], "customers?$filter=number gt '10000'&$select=number&$orderby=number desc"
    while url:
        response = await sim.ask("GET", url, headers={"Prefer": "odata.maxpagesize=3"})
        assert "odata.maxpagesize=3" == response.headers["preference-applied"]
        numbers += [one["number"] for one in response.json()["value"]]
        url = response.json().get("@odata.nextLink", "")
        if url:
            assert url.startswith(
                f"{ROOT}/customers?$filter=number%20gt%20'10000'&$select=number&$orderby=number%20desc&aid=FIN&"
            )
            assert url.endswith(f"$skiptoken={made_id('customer 30000')}")

    assert ["50000", "40000", "30000", "20000"] == numbers


async def test_a_page_holds_twenty_thousand(sim: Sim) -> None:
    sim.company.tables["customer"].load([customer(place) | {"id": made_id(str(place))} for place in range(6, 20_011)])
    body = await sim.get("customers?$top=20008")
    rest = await sim.get(body["@odata.nextLink"])

    assert (20_000, 8) == (len(body["value"]), len(rest["value"]))
    assert "$top=8" in body["@odata.nextLink"]
    assert "@odata.nextLink" not in rest


async def test_a_stale_token(sim: Sim) -> None:
    assert (400, "SkipTokenIsNoLongerValid") == (await sim.refusal("GET", f"customers?$skiptoken={DAILY}"))[:2]


@pytest.mark.parametrize("name", sorted(set(ENTITIES) - PLATFORM))
async def test_every_set_can_be_read(sim: Sim, name: str) -> None:
    response = await sim.ask("GET", f"{ENTITIES[name].set}?$top=1")

    assert (200 if ENTITIES[name].set not in FLAT_CHILDREN else 400) == response.status_code


FLAT_CHILDREN = {
    "customerPayments",
    "journalLines",
    "vendorPayments",
    "applyVendorEntries",
    "defaultDimensions",
    "dimensionSetLines",
    "pictures",
    "pdfDocument",
    "timeRegistrationEntries",
    "contactsInformation",
} | {entity.set for entity in ENTITIES.values() if "IDOrDocumentIdShouldBeSpecifiedForLinesErr" in entity.errors}
