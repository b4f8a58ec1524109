"""Item categories: a table of codes."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "itemCategories")


def test_ItemCategories__TestVerifyIDandLastModifiedDateTime(table):
    table.bears_id_and_moment()


def test_ItemCategories__TestGetItemCategories(table):
    table.lists_two()


def test_ItemCategories__TestCreateItemCategory(table):
    table.creates()


def test_ItemCategories__TestModifyItemCategory(table):
    table.changes()


def test_ItemCategories__TestDeleteItemCategory(table):
    table.deletes()
