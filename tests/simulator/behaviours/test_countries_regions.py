"""Countries and regions: a table of codes, which addresses must name."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "countriesRegions")


def test_CountriesRegions__TestVerifyIDandLastModifiedDateTime(table):
    table.bears_id_and_moment()


def test_CountriesRegions__TestGetCountriesRegions(table):
    table.lists_two()


def test_CountriesRegions__TestCreateCountriesRegions(table):
    assert "cannot be found" in table.desk.refused("POST", "customers", {"displayName": "Kit", "country": "OWN1"})
    table.creates()
    assert "OWN1" == table.desk.make("customers", displayName="Kit", country="OWN1")["country"]


def test_CountriesRegions__TestModifyCountriesRegions(table):
    table.changes(addressFormat="Blank_x0020_Line_x002B_Post_x0020_Code_x002B_City")


def test_a_renamed_country_is_renamed_in_every_address(table):
    desk, country = table.desk, table.add("OWN1")
    customer = desk.make("customers", displayName="Gannet", country="OWN1")
    desk.change(table.url(country), code="OWN2")

    assert "OWN2" == desk.get(f"customers({customer['id']})")["country"]
