"""Sales invoices: made, changed, posted, mailed, canceled, corrected."""

import pytest
from document_sets import DocumentSet
from http_desk import NO_ID, HttpDesk


@pytest.fixture
def invoices(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "salesInvoices")


def test_SalesInvoices__TestGetInvoices(invoices):
    invoices.are_listed(posted=True)


def test_SalesInvoices__TestPostInvoices(invoices):
    invoices.are_made_with_an_address()


def test_SalesInvoices__TestPostInvoiceWithCurrency(invoices):
    invoices.are_made_in_a_currency()


def test_SalesInvoices__TestModifyInvoices(invoices):
    invoices.are_changed_everywhere()


def test_SalesInvoices__TestEmptyModifyInvoices(invoices):
    invoices.are_emptied()


def test_SalesInvoices__TestPartialModifyInvoices(invoices):
    invoices.are_changed_in_part()


def test_SalesInvoices__TestDeleteInvoice(invoices):
    invoices.are_deleted_whole()


def test_SalesInvoices__TestCreateInvoiceThroughPageAndAPI(invoices):
    invoices.are_the_same_by_every_document_way()


def test_SalesInvoices__TestGetInvoicesAppliesDiscountPct(invoices):
    invoices.show_the_partners_discount()


def test_SalesInvoices__TestGetInvoicesRedistributesDiscountAmt(invoices):
    invoices.spread_the_agreed_discount()


def test_SalesInvoices__TestPostInvoiceFailsWithoutCustomerNoOrId(invoices):
    invoices.need_a_partner()


MAIL = "buyer@gannet.example"


def test_SalesInvoices__TestGetInvoiceFromPostedOrderCorrectOrderIdAndNo(invoices):
    orders = DocumentSet(invoices.desk, "salesOrders")
    order = orders.document(orders.line_of())
    orders.run(order, "shipAndInvoice")

    (invoice,) = invoices.desk.rows(f"salesInvoices?$filter=orderNumber eq '{order['number']}'")
    assert (order["id"], order["number"]) == (invoice["orderId"], invoice["orderNumber"])
    assert NO_ID == invoices.document()["orderId"]


def test_SalesInvoices__TestPostInvoiceWithEmail(invoices):
    made = invoices.document(invoices.line_of(), email=MAIL)

    assert MAIL == made["email"] == invoices.act(made, "post")["email"]


def test_SalesInvoices__TestPostInvoiceWithDates(invoices):
    dates = {"invoiceDate": "2026-03-02", "dueDate": "2026-05-17", "postingDate": "2026-03-04"}
    made = invoices.document(**dates)

    assert dates.items() <= invoices.head(made).items()


def test_SalesInvoices__TestModifyingWithBlankIdEmptiesTheCodeAndTheId(invoices):
    ids = {
        "currencyId": invoices.desk.one("currencies", "code eq 'EUR'")["id"],
        "paymentTermsId": invoices.desk.one("paymentTerms", "code eq '14D'")["id"],
        "shipmentMethodId": invoices.desk.one("shipmentMethods", "code eq 'FOB'")["id"],
    }
    made = invoices.document(**ids)
    assert ids.items() <= made.items()
    assert "EUR" == made["currencyCode"]

    emptied = invoices.desk.change(invoices.url(made), **dict.fromkeys(ids, NO_ID))
    assert dict.fromkeys(ids, NO_ID).items() <= emptied.items()
    assert "GBP" == emptied["currencyCode"]


def test_SalesInvoices__TestModifyInvoiceNumberForDraftInvoice(invoices):
    made = invoices.document()

    assert "read-only" in invoices.desk.refused("PATCH", invoices.url(made), {"number": "OWN-1"})
    assert made["number"] == invoices.head(made)["number"]


def test_SalesInvoices__TestActionPostInvoice(invoices):
    made = invoices.document(invoices.line_of(), email=MAIL)
    posted = invoices.act(made, "post")

    assert ("Open", made["id"], MAIL, 240) == tuple(
        posted[name] for name in ("status", "id", "email", "remainingAmount")
    )
    assert made["number"] != posted["number"]
    assert 240 == invoices.balance()
    amounts = {
        row["accountNumber"]: row["debitAmount"] - row["creditAmount"] for row in invoices.entries_of(posted["number"])
    }
    assert {"4010": -200, "2210": -40, "1310": 240, "1210": -120, "5010": 120} == amounts
    assert "draft invoice only" in invoices.refuse(posted, "post")
    assert "nothing to post" in invoices.refuse(invoices.document(), "post")


def test_SalesInvoices__TestActionPostAndSendInvoice(invoices):
    made = invoices.document(invoices.line_of(), email=MAIL)
    before = invoices.mails()

    assert "Open" == invoices.act(made, "postAndSend")["status"]
    assert before + 1 == invoices.mails()
    assert "email is empty" in invoices.refuse(invoices.document(invoices.line_of()), "postAndSend")
    assert 240 == invoices.balance()


def test_SalesInvoices__TestActionCancelAndSendInvoice(invoices):
    posted = invoices.make_posted(email=MAIL)
    before = invoices.mails()
    canceled = invoices.act(posted, "cancelAndSend")

    assert ("Canceled", 0) == (canceled["status"], canceled["remainingAmount"])
    assert 0 == invoices.balance()
    memo = invoices.desk.one("salesCreditMemos", f"invoiceId eq {posted['id']}")
    assert ("Corrective", 240, posted["number"]) == tuple(
        memo[name] for name in ("status", "totalAmountIncludingTax", "invoiceNumber")
    )
    assert invoices.entries_of(memo["number"])
    assert before + 1 == invoices.mails()
    assert "already been canceled" in invoices.refuse(canceled, "cancelAndSend")
    assert "posted invoice only" in invoices.refuse(invoices.document(invoices.line_of()), "cancelAndSend")


@pytest.mark.parametrize(("lead", "status"), [((), "Draft")])
def test_SalesInvoices__TestActionSendDraftInvoice(invoices, lead, status):
    is_mailed(invoices, lead, status)


@pytest.mark.parametrize(("lead", "status"), [(("post",), "Open")])
def test_SalesInvoices__TestActionSendPostedInvoice(invoices, lead, status):
    is_mailed(invoices, lead, status)


@pytest.mark.parametrize(("lead", "status"), [(("post", "cancel"), "Canceled")])
def test_SalesInvoices__TestActionSendCancelledInvoice(invoices, lead, status):
    is_mailed(invoices, lead, status)


def is_mailed(invoices: DocumentSet, lead: tuple[str, ...], status: str) -> None:
    """After these actions the invoice has this status, keeps it when it is mailed, and a job waits."""
    made = invoices.document(invoices.line_of(), email=MAIL)
    for action in lead:
        invoices.run(made, action)
    before = invoices.mails()

    assert status == invoices.act(made, "send")["status"]
    assert before + 1 == invoices.mails()


def test_SalesInvoices__TestActionMakeCorrectiveCreditMemo(invoices):
    posted = invoices.make_posted(email=MAIL)
    answer = invoices.run(posted, "makeCorrectiveCreditMemo")
    memo = invoices.desk.get(answer.headers["location"])

    assert ("Draft", posted["id"], posted["number"], 240, "") == tuple(
        memo[name] for name in ("status", "invoiceId", "invoiceNumber", "totalAmountIncludingTax", "email")
    )
    assert (240, "Open") == (invoices.balance(), invoices.head(posted)["status"])
    memos = DocumentSet(invoices.desk, "salesCreditMemos")
    assert "Paid" == memos.act(memo, "post")["status"]
    assert (0, "Paid") == (invoices.balance(), invoices.head(posted)["status"])
    assert "closed" in invoices.refuse(posted, "makeCorrectiveCreditMemo")


def test_SalesInvoices__TestGetSalesInvoiceFromDraftId(invoices):
    draft = invoices.document(invoices.line_of())
    posted = invoices.act(draft, "post")

    assert draft["id"] == posted["id"] == invoices.desk.one("salesInvoices", f"number eq '{posted['number']}'")["id"]
    assert [] == invoices.desk.rows(f"salesInvoices?$filter=number eq '{draft['number']}'")
