"""What addresses of the simulated API mean, and how its metadata describes it."""

import re
import xml.etree.ElementTree as ET
from uuid import UUID

import pytest

from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.address import Address, read_address, read_place
from linkspan.simulator.odata.metadata import metadata_document

CONTRACT = load_contract()
KEY = UUID("2dee6b6d-0000-4000-8000-000000000001")
CSDL = "{http://docs.oasis-open.org/odata/ns/edm}"


def address(path: str) -> Address:
    """Return what a path behind the API root names."""
    return read_address(tuple(path.split("/")), CONTRACT)


def test_both_forms_of_the_root() -> None:
    common = read_place("My%20Sandbox/api/v2.0/companies")
    direct = read_place(f"{KEY}/production/api/v2.0/companies({KEY})/customers")

    assert (None, "My Sandbox", ("companies",)) == (common.tenant, common.environment, common.segments)
    assert (str(KEY), "production", (f"companies({KEY})", "customers")) == (
        direct.tenant,
        direct.environment,
        direct.segments,
    )
    assert f"{KEY}/production/api/v2.0" == direct.root


@pytest.mark.parametrize(
    ("path", "company", "names", "many"),
    [
        ("companies", None, ["companies"], True),
        (f"companies({KEY})", None, ["companies"], False),
        ("customers", None, ["customers"], True),
        (f"companies({KEY})/customers", KEY, ["customers"], True),
        (f"companies(id={KEY})/customers(id={KEY})", KEY, ["customers"], False),
        (f"companies({KEY})/customers({KEY})/currency", KEY, ["customers", "currency"], False),
        (f"journals({KEY})/journalLines", None, ["journals", "journalLines"], True),
        (f"salesQuotes({KEY})/salesQuoteLines({KEY})/item", None, ["salesQuotes", "salesQuoteLines", "item"], False),
    ],
)
def test_steps(path: str, company: UUID | None, names: list[str], *, many: bool) -> None:
    found = address(path)

    assert company == found.company
    assert names == [step.name for step in found.steps]
    assert many is found.last.many


def test_what_stands_behind_the_steps() -> None:
    assert address("customers/$count").count
    assert address("companies/$count").count
    assert "makeOrder" == address(f"salesQuotes({KEY})/Microsoft.NAV.makeorder").operation
    field = address(f"customers({KEY})/displayName").field
    assert field is not None
    assert "displayName" == field.name


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("colours", "BadRequest_ResourceNotFound"),
        (f"customers({KEY})/agedAccounts", "BadRequest_ResourceNotFound"),
        (f"customers({KEY})/colour", "BadRequest_ResourceNotFound"),
        ("customers/currency", "BadRequest_ResourceNotFound"),
        (f"salesQuotes({KEY})/Microsoft.NAV.explode", "BadRequest_ResourceNotFound"),
        ("customers(10000)", "BadRequest_NotFound"),
        (f"customers('{KEY}')", "BadRequest_NotFound"),
        ("customers()", "BadRequest_NotFound"),
        (f"customers({KEY}", "BadRequest_NotFound"),
        ("companies(x)/customers", "BadRequest_NotFound"),
        ("companies/customers", "BadRequest_NotFound"),
        (f"customers({KEY})/currency({KEY})", "BadRequest_NotFound"),
    ],
)
def test_addresses_that_lead_nowhere(path: str, code: str) -> None:
    with pytest.raises(BcFault) as caught:
        address(path)

    assert (404, code) == (caught.value.status, caught.value.code)


@pytest.mark.parametrize("path", ["colours", "colours(1)", "colours/shades"])
def test_the_unknown_segment_is_named(path: str) -> None:
    with pytest.raises(BcFault) as caught:
        address(path)

    assert "Resource not found for the segment 'colours'." == caught.value.message


# --- $metadata ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> ET.Element:
    """Return the schema element of the document."""
    found = ET.fromstring(metadata_document()).find(f".//{CSDL}Schema")  # noqa: S314 - our own document
    assert found is not None
    return found


def test_every_entity_with_its_properties(schema: ET.Element) -> None:
    types = {one.get("Name"): one for one in schema.iter(f"{CSDL}EntityType")}

    assert "Microsoft.NAV" == schema.get("Namespace")
    assert set(CONTRACT.entities) == set(types)
    for name, entity in CONTRACT.entities.items():
        assert list(entity.fields) == [one.get("Name") for one in types[name].findall(f"{CSDL}Property")]


def test_facets(schema: ET.Element) -> None:
    customer = next(one for one in schema.iter(f"{CSDL}EntityType") if one.get("Name") == "customer")
    properties = {one.get("Name"): one for one in customer.findall(f"{CSDL}Property")}

    assert "false" == properties["id"].get("Nullable")
    assert "100" == properties["displayName"].get("MaxLength")
    assert "Variable" == properties["creditLimit"].get("Scale")
    assert "Microsoft.NAV.customerBlocked" == properties["blocked"].get("Type")


def test_every_reference_is_defined(schema: ET.Element) -> None:
    defined = {f"Microsoft.NAV.{one.get('Name')}" for one in schema if one.tag != f"{CSDL}EntityContainer"}
    named = [one.get("Type", "") for one in schema.iter() if "Type" in one.attrib]
    plain = {re.sub(r"^Collection\((.*)\)$", r"\1", name) for name in named}

    assert not {name for name in plain if name.startswith("Microsoft.NAV.")} - defined


def test_navigations_keep_to_present_properties(schema: ET.Element) -> None:
    types = {f"Microsoft.NAV.{one.get('Name')}": one for one in schema.iter(f"{CSDL}EntityType")}
    properties = {name: {one.get("Name") for one in kind.findall(f"{CSDL}Property")} for name, kind in types.items()}
    navigations = {
        name: {one.get("Name") for one in kind.findall(f"{CSDL}NavigationProperty")} for name, kind in types.items()
    }
    for name, kind in types.items():
        for navigation in kind.findall(f"{CSDL}NavigationProperty"):
            target = re.sub(r"^Collection\((.*)\)$", r"\1", navigation.get("Type", ""))
            partner = navigation.get("Partner")
            constraint = navigation.find(f"{CSDL}ReferentialConstraint")

            assert partner is None or partner in navigations[target]
            if constraint is not None:
                assert constraint.get("Property") in properties[name]
                assert constraint.get("ReferencedProperty") in properties[target]
        assert not properties[name] & navigations[name]


def test_container_and_actions(schema: ET.Element) -> None:
    container = schema.find(f"{CSDL}EntityContainer")
    assert container is not None
    bound = {(action.get("Name"), action[0].get("Type")) for action in schema.iter(f"{CSDL}Action")}

    assert "NAV" == container.get("Name")
    assert set(CONTRACT.by_set) == {one.get("Name") for one in container.findall(f"{CSDL}EntitySet")}
    assert ("makeOrder", "Microsoft.NAV.salesQuote") in bound
    assert all(action.get("IsBound") == "true" for action in schema.iter(f"{CSDL}Action"))


def test_names_are_xml_identifiers(schema: ET.Element) -> None:
    names = [one.get("Name", "") for one in schema.iter() if "Name" in one.attrib]

    assert [] == [name for name in names if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is None]
