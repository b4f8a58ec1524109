"""Posted purchase receipts: listed, with their dimensions."""

import pytest
from delivery_sets import DeliverySet
from http_desk import HttpDesk


@pytest.fixture
def deliveries(desk: HttpDesk) -> DeliverySet:
    return DeliverySet(desk, "purchaseReceipts")


def test_PurchaseReceipts__TestGetPurchaseReceipts(deliveries):
    deliveries.are_listed()


def test_PurchaseReceipts__TestExpandDimensions(deliveries):
    deliveries.show_their_dimensions()
