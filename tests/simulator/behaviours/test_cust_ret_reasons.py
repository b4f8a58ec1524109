"""Reasons for which customers send goods back: a table of codes."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "customerReturnReasons", name="description")


def test_CustRetReasons__TestGetReasonCode(table):
    table.reads_one()


def test_CustRetReasons__TestCreateReasonCode(table):
    table.creates()


def test_CustRetReasons__TestModifyReasonCode(table):
    table.changes()


def test_CustRetReasons__TestDeleteReasonCode(table):
    table.deletes()
