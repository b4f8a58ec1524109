"""Quotes, orders, invoices and credit memos: partners, defaults, dates, lines, discounts, totals, refusals."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from books_desk import NO_ID, NOWHERE, Desk, main_company, new_world, refused

from linkspan.simulator.faults import BcFault

FIELD = "Application_FieldValidationException"
NO_DAY = date(1, 1, 1)


@pytest.fixture
def desk() -> Desk:
    return Desk(main_company(new_world()))


@pytest.fixture
def buyer(desk):
    terms = desk.code("paymentTerm", "14D")["id"]
    return desk.make(
        "customer",
        displayName="Cormorant",
        addressLine1="Mole 1",
        city="Poole",
        country="GB",
        postalCode="bh15 1aa",
        email="c@cormorant.example",
        phoneNumber="1",
        salespersonCode="TP",
        paymentTermsId=terms,
    )


def quote_of(desk, buyer, *lines, **values):
    return desk.make("salesQuote", customerId=buyer["id"], salesQuoteLines=list(lines), **values)


def line_of(desk, price="100", quantity="1", tax="STANDARD", **values):
    return {"itemId": desk.item(price, tax)["id"], "quantity": Decimal(quantity), **values}


def test_a_quote_needs_a_customer(desk, buyer):
    with refused('A "customerNumber" or a "customerId" must be provided.'):
        desk.make("salesQuote")
    for unknown in ({"customerId": NOWHERE}, {"customerNumber": "NOBODY"}):
        with refused("The sell-to customer cannot be found."):
            desk.make("salesQuote", **unknown)
    with refused("The sell-to customer values do not match to a specific Customer."):
        desk.make("salesQuote", customerId=buyer["id"], customerNumber="C00010")
    with refused("The bill-to customer cannot be found."):
        desk.make("salesQuote", customerId=buyer["id"], billToCustomerNumber="NOBODY")
    with refused('A "vendorNumber" or a "vendorID" must be provided.'):
        desk.make("purchaseInvoice")
    with refused("The buy-from vendor cannot be found."):
        desk.make("purchaseOrder", vendorNumber="NOBODY")


def test_a_quote_takes_over_what_the_customer_says(desk, buyer):
    quote = desk.make("salesQuote", customerNumber=buyer["number"].lower())
    today = desk.company.today
    assert "1025" == quote["number"]
    assert "Draft" == quote["status"]
    assert (buyer["id"], buyer["number"], "Cormorant") == (
        quote["customerId"],
        quote["customerNumber"],
        quote["customerName"],
    )
    for lead in ("sellTo", "billTo", "shipTo"):
        assert ("Mole 1", "Poole", "GB", "BH15 1AA") == tuple(
            quote[f"{lead}{part}"] for part in ("AddressLine1", "City", "Country", "PostCode")
        )
    assert ("GBP", NO_ID, "TP", "c@cormorant.example", "1", buyer["paymentTermsId"]) == tuple(
        quote[name] for name in ("currencyCode", "currencyId", "salesperson", "email", "phoneNumber", "paymentTermsId")
    )
    assert (today, today, today + timedelta(days=14), today + timedelta(days=30)) == tuple(
        quote[name] for name in ("documentDate", "postingDate", "dueDate", "validUntilDate")
    )


def test_given_dates_and_terms_count(desk, buyer):
    month = desk.code("paymentTerm", "CM")["id"]
    given = {"documentDate": date(2024, 2, 10), "paymentTermsId": month}
    quote = quote_of(desk, buyer, **given)
    assert (date(2024, 2, 10), date(2024, 2, 29), desk.company.today) == (
        quote["documentDate"],
        quote["dueDate"],
        quote["postingDate"],
    )
    assert (
        date(2024, 3, 15)
        == desk.change("salesQuote", quote, paymentTermsId=desk.code("paymentTerm", "CM15")["id"])["dueDate"]
    )
    assert date(2024, 5, 1) == desk.change("salesQuote", quote, dueDate=date(2024, 5, 1))["dueDate"]
    moved = desk.change("salesQuote", quote, postingDate=date(2024, 4, 4))
    assert (date(2024, 4, 4), date(2024, 5, 15)) == (moved["documentDate"], moved["dueDate"])


def test_status_follows_sending_and_acceptance(desk, buyer):
    quote = quote_of(desk, buyer)
    sent = desk.change("salesQuote", quote, sentDate=desk.company.log.clock.now())
    assert "Sent" == sent["status"]
    assert "Accepted" == desk.change("salesQuote", sent, acceptedDate=desk.company.today)["status"]
    assert "Sent" == desk.change("salesQuote", sent, acceptedDate=NO_DAY)["status"]


def test_another_customer_brings_other_values(desk, buyer):
    quote = quote_of(desk, buyer)
    other = desk.make("customer", displayName="Shag", currencyCode="EUR")
    changed = desk.change("salesQuote", quote, customerId=other["id"])
    assert ("Shag", "EUR", other["number"]) == (
        changed["customerName"],
        changed["currencyCode"],
        changed["customerNumber"],
    )
    assert changed["billToCustomerId"] == buyer["id"]


@pytest.mark.parametrize(
    ("blocked", "entity", "stops"),
    [
        ("All", "salesQuote", True),
        ("All", "salesCreditMemo", True),
        ("Ship", "salesOrder", True),
        ("Ship", "salesInvoice", False),
        ("Invoice", "salesInvoice", True),
        ("Invoice", "salesCreditMemo", False),
    ],
)
def test_a_blocked_customer_gets_no_document(desk, buyer, blocked, entity, stops):
    desk.change("customer", buyer, blocked=blocked)
    if not stops:
        assert "Cormorant" == desk.make(entity, customerId=buyer["id"])["customerName"]
        return
    with refused(
        f"You cannot create this type of document when Customer {buyer['number']} is blocked with type {blocked}"
    ):
        desk.make(entity, customerId=buyer["id"])


def test_deep_insert_numbers_lines_and_sums_them(desk, buyer):
    quote = quote_of(
        desk,
        buyer,
        line_of(desk, "100.10", "3", discountPercent=Decimal(10)),
        line_of(desk, "9.99", "2", tax="ZERO"),
        {"description": "Thank you"},
    )
    lines = desk.below("salesQuoteLine", quote)
    assert [10000, 20000, 30000] == [line["sequence"] for line in lines]
    assert ["Item", "Item", "Comment"] == [line["lineType"] for line in lines]
    first = lines[0]
    assert ("Block", "PCS", "STANDARD", "100.10") == tuple(
        str(first[name]) for name in ("description", "unitOfMeasureCode", "taxCode", "unitPrice")
    )
    assert (Decimal("30.03"), Decimal("270.27"), Decimal("54.05"), Decimal("324.32"), Decimal(20)) == tuple(
        first[name]
        for name in ("discountAmount", "amountExcludingTax", "totalTaxAmount", "amountIncludingTax", "taxPercent")
    )
    assert (Decimal("290.25"), Decimal("54.05"), Decimal("344.3")) == tuple(
        quote[name] for name in ("totalAmountExcludingTax", "totalTaxAmount", "totalAmountIncludingTax")
    )


def test_a_bad_line_undoes_the_whole_quote(desk, buyer):
    before = len(desk.all("salesQuote"))
    with refused("Item does not exist."):
        quote_of(desk, buyer, line_of(desk), {"itemId": NOWHERE})
    assert before == len(desk.all("salesQuote"))
    assert "1025" == quote_of(desk, buyer)["number"]


def test_line_writes_change_the_totals_and_the_header_etag(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk))
    table = desk.company.tables["salesQuote"]
    etags = {table.etag_of(quote)}
    added = desk.make("salesQuoteLine", quote, **line_of(desk, "50", "2"))
    assert 20000 == added["sequence"]
    for act, total in (
        (lambda: None, 200),
        (lambda: desk.change("salesQuoteLine", added, quantity=Decimal(4)), 300),
        (lambda: desk.drop("salesQuoteLine", added), 100),
    ):
        act()
        now = desk.one("salesQuote", quote["id"])
        assert Decimal(total) == now["totalAmountExcludingTax"]
        etags.add(table.etag_of(now))
    assert 4 == len(etags)


def test_what_a_line_refuses(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk))
    (line,) = desk.below("salesQuoteLine", quote)
    account = desk.code("account", "4200")
    for values, message in (
        ({"itemId": line["itemId"], "accountId": account["id"]}, 'Both "itemId" and "accountId" are specified. '),
        ({"accountId": NOWHERE}, "Account does not exist."),
        ({"lineType": "Item", "lineObjectNumber": "NOTHING"}, "Item does not exist."),
        ({"itemId": line["itemId"], "sequence": 10000}, "You cannot insert a line because a line already exists."),
    ):
        with pytest.raises(BcFault) as caught:
            desk.make("salesQuoteLine", quote, **values)
        assert caught.value.message.startswith(message)
    for values, message in (
        ({"documentId": NOWHERE}, 'The value for "documentId" cannot be modified.'),
        ({"sequence": 5}, "The value for sequence cannot be modified. Delete and insert the line again."),
        ({"lineObjectNumber": "X"}, 'The value for "lineObjectNumber" cannot be modified.'),
    ):
        with refused(message):
            desk.change("salesQuoteLine", line, **values)
    with refused("You must specify an Id or a Document Id to get the lines."):
        desk.all("salesQuoteLine")
    assert [line] == desk.all("salesQuoteLine", documentId=quote["id"])
    assert [line] == desk.all("salesQuoteLine", id=line["id"])


def test_account_lines_need_an_account_to_post_to(desk, buyer):
    made = desk.make("salesQuote", customerId=buyer["id"])
    line = desk.make("salesQuoteLine", made, accountId=desk.code("account", "4200")["id"], quantity=Decimal(1))
    assert ("Account", "4200", "Mooring Fees") == (line["lineType"], line["lineObjectNumber"], line["description"])
    with refused("Direct Posting must be equal to 'Yes' in G/L Account: No.=1310. Current value is 'No'.", FIELD):
        desk.make("salesQuoteLine", made, lineType="Account", lineObjectNumber="1310")
    with pytest.raises(BcFault, match="Account Type must be equal to 'Posting'"):
        desk.make("salesQuoteLine", made, accountId=desk.code("account", "4000")["id"])
    blocked = desk.change("item", desk.item(), blocked=True)
    with refused(f"Blocked must be equal to 'No' in Item: No.={blocked['number']}. Current value is 'Yes'.", FIELD):
        desk.make("salesQuoteLine", made, itemId=blocked["id"])


def test_another_type_or_item_starts_a_line_afresh(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk))
    (line,) = desk.below("salesQuoteLine", quote)
    cleared = desk.change("salesQuoteLine", line, lineType="Account")
    assert (NO_ID, "", Decimal(0)) == (cleared["itemId"], cleared["lineObjectNumber"], cleared["amountExcludingTax"])
    item = desk.item("7")
    filled = desk.change("salesQuoteLine", cleared, itemId=item["id"])
    assert ("Item", item["number"], Decimal(7)) == (
        filled["lineType"],
        filled["lineObjectNumber"],
        filled["amountExcludingTax"],
    )


def test_variants_belong_to_their_item(desk, buyer):
    item = desk.item()
    variant = desk.make("itemVariant", item, code="L", description="Large")
    quote = quote_of(desk, buyer)
    assert (
        variant["id"]
        == desk.make("salesQuoteLine", quote, itemId=item["id"], itemVariantId=variant["id"])["itemVariantId"]
    )
    with pytest.raises(BcFault, match="Item Variant"):
        desk.make("salesQuoteLine", quote, itemId=desk.item()["id"], itemVariantId=variant["id"])


def test_invoice_discount_by_hand_is_spread_kept_and_cleared(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk, "100"), line_of(desk, "50"), discountAmount=Decimal(10))
    assert [Decimal("93.33"), Decimal("46.67")] == [line["netAmount"] for line in desk.below("salesQuoteLine", quote)]
    assert (Decimal(10), Decimal(140), Decimal(28), Decimal(168)) == tuple(
        quote[name]
        for name in ("discountAmount", "totalAmountExcludingTax", "totalTaxAmount", "totalAmountIncludingTax")
    )
    first, second = desk.below("salesQuoteLine", quote)
    desk.change("salesQuoteLine", first, quantity=Decimal(2))
    assert Decimal(10) == desk.one("salesQuote", quote["id"])["discountAmount"]
    desk.drop("salesQuoteLine", second)
    assert Decimal(190) == desk.one("salesQuote", quote["id"])["totalAmountExcludingTax"]
    with refused("The maximum Invoice Discount Amount that you can apply is 200.", FIELD):
        desk.change("salesQuote", quote, discountAmount=Decimal("200.01"))
    assert Decimal(200) == desk.change("salesQuote", quote, discountAmount=Decimal(0))["totalAmountExcludingTax"]


def test_a_customers_own_discount_comes_and_goes_with_the_lines(desk):
    customer = desk.code("customer", "C00020")
    quote = quote_of(desk, customer, line_of(desk, "4000"))
    assert Decimal(0) == quote["discountAmount"]
    added = desk.make("salesQuoteLine", quote, **line_of(desk, "1000"))
    assert Decimal(150) == desk.one("salesQuote", quote["id"])["discountAmount"]
    desk.drop("salesQuoteLine", added)
    assert Decimal(0) == desk.one("salesQuote", quote["id"])["discountAmount"]


def test_a_line_discount_by_amount_gives_its_percentage(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk, "30", "1", discountAmount=Decimal("10.00")))
    (line,) = desk.below("salesQuoteLine", quote)
    assert ("10.00", "33.33333", "20") == tuple(
        str(line[name]) for name in ("discountAmount", "discountPercent", "amountExcludingTax")
    )


def test_foreign_currency_converts_item_prices(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk, "85"), currencyCode="EUR")
    assert Decimal(100) == desk.below("salesQuoteLine", quote)[0]["unitPrice"]
    desk.change("salesQuote", quote, currencyCode="GBP")
    assert Decimal(85) == desk.below("salesQuoteLine", quote)[0]["unitPrice"]


def test_prices_with_tax_keep_the_line_total(desk, buyer):
    order = desk.make(
        "salesOrder",
        customerId=buyer["id"],
        pricesIncludeTax=True,
        salesOrderLines=[line_of(desk, "1", "1", unitPrice=Decimal("19.99"))],
    )
    assert (Decimal("16.66"), Decimal("3.33"), Decimal("19.99")) == tuple(
        order[name] for name in ("totalAmountExcludingTax", "totalTaxAmount", "totalAmountIncludingTax")
    )


def test_entered_digits_of_lines_stay(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk, quantity="1.50000", unitPrice=Decimal("0.00001")))
    (line,) = desk.below("salesQuoteLine", quote)
    assert ("1.50000", "0.00001") == (str(line["quantity"]), str(line["unitPrice"]))


def test_orders_carry_quantities_to_ship_and_close_when_released(desk, buyer):
    order = desk.make("salesOrder", customerId=buyer["id"], salesOrderLines=[line_of(desk, quantity="3")])
    (line,) = desk.below("salesOrderLine", order)
    assert (Decimal(3), Decimal(3), Decimal(0), desk.company.today) == tuple(
        line[name] for name in ("shipQuantity", "invoiceQuantity", "shippedQuantity", "shipmentDate")
    )
    released = next(row for row in desk.all("salesOrder") if row["status"] == "Open")
    with refused(
        f"Status must be equal to 'Open' in Sales Header: Document Type=Order, No.={released['number']}. "
        "Current value is 'Released'.",
        FIELD,
    ):
        desk.make("salesOrderLine", released, description="More")


@pytest.mark.parametrize(
    ("entity", "title"),
    [
        ("salesInvoice", "Sales Invoice"),
        ("salesCreditMemo", "Sales Credit Memo"),
        ("purchaseInvoice", "Purchase Invoice"),
    ],
)
def test_posted_documents_are_closed(desk, entity, title):
    posted = next(row for row in desk.all(entity) if row["status"] != "Draft")
    message = f"The {title} has been posted and can no longer be modified."
    line = desk.below(f"{entity}Line", posted)[0]
    with refused(message):
        desk.make(f"{entity}Line", posted, description="More")
    with refused(message):
        desk.change(f"{entity}Line", line, description="Other")
    with refused(message):
        desk.drop(f"{entity}Line", line)
    with refused(message):
        desk.change(entity, posted, postingDate=desk.company.today)
    with pytest.raises(BcFault, match="Allow Document Deletion Before"):
        desk.drop(entity, posted)


def test_purchases_take_over_the_vendor_and_go_to_our_own_address(desk):
    vendor = desk.make("vendor", displayName="Rope Walk", city="Bridport", country="GB")
    item = desk.item(unitCost=Decimal("12.34"))
    lines = [{"itemId": item["id"], "quantity": Decimal(2)}]
    order = desk.make("purchaseOrder", vendorNumber=vendor["number"], purchaseOrderLines=lines)
    assert ("Rope Walk", "Bridport", "Bridport", "Southampton") == tuple(
        order[name] for name in ("vendorName", "buyFromCity", "payToCity", "shipToCity")
    )
    (line,) = desk.below("purchaseOrderLine", order)
    assert (Decimal("12.34"), Decimal(2), Decimal("4.94")) == (
        line["directUnitCost"],
        line["receiveQuantity"],
        line["totalTaxAmount"],
    )
    invoice = desk.make("purchaseInvoice", vendorId=vendor["id"], vendorInvoiceNumber="77", purchaseInvoiceLines=lines)
    assert desk.company.today + timedelta(days=30) == invoice["dueDate"]
    assert Decimal("29.62") == invoice["totalAmountIncludingTax"]


def test_deleting_a_quote_takes_its_lines_along(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk), shortcutDimension1Code="OCEAN")
    (line,) = desk.below("salesQuoteLine", quote)
    desk.drop("salesQuote", quote)
    assert [] == desk.below("salesQuoteLine", quote)
    assert desk.one("salesQuoteLine", line["id"]) is None
    assert [] == desk.below("dimensionSetLine", quote) + desk.below("dimensionSetLine", line)


def test_dimensions_of_a_quote_reach_its_lines_and_shortcuts(desk, buyer):
    quote = quote_of(desk, buyer, line_of(desk, dimensionSetLines=[{"code": "VESSEL", "valueCode": "FERRY"}]))
    made = desk.make("dimensionSetLine", quote, code="AREA", valueCode="CHANNEL")
    assert ("Sales_x0020_Quote", "Channel") == (made["parentType"], made["valueDisplayName"])
    assert "CHANNEL" == desk.one("salesQuote", quote["id"])["shortcutDimension1Code"]
    (line,) = desk.below("salesQuoteLine", quote)
    assert ["VESSEL"] == [row["code"] for row in desk.below("dimensionSetLine", line)]
    added = desk.make("salesQuoteLine", quote, **line_of(desk))
    assert ["AREA"] == [row["code"] for row in desk.below("dimensionSetLine", added)]
    with pytest.raises(BcFault, match="already exists"):
        desk.make("dimensionSetLine", quote, code="AREA", valueCode="OCEAN")
    with refused('The "code" does not match to a Dimension.'):
        desk.make("dimensionSetLine", quote, code="NONE", valueCode="OCEAN")
    assert "OCEAN" == desk.change("dimensionSetLine", made, valueCode="OCEAN")["valueCode"]
    desk.drop("dimensionSetLine", made)
    assert "" == desk.one("salesQuote", quote["id"])["shortcutDimension1Code"]
