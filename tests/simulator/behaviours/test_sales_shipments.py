"""Posted sales shipments: listed, with their dimensions."""

import pytest
from delivery_sets import DeliverySet
from http_desk import HttpDesk


@pytest.fixture
def deliveries(desk: HttpDesk) -> DeliverySet:
    return DeliverySet(desk, "salesShipments")


def test_SalesShipments__TestGetSalesShipments(deliveries):
    deliveries.are_listed()


def test_SalesShipments__TestExpandDimensions(deliveries):
    deliveries.show_their_dimensions()
