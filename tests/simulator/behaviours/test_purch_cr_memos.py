"""Purchase credit memos: made, changed, deleted, posted."""

import pytest
from document_sets import DocumentSet
from http_desk import HttpDesk


@pytest.fixture
def memos(desk: HttpDesk) -> DocumentSet:
    return DocumentSet(desk, "purchaseCreditMemos")


def test_PurchCrMemos__TestGetCreditMemos(memos):
    memos.are_listed(posted=True)


def test_PurchCrMemos__TestPostCreditMemos(memos):
    memos.are_made_with_an_address()


def test_PurchCrMemos__TestPostCreditMemoWithCurrency(memos):
    memos.are_made_in_a_currency()


def test_PurchCrMemos__TestEmptyModifyCreditMemos(memos):
    memos.are_emptied()


def test_PurchCrMemos__TestPartialModifyCreditMemos(memos):
    memos.are_changed_in_part()


def test_PurchCrMemos__TestDeleteCreditMemo(memos):
    memos.are_deleted_whole()


def test_PurchCrMemos__TestCreateCreditMemoThroughPageAndAPI(memos):
    memos.are_the_same_by_every_document_way()


def test_PurchCrMemos__TestModifyCreditMemoSetManualDiscount(memos):
    memos.take_an_agreed_discount()


def test_PurchCrMemos__TestClearingManualDiscounts(memos):
    memos.lose_an_agreed_discount()


def test_PurchCrMemos__TestPostCreditMemoWithVendorCreditMemoNo(memos):
    made = memos.document(memos.line_of(), vendorCreditMemoNumber="CM-9")
    posted = memos.act(made, "post")

    assert ["CM-9", "CM-9"] == [row["vendorCreditMemoNumber"] for row in (made, posted)]
    assert made["id"] == posted["id"] == memos.desk.one(memos.kind, "vendorCreditMemoNumber eq 'CM-9'")["id"]


def test_PurchCrMemos__TestActionPostCreditMemo(memos):
    posted = memos.make_posted()

    assert "Open" == posted["status"]
    assert -144 == memos.balance()
    assert -2 == memos.desk.get(f"items({memos.item['id']})")["inventory"]
    amounts = {
        row["accountNumber"]: row["debitAmount"] - row["creditAmount"] for row in memos.entries_of(posted["number"])
    }
    assert {"1210": -120, "2230": -24, "2110": 144} == amounts
    assert "draft credit memo only" in memos.refuse(posted, "post")
    assert "at least one line" in memos.refuse(memos.document(), "post")


def test_PurchCrMemos__TestActionCancelNonCorrectiveCreditMemo(memos):
    posted = memos.make_posted()

    assert "Canceling the credit memo failed" in memos.refuse(posted, "cancel")
    assert "posted credit memo only" in memos.refuse(memos.document(memos.line_of()), "cancel")
    assert -144 == memos.balance()


def test_PurchCrMemos__TestActionCancelCorrectiveCreditMemo(memos):
    # Purchase invoices are canceled on pages alone; the demo company has one that was.
    memo = memos.desk.one("purchaseCreditMemos", "status eq 'Corrective'")
    invoice = f"purchaseInvoices({memo['invoiceId']})"
    assert "Canceled" == memos.desk.get(invoice)["status"]
    before = memos.desk.get(f"vendors({memo['payToVendorId']})")["balance"]

    assert "Canceled" == memos.act(memo, "cancel")["status"]
    assert "Open" == memos.desk.get(invoice)["status"]
    (undo,) = memos.desk.rows("purchaseInvoices?$filter=status eq 'Corrective'")
    assert memo["totalAmountIncludingTax"] == undo["totalAmountIncludingTax"]
    after = memos.desk.get(f"vendors({memo['payToVendorId']})")["balance"]
    owed = memos.entries_of(undo["number"])
    payables = sum(row["creditAmount"] - row["debitAmount"] for row in owed if row["accountNumber"] in {"2110", "2120"})
    assert after - before == payables
    assert "already been canceled" in memos.refuse(memo, "cancel")
