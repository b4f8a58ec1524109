"""What can no longer be changed: posted documents with all that is theirs, shipments, and orders under way."""

import pytest
from delivery_sets import DeliverySet
from document_sets import DocumentSet
from http_desk import HttpDesk


@pytest.fixture
def orders(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "salesOrders")


def half_done(orders, shipped=4, invoiced=1):
    """Return an order of ten of which some are shipped and some invoiced, and the address of its line."""
    order = orders.document(orders.line_of(10))
    url = f"{orders.url(order)}/{orders.lines}({orders.rows(order)[0]['id']})"
    orders.desk.change(url, shipQuantity=shipped, invoiceQuantity=invoiced)
    orders.run(order, "shipAndInvoice")
    return order, url


@pytest.mark.parametrize("kind", ["salesInvoices", "salesCreditMemos", "purchaseInvoices", "purchaseCreditMemos"])
def test_posted_documents_stay_as_they_are(desk, kind):
    documents = DocumentSet(desk, kind)
    posted = documents.make_posted()
    url, line = documents.url(posted), documents.rows(posted)[0]
    own = f"{url}/{documents.lines}({line['id']})"
    season = {"code": "SEASON", "valueCode": "SAILING"}
    for method, address, body in (
        ("PATCH", url, {"postingDate": "2026-01-02"}),
        ("PATCH", url, {"discountAmount": 1}),
        ("PATCH", url, {f"{documents.seller}City": "Elsewhere"}),
        ("DELETE", url, None),
        ("PATCH", own, {"quantity": 1}),
        ("DELETE", own, None),
        ("POST", f"{url}/{documents.lines}", documents.line_of()),
        ("POST", f"{url}/dimensionSetLines", season),
        ("POST", f"{own}/dimensionSetLines", season),
    ):
        assert desk.refused(method, address, body), (method, address)

    assert (posted, line) == (documents.head(posted), documents.rows(posted)[0])


def test_what_is_shipped_stays_as_it_is(desk):
    shipments = DeliverySet(desk, "salesShipments")
    shipment = shipments.deliver(2)
    url = f"salesShipments({shipment['id']})"

    assert 405 == desk.send("PATCH", url, {"shipToCity": "Elsewhere"}, {"If-Match": "*"}).status_code
    assert 400 == desk.send("DELETE", url).status_code
    assert desk.refused("POST", f"{url}/dimensionSetLines", {"code": "VESSEL", "valueCode": "FERRY"})
    assert shipment == desk.one("salesShipments", f"id eq {shipment['id']}")


def test_an_order_is_shipped_and_invoiced_in_parts(orders):
    order, url = half_done(orders)

    line = orders.desk.get(url)
    assert (4, 6, 1, 9) == tuple(
        line[name] for name in ("shippedQuantity", "shipQuantity", "invoicedQuantity", "invoiceQuantity")
    )
    assert ("Open", False, 120) == (
        *(orders.head(order)[name] for name in ("status", "fullyShipped")),
        orders.balance(),
    )
    assert -4 == orders.desk.get(f"items({orders.item['id']})")["inventory"]
    orders.run(order, "shipAndInvoice")
    assert 404 == orders.desk.send("GET", orders.url(order)).status_code
    invoices = orders.desk.rows(f"salesInvoices?$filter=orderNumber eq '{order['number']}'")
    assert [120, 1080] == [row["totalAmountIncludingTax"] for row in invoices]
    shipments = orders.desk.rows(f"salesShipments?$filter=orderNumber eq '{order['number']}'")
    quantities = [
        line["quantity"]
        for row in shipments
        for line in orders.desk.rows(f"salesShipments({row['id']})/salesShipmentLines")
    ]
    assert [4, 6] == quantities
    entries = orders.desk.rows(f"itemLedgerEntries?$filter=itemNumber eq '{orders.item['number']}'")
    assert [(-4, -60, 100), (-6, -540, 900)] == [
        (row["quantity"], row["costAmountActual"], row["salesAmountActual"]) for row in entries
    ]


def test_an_invoice_discount_is_shared_by_the_parts(orders):
    order = orders.document(orders.line_of(4), discountAmount=33.33)
    url = f"{orders.url(order)}/{orders.lines}({orders.rows(order)[0]['id']})"
    orders.desk.change(url, shipQuantity=1, invoiceQuantity=1)
    orders.run(order, "shipAndInvoice")
    orders.run(order, "shipAndInvoice")

    invoices = orders.desk.rows(f"salesInvoices?$filter=orderNumber eq '{order['number']}'")
    shares = [row["discountAmount"] for row in invoices]
    assert "33.33" == str(sum(shares))
    assert all(shares)


def test_an_order_under_way_keeps_its_customer_lines_and_itself(orders):
    order, url = half_done(orders)
    other = orders.desk.make("customers", displayName="Someone else")
    for method, address, body, word in (
        ("PATCH", orders.url(order), {"customerId": other["id"]}, "Released"),
        ("PATCH", orders.url(order), {"currencyCode": "EUR"}, "Released"),
        ("PATCH", orders.url(order), {"discountAmount": 5}, "Released"),
        ("PATCH", url, {"unitPrice": 1}, "Released"),
        ("DELETE", url, None, "Released"),
        ("DELETE", orders.url(order), None, "not invoiced"),
        ("PATCH", url, {"shippedQuantity": 0}, "Released"),
    ):
        assert word in orders.desk.refused(method, address, body), (method, address)


def test_more_than_was_ordered_is_neither_shipped_nor_invoiced(orders):
    for values, word in (
        ({"shipQuantity": 11}, "ship more than 10"),
        ({"shipQuantity": 2, "invoiceQuantity": 3}, "invoice more than 2"),
        ({"shipQuantity": -1, "invoiceQuantity": 0}, "ship more than 10"),
        ({"shipQuantity": 0, "invoiceQuantity": 0}, "nothing to post"),
    ):
        order = orders.document(orders.line_of(10))
        url = f"{orders.url(order)}/{orders.lines}({orders.rows(order)[0]['id']})"
        orders.desk.change(url, **values)
        assert word in orders.refuse(order, "shipAndInvoice")

    assert 0 == orders.balance()
    assert "read-only" in orders.desk.refused("PATCH", url, {"invoicedQuantity": 5})


def test_a_part_of_an_order_that_comes_to_less_than_nothing_is_not_invoiced(orders):
    order = orders.document(orders.line_of(3), orders.line_of(-1))
    goods, back = orders.rows(order)
    url = f"{orders.url(order)}/{orders.lines}"
    orders.desk.change(f"{url}({goods['id']})", shipQuantity=0, invoiceQuantity=0)
    assert "must be 0 or greater" in orders.refuse(order, "shipAndInvoice")

    assert (0, back) == (orders.balance(), orders.rows(order)[1])
    assert [] == orders.desk.rows(f"salesShipments?$filter=orderNumber eq '{order['number']}'")


@pytest.mark.parametrize(("set_name", "field"), [("customers", "customerId"), ("vendors", "vendorId")])
def test_partners_with_documents_or_entries_stay(desk, set_name, field):
    documents = DocumentSet(desk, "salesInvoices" if set_name == "customers" else "purchaseInvoices")
    draft = documents.document(documents.line_of())
    url = f"{set_name}({draft[field]})"
    assert "outstanding" in desk.refused("DELETE", url)
    desk.drop(documents.url(draft))
    posted = documents.make_posted()

    assert "ledger entries" in desk.refused("DELETE", url)
    assert "ledger entries" in desk.refused("DELETE", f"items({documents.item['id']})")
    assert 404 != desk.send("GET", documents.url(posted)).status_code
