"""Tax areas: here the VAT business posting groups, since the company pays VAT."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "taxAreas")


def test_TaxAreas__TestVerifyIDandLastDateModified(table):
    table.bears_id_and_moment()


def test_TaxAreas__TestGetTaxAreas(table):
    table.lists_two()


def test_TaxAreas__TestGetTaxArea(table):
    table.reads_one()


def test_TaxAreas__TestCreateTaxArea(table):
    table.creates()


def test_TaxAreas__TestModifyTaxArea(table):
    table.changes()


def test_TaxAreas__TestDeleteTaxArea(table):
    table.deletes()
