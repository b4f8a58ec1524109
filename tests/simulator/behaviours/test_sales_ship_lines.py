"""Lines of posted sales shipments."""

import pytest
from delivery_sets import DeliverySet
from http_desk import HttpDesk


@pytest.fixture
def deliveries(desk: HttpDesk) -> DeliverySet:
    return DeliverySet(desk, "salesShipments")


def test_SalesShipLines__TestGetLineDirectly(deliveries):
    deliveries.give_a_line_directly()


def test_SalesShipLines__TestGetShipmentLines(deliveries):
    deliveries.give_their_lines()


def test_SalesShipLines__TestGetShipmentLinesDirectlyWithDocumentIdFilter(deliveries):
    deliveries.give_lines_by_document_filter()
