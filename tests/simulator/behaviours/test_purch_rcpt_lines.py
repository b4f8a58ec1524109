"""Lines of posted purchase receipts, with their dimensions."""

import pytest
from delivery_sets import DeliverySet
from http_desk import HttpDesk


@pytest.fixture
def deliveries(desk: HttpDesk) -> DeliverySet:
    return DeliverySet(desk, "purchaseReceipts")


def test_PurchRcptLines__TestGetLineDirectly(deliveries):
    deliveries.give_a_line_directly()


def test_PurchRcptLines__TestGetReceiptLines(deliveries):
    deliveries.give_their_lines()


def test_PurchRcptLines__TestGetReceiptLinesDirectlyWithDocumentIdFilter(deliveries):
    deliveries.give_lines_by_document_filter()


def test_PurchRcptLines__TestExpandDimensions(deliveries):
    deliveries.show_their_lines_dimensions()
