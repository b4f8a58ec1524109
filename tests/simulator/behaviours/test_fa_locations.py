"""Locations of fixed assets: a table of codes."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "fixedAssetLocations")


def test_FALocations__TestGetFALocation(table):
    table.reads_one()


def test_FALocations__TestCreateFALocation(table):
    table.creates()


def test_FALocations__TestModifyFALocation(table):
    table.changes()


def test_FALocations__TestDeleteFALocation(table):
    table.deletes()
