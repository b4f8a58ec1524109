"""Tax groups: here the VAT product posting groups, since the company pays VAT."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "taxGroups")


def test_TaxGroups__TestGetTaxGroups(table):
    table.lists_two()


def test_TaxGroups__TestGetTaxGroup(table):
    table.reads_one()


def test_TaxGroups__TestCreateTaxGroup(table):
    table.creates()


def test_TaxGroups__TestModifyTaxGroup(table):
    table.changes()


def test_TaxGroups__TestDeleteTaxGroup(table):
    table.deletes()
