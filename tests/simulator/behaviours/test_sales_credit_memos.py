"""Sales credit memos: made, changed, posted, mailed, canceled."""

import pytest
from document_sets import DocumentSet
from http_desk import HttpDesk


@pytest.fixture
def memos(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "salesCreditMemos")


def test_SalesCreditMemos__TestGetCreditMemos(memos):
    memos.are_listed(posted=True)


def test_SalesCreditMemos__TestPostCreditMemoWithCurrency(memos):
    memos.are_made_in_a_currency()


def test_SalesCreditMemos__TestModifyCreditMemos(memos):
    memos.are_changed_everywhere()


def test_SalesCreditMemos__TestEmptyModifyCreditMemos(memos):
    memos.are_emptied()


def test_SalesCreditMemos__TestPartialModifyCreditMemos(memos):
    memos.are_changed_in_part()


def test_SalesCreditMemos__TestDeleteCreditMemo(memos):
    memos.are_deleted_whole()


def test_SalesCreditMemos__TestGetCreditMemosAppliesDiscountPct(memos):
    memos.show_the_partners_discount()


def test_SalesCreditMemos__TestGetCreditMemosRedistributesDiscountAmt(memos):
    memos.spread_the_agreed_discount()


def test_SalesCreditMemos__TestModifyCreditMemoSetManualDiscount(memos):
    memos.take_an_agreed_discount()


def test_SalesCreditMemos__TestClearingManualDiscounts(memos):
    memos.lose_an_agreed_discount()


@pytest.fixture
def corrective(memos):
    """A posted invoice that was canceled, and the credit memo that did it."""
    invoices = DocumentSet(memos.desk, "salesInvoices")
    invoice = invoices.make_posted(email="buyer@gannet.example")
    invoices.run(invoice, "cancel")
    memo = memos.desk.one("salesCreditMemos", f"invoiceId eq {invoice['id']}")
    assert "Corrective" == memo["status"]
    return invoices, invoice, memo


def test_SalesCreditMemos__TestActionPostCreditMemo(memos):
    memo = memos.document(memos.line_of(), email="buyer@gannet.example")
    posted = memos.act(memo, "post")

    assert ("Open", "buyer@gannet.example", memo["id"]) == (posted["status"], posted["email"], posted["id"])
    assert memo["number"] != posted["number"]
    assert -240 == memos.balance()
    assert 2 == memos.desk.get(f"items({memos.item['id']})")["inventory"]
    assert memos.entries_of(posted["number"])
    assert "draft credit memo only" in memos.refuse(posted, "post")
    assert "at least one line" in memos.refuse(memos.document(), "post")


def test_SalesCreditMemos__TestActionPostAndSendCreditMemo(memos):
    memo = memos.document(memos.line_of(), email="buyer@gannet.example")
    before = memos.mails()

    assert "Open" == memos.act(memo, "postAndSend")["status"]
    assert before + 1 == memos.mails()
    unsent = memos.document(memos.line_of())
    assert "email is empty" in memos.refuse(unsent, "postAndSend")
    assert -240 == memos.balance()


def test_SalesCreditMemos__TestActionCancelNonCorrectiveCreditMemo(memos):
    posted = memos.make_posted()

    assert "Canceling the credit memo failed" in memos.refuse(posted, "cancel")
    assert "posted credit memo only" in memos.refuse(memos.document(memos.line_of()), "cancel")
    assert -240 == memos.balance()


def test_SalesCreditMemos__TestActionCancelCorrectiveCreditMemo(memos, corrective):
    invoices, invoice, memo = corrective

    assert "Canceled" == memos.act(memo, "cancel")["status"]
    assert "Open" == invoices.head(invoice)["status"]
    assert 240 == invoices.head(invoice)["remainingAmount"]
    (undo,) = memos.desk.rows("salesInvoices?$filter=status eq 'Corrective'")
    assert 240 == undo["totalAmountIncludingTax"]
    assert "already been canceled" in memos.refuse(memo, "cancel")


def test_SalesCreditMemos__TestActionCancelAndSendCorrectiveCreditMemo(memos, corrective):
    _, _, memo = corrective
    before = memos.mails()

    assert "Canceled" == memos.act(memo, "cancelAndSend")["status"]
    assert before + 1 == memos.mails()


def test_SalesCreditMemos__TestActionSendDraftCreditMemo(memos):
    memo = memos.document(memos.line_of(), email="buyer@gannet.example")
    before = memos.mails()

    assert "posted credit memo only" in memos.refuse(memo, "send")
    assert before == memos.mails()


def test_SalesCreditMemos__TestActionSendCancelledCreditMemo(memos, corrective):
    _, _, memo = corrective
    memos.run(memo, "cancel")
    before = memos.mails()

    assert "Canceled" == memos.act(memo, "send")["status"]
    assert before + 1 == memos.mails()
