"""Purchase orders: made, changed, received and invoiced."""

import pytest
from document_sets import DocumentSet
from http_desk import HttpDesk


@pytest.fixture
def orders(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "purchaseOrders")


def test_PurchaseOrders__TestGetOrders(orders):
    orders.are_listed(posted=False)


def test_PurchaseOrders__TestPostOrders(orders):
    orders.are_made_with_an_address()


def test_PurchaseOrders__TestPostOrderForCustomerWithLocationCode(orders):
    orders.take_the_partners_location()


def test_PurchaseOrders__TestPostOrderWithCurrency(orders):
    orders.are_made_in_a_currency()


def test_PurchaseOrders__TestModifyOrders(orders):
    orders.are_changed_everywhere()


def test_PurchaseOrders__TestEmptyModifyOrders(orders):
    orders.are_emptied()


def test_PurchaseOrders__TestPartialModifyOrders(orders):
    orders.are_changed_in_part()


def test_PurchaseOrders__TestCreateOrderThroughPageAndAPI(orders):
    orders.are_the_same_by_every_document_way()


def test_PurchaseOrders__TestGetOrdersAppliesDiscountPct(orders):
    orders.show_the_partners_discount()


def test_PurchaseOrders__TestGetOrdersRedistributesDiscountAmt(orders):
    orders.spread_the_agreed_discount()


def test_PurchaseOrders__TestModifyOrderSetManualDiscount(orders):
    orders.take_an_agreed_discount()


def test_PurchaseOrders__TestClearingManualDiscounts(orders):
    orders.lose_an_agreed_discount()


def test_PurchaseOrders__TestPostOrdersWithEmptyShippingAddress(orders):
    empty = dict.fromkeys(orders.address("shipTo"), "")
    made = orders.document(**orders.address(), **empty)
    usual = orders.document()

    assert {**orders.address(), **empty}.items() <= orders.head(made).items()
    assert "GBP" == made["currencyCode"]
    own = orders.desk.rows("companyInformation")[0]
    assert (own["addressLine1"], own["city"]) == (usual["shipToAddressLine1"], usual["shipToCity"])


def test_PurchaseOrders__TestActionRecieveAndInvoice(orders):
    order = orders.document(orders.line_of(5))
    orders.run(order, "receiveAndInvoice")

    assert 404 == orders.desk.send("GET", orders.url(order)).status_code
    invoice = orders.desk.one("purchaseInvoices", f"orderId eq {order['id']}")
    assert ("Open", order["number"], 300, 360) == tuple(
        invoice[name] for name in ("status", "orderNumber", "totalAmountExcludingTax", "totalAmountIncludingTax")
    )
    assert 360 == orders.balance()
    assert orders.entries_of(invoice["number"])
    assert 5 == orders.desk.get(f"items({orders.item['id']})")["inventory"]
