"""Sales orders: made, changed, deleted, shipped and invoiced."""

import pytest
from document_sets import DocumentSet
from http_desk import HttpDesk


@pytest.fixture
def orders(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "salesOrders")


def test_SalesOrders__TestGetOrders(orders):
    orders.are_listed(posted=False)


def test_SalesOrders__TestPostOrders(orders):
    orders.are_made_with_an_address()


def test_SalesOrders__TestPostOrderForCustomerWithLocationCode(orders):
    orders.take_the_partners_location()


def test_SalesOrders__TestModifyOrders(orders):
    orders.are_changed_everywhere()


def test_SalesOrders__TestEmptyModifyOrders(orders):
    orders.are_emptied()


def test_SalesOrders__TestPartialModifyOrders(orders):
    orders.are_changed_in_part()


def test_SalesOrders__TestDeleteOrders(orders):
    orders.are_deleted_whole()


def test_SalesOrders__TestGetOrdersAppliesDiscountPct(orders):
    orders.show_the_partners_discount()


def test_SalesOrders__TestModifyOrderSetManualDiscount(orders):
    orders.take_an_agreed_discount()


def test_SalesOrders__TestClearingManualDiscounts(orders):
    orders.lose_an_agreed_discount()


def test_SalesOrders__TestActionShipAndInvoice(orders):
    order = orders.document(orders.line_of(3), discountAmount=30)
    shipments = len(orders.desk.rows("salesShipments"))
    orders.run(order, "shipAndInvoice")

    assert 404 == orders.desk.send("GET", orders.url(order)).status_code
    assert [] == orders.desk.rows(f"salesOrders?$filter=number eq '{order['number']}'")
    invoice = orders.desk.one("salesInvoices", f"orderId eq {order['id']}")
    assert ("Open", order["number"], 270, 324) == tuple(
        invoice[name] for name in ("status", "orderNumber", "totalAmountExcludingTax", "totalAmountIncludingTax")
    )
    assert 324 == orders.balance()
    assert orders.entries_of(invoice["number"])
    assert shipments + 1 == len(orders.desk.rows("salesShipments"))
    shipment = orders.desk.one("salesShipments", f"orderNumber eq '{order['number']}'")
    lines = orders.desk.rows(f"salesShipments({shipment['id']})/salesShipmentLines")
    assert [(orders.item["number"], 3)] == [(row["lineObjectNumber"], row["quantity"]) for row in lines]
    assert -3 == orders.desk.get(f"items({orders.item['id']})")["inventory"]
