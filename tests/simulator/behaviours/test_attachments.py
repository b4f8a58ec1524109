"""Attachments: files that hang on documents, journal lines and entries."""

import pytest
from files import FIRST, SECOND, Files, Place, draft_place, first_place, journal_line_place, posted_place
from papers import draft


@pytest.fixture
def files(desk) -> Files:
    return Files(desk)


def stays_with(files: Files, place: Place, entry: dict[str, str]) -> None:
    found = files.of(place)["terms.txt"]

    assert (entry["id"], place.id, place.parent_type) == tuple(found[name] for name in ("id", "parentId", "parentType"))
    assert FIRST == files.content(found)


def test_Attachments__TestGetJournalLineAttachments(files):
    files.lists_two(journal_line_place(files.desk))


def test_Attachments__TestGetGLEntryAttachments(files):
    files.lists_two(first_place(files.desk, "generalLedgerEntries", "_x0020_"))


def test_Attachments__TestGetPostedInvoiceAttachments(files):
    files.lists_two(posted_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_Attachments__TestGetDraftInvoiceAttachments(files):
    files.lists_two(draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_Attachments__TestGetDraftOrderAttachments(files):
    files.lists_two(draft_place(files.desk, "salesOrders", "Sales_x0020_Order"))


def test_Attachments__TestGetPostedPurchaseInvoiceAttachments(files):
    files.lists_two(posted_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_Attachments__TestGetDraftPurchaseInvoiceAttachments(files):
    files.lists_two(draft_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_Attachments__TestGetQuoteAttachments(files):
    files.lists_two(draft_place(files.desk, "salesQuotes", "Sales_x0020_Quote"))


def test_Attachments__TestGetJournalLineAttachment(files):
    files.reads_one(journal_line_place(files.desk))


def test_Attachments__TestGetJournalAttachment(files):
    files.lists_two(journal_line_place(files.desk))


def test_Attachments__TestGetGLEntryAttachment(files):
    files.reads_one(first_place(files.desk, "generalLedgerEntries", "_x0020_"))


def test_Attachments__TestGetPostedInvoiceAttachment(files):
    files.reads_one(posted_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_Attachments__TestGetDraftInvoiceAttachment(files):
    files.reads_one(draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_Attachments__TestGetDraftOrderAttachment(files):
    files.reads_one(draft_place(files.desk, "salesOrders", "Sales_x0020_Order"))


def test_Attachments__TestGetQuoteAttachment(files):
    files.reads_one(draft_place(files.desk, "salesQuotes", "Sales_x0020_Quote"))


def test_Attachments__TestGetDraftPurchaseOrderAttachments(files):
    files.lists_two(draft_place(files.desk, "purchaseOrders", "Purchase_x0020_Order"))


def test_Attachments__TestUpdateGenJournalLineAttachmentBinaryContent(files):
    files.updates_content(journal_line_place(files.desk))


def test_Attachments__TestCreateJournalLineAttachment(files):
    files.creates(journal_line_place(files.desk))


def test_Attachments__TestCreateGLEntryAttachment(files):
    files.creates(first_place(files.desk, "generalLedgerEntries", "_x0020_"))


def test_Attachments__TestCreatePostedInvoiceAttachment(files):
    files.creates(posted_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_Attachments__TestCreateDraftInvoiceAttachment(files):
    files.creates(draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_Attachments__TestCreateDraftOrderAttachment(files):
    files.creates(draft_place(files.desk, "salesOrders", "Sales_x0020_Order"))


def test_Attachments__TestCreatePostedPurchaseInvoiceAttachment(files):
    files.creates(posted_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_Attachments__TestCreateDraftPurchaseInvoiceAttachment(files):
    files.creates(draft_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_Attachments__TestCreateQuoteAttachment(files):
    files.creates(draft_place(files.desk, "salesQuotes", "Sales_x0020_Quote"))


def test_Attachments__TestDeleteJournalLineAttachment(files):
    files.deletes(journal_line_place(files.desk))


def test_Attachments__TestDeleteGLEntryAttachment(files):
    files.deletes(first_place(files.desk, "generalLedgerEntries", "_x0020_"))


def test_Attachments__TestDeletePostedInvoiceAttachment(files):
    files.deletes(posted_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_Attachments__TestDeleteDraftInvoiceAttachment(files):
    files.deletes(draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_Attachments__TestDeletePostedPurchaseInvoiceAttachment(files):
    files.deletes(posted_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_Attachments__TestDeleteDraftPurchaseInvoiceAttachment(files):
    files.deletes(draft_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_Attachments__TestDeleteQuoteAttachment(files):
    files.deletes(draft_place(files.desk, "salesQuotes", "Sales_x0020_Quote"))


def test_Attachments__TestTransferAttachmentFromDraftToPostedInvoice(files):
    desk, place = files.desk, draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice")
    made = files.add(place, "terms.txt", FIRST)
    desk.run(f"{place.url}/Microsoft.NAV.post")

    assert "Open" == desk.get(place.url)["status"]
    stays_with(files, place, made)


def test_Attachments__TestTransferAttachmentFromDraftToPostedPurchaseInvoice(files):
    desk = files.desk
    place = Place(draft(desk, "purchaseInvoices", vendorInvoiceNumber="HL-77").url, "Purchase_x0020_Invoice")
    made = files.add(place, "terms.txt", FIRST)
    desk.run(f"{place.url}/Microsoft.NAV.post")

    assert "Open" == desk.get(place.url)["status"]
    stays_with(files, place, made)


def test_Attachments__TestLinkedAttachmentFileNameChangeKeepsOtherFieldsUnchanged(files):
    place = draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice")
    made = files.add(place, "terms.txt", FIRST)
    changed = files.desk.change(files.url(made), fileName="agreed terms.txt")

    assert "agreed terms.txt" == changed["fileName"]
    for name in ("id", "parentId", "parentType", "byteSize"):
        assert made[name] == changed[name]
    assert FIRST == files.content(changed)
    assert made["id"] == files.of(place)["agreed terms.txt"]["id"]


def test_Attachments__TestLinkedAttachmentContentChangeKeepsOtherFieldsUnchanged(files):
    place = draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice")
    made = files.add(place, "terms.txt", FIRST)
    files.desk.upload(f"{files.url(made)}/attachmentContent", SECOND)
    found = files.of(place)["terms.txt"]

    for name in ("id", "fileName", "parentId", "parentType"):
        assert made[name] == found[name]
    assert SECOND == files.content(found)


def test_Attachments__TestLinkedAttachmentDocumentIdChangeNotAllowed(files):
    place = draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice")
    other = draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice")
    made = files.add(place, "terms.txt", FIRST)
    message = files.desk.refused("PATCH", files.url(made), {"parentId": other.id}, status=400)

    assert "You cannot change the value of the key field parentId." == message
    assert [made["id"]] == [row["id"] for row in files.of(place).values()]
    assert {} == files.of(other)


def test_Attachments__TestGetPostedPurchaseCreditMemoAttachments(files):
    files.lists_two(posted_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_Attachments__TestGetDraftPurchaseCreditMemoAttachments(files):
    files.lists_two(draft_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_Attachments__TestCreatePostedPurchaseCreditMemoAttachment(files):
    files.creates(posted_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_Attachments__TestCreateDraftPurchaseCreditMemoAttachment(files):
    files.creates(draft_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_Attachments__TestDeletePostedPurchaseCreditMemoAttachment(files):
    files.deletes(posted_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_Attachments__TestDeleteDraftPurchaseCreditMemoAttachment(files):
    files.deletes(draft_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_Attachments__TestTransferAttachmentFromDraftToPostedPurchaseCreditMemo(files):
    desk = files.desk
    memo = draft(desk, "purchaseCreditMemos", vendorCreditMemoNumber="HL-C7")
    place = Place(memo.url, "Purchase_x0020_Credit_x0020_Memo")
    made = files.add(place, "terms.txt", FIRST)
    desk.run(f"{place.url}/Microsoft.NAV.post")

    assert "Open" == desk.get(place.url)["status"]
    stays_with(files, place, made)
