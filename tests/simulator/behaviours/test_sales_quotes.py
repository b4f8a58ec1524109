"""Sales quotes: made, changed, mailed, and turned into orders and invoices."""

import pytest
from document_sets import DocumentSet
from http_desk import HttpDesk


@pytest.fixture
def quotes(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "salesQuotes")


def test_SalesQuotes__TestGetQuotes(quotes):
    quotes.are_listed(posted=False)


def test_SalesQuotes__TestPostQuotes(quotes):
    quotes.are_made_with_an_address()


def test_SalesQuotes__TestPostQuoteWithCurrency(quotes):
    quotes.are_made_in_a_currency()


def test_SalesQuotes__TestModifyQuotes(quotes):
    quotes.are_changed_everywhere()


def test_SalesQuotes__TestEmptyModifyQuotes(quotes):
    quotes.are_emptied()


def test_SalesQuotes__TestPartialModifyQuotes(quotes):
    quotes.are_changed_in_part()


def test_SalesQuotes__TestDeleteQuotes(quotes):
    quotes.are_deleted_whole()


def test_SalesQuotes__TestCreateQuoteThroughPageAndAPI(quotes):
    quotes.are_the_same_by_every_document_way()


def test_SalesQuotes__TestGetQuotesRedistributesDiscountAmt(quotes):
    quotes.spread_the_agreed_discount()


def test_SalesQuotes__TestModifyQuoteSetManualDiscount(quotes):
    quotes.take_an_agreed_discount()


def test_SalesQuotes__TestClearingManualDiscounts(quotes):
    quotes.lose_an_agreed_discount()


def test_SalesQuotes__TestActionSendQuote(quotes):
    quote = quotes.document(quotes.line_of(), email="buyer@gannet.example")
    before = quotes.mails()
    sent = quotes.act(quote, "send")

    assert ("Draft", "Sent") == (quote["status"], sent["status"])
    assert "0001" < sent["sentDate"][:4]
    assert before + 1 == quotes.mails()
    assert "email is empty" in quotes.refuse(quotes.document(quotes.line_of()), "send")


@pytest.mark.parametrize("action", ["makeInvoice"])
def test_SalesQuotes__TestActionMakeInvoiceFromQuote(quotes, action):
    becomes(quotes, action, "salesInvoices")


@pytest.mark.parametrize("action", ["makeOrder", "MAKEORDER"])
def test_SalesQuotes__TestActionMakeOrderFromQuote(quotes, action):
    becomes(quotes, action, "salesOrders")


def becomes(quotes: DocumentSet, action: str, kind: str) -> None:
    """The quote is gone, and what the answer points at has its partner, lines and total."""
    quote = quotes.document(quotes.line_of(3), discountAmount=40, email="buyer@gannet.example")
    answer = quotes.run(quote, action)

    assert 404 == quotes.desk.send("GET", quotes.url(quote)).status_code
    made = quotes.desk.get(answer.headers["location"])
    assert f"/{kind}({made['id']})" in answer.headers["location"]
    same = ("customerNumber", "totalAmountIncludingTax", "discountAmount", "currencyCode")
    assert [quote[name] for name in same] == [made[name] for name in same]
    assert "Draft" == made["status"]
    lines = quotes.desk.rows(f"{kind}({made['id']})/{kind[:-1]}Lines")
    assert [(quotes.item["id"], 3, 260)] == [(row["itemId"], row["quantity"], row["netAmount"]) for row in lines]
