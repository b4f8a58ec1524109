"""Currencies: a table of codes."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "currencies")


def test_Currencies__TestVerifyIDandLastModifiedDateTime(table):
    table.bears_id_and_moment()


def test_Currencies__TestGetCurrencies(table):
    table.lists_two()


def test_Currencies__TestCreateCurrency(table):
    table.creates()


def test_Currencies__TestModifyCurrency(table):
    table.changes(symbol="Ð", amountDecimalPlaces="0:3")


def test_Currencies__TestDeleteCurrency(table):
    table.deletes()
