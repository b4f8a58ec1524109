"""Units of measure: a table of codes."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "unitsOfMeasure")


def test_UofM__TestGetUnitOfMeasure(table):
    table.reads_one()


def test_UofM__TestModifyUnitOfMeasure(table):
    table.changes(internationalStandardCode="OWN", symbol="o")


def test_UofM__TestDeleteUnitOfMeasure(table):
    table.deletes()


def test_UofM__TestInsertUnitOfMeasure(table):
    table.creates()
