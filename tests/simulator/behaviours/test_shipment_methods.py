"""Shipment methods: a table of codes."""

import pytest
from code_table import CodeTable


@pytest.fixture
def table(desk) -> CodeTable:
    return CodeTable(desk, "shipmentMethods")


def test_ShipmentMethods__TestVerifyIDandLastDateModified(table):
    table.bears_id_and_moment()
