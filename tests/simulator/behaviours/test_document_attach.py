"""Document attachments: files that hang on documents and on masters."""

import pytest
from files import Files, draft_place, first_place, posted_place


@pytest.fixture
def files(desk) -> Files:
    return Files(desk, "documentAttachments")


def test_DocumentAttach__TestGetCustomerAttachments(files):
    files.lists_two(first_place(files.desk, "customers", "Customer"))


def test_DocumentAttach__TestGetItemAttachments(files):
    files.lists_two(first_place(files.desk, "items", "Item"))


def test_DocumentAttach__TestGetEmployeeAttachments(files):
    files.lists_two(first_place(files.desk, "employees", "Employee"))


def test_DocumentAttach__TestGetJobAttachments(files):
    files.lists_two(first_place(files.desk, "projects", "Job"))


def test_DocumentAttach__TestGetVendorAttachments(files):
    files.lists_two(first_place(files.desk, "vendors", "Vendor"))


def test_DocumentAttach__TestGetPostedInvoiceAttachments(files):
    files.lists_two(posted_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_DocumentAttach__TestGetDraftInvoiceAttachments(files):
    files.lists_two(draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_DocumentAttach__TestGetPostedPurchaseInvoiceAttachments(files):
    files.lists_two(posted_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_DocumentAttach__TestGetDraftPurchaseInvoiceAttachments(files):
    files.lists_two(draft_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_DocumentAttach__TestGetQuoteAttachments(files):
    files.lists_two(draft_place(files.desk, "salesQuotes", "Sales_x0020_Quote"))


def test_DocumentAttach__TestGetPostedInvoiceAttachment(files):
    files.reads_one(posted_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_DocumentAttach__TestGetDraftInvoiceAttachment(files):
    files.reads_one(draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_DocumentAttach__TestGetDraftOrderAttachment(files):
    files.reads_one(draft_place(files.desk, "salesOrders", "Sales_x0020_Order"))


def test_DocumentAttach__TestGetQuoteAttachment(files):
    files.reads_one(draft_place(files.desk, "salesQuotes", "Sales_x0020_Quote"))


def test_DocumentAttach__TestGetDraftPurchaseOrderAttachments(files):
    files.lists_two(draft_place(files.desk, "purchaseOrders", "Purchase_x0020_Order"))


def test_DocumentAttach__TestUpdateCustomerAttachmentBinaryContent(files):
    files.updates_content(first_place(files.desk, "customers", "Customer"))


def test_DocumentAttach__TestCreateCustomerAttachment(files):
    files.creates(first_place(files.desk, "customers", "Customer"))


def test_DocumentAttach__TestCreateVendorAttachment(files):
    files.creates(first_place(files.desk, "vendors", "Vendor"))


def test_DocumentAttach__TestCreateDraftInvoiceAttachment(files):
    files.creates(draft_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_DocumentAttach__TestCreateDraftOrderAttachment(files):
    files.creates(draft_place(files.desk, "salesOrders", "Sales_x0020_Order"))


def test_DocumentAttach__TestCreatePostedPurchaseInvoiceAttachment(files):
    files.creates(posted_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_DocumentAttach__TestCreateDraftPurchaseOrderAttachment(files):
    files.creates(draft_place(files.desk, "purchaseOrders", "Purchase_x0020_Order"))


def test_DocumentAttach__TestCreateQuoteAttachment(files):
    files.creates(draft_place(files.desk, "salesQuotes", "Sales_x0020_Quote"))


def test_DocumentAttach__TestDeleteVendorAttachment(files):
    files.deletes(first_place(files.desk, "vendors", "Vendor"))


def test_DocumentAttach__TestDeleteEmployeeAttachment(files):
    files.deletes(first_place(files.desk, "employees", "Employee"))


def test_DocumentAttach__TestDeleteJobAttachment(files):
    files.deletes(first_place(files.desk, "projects", "Job"))


def test_DocumentAttach__TestDeletePostedInvoiceAttachment(files):
    files.deletes(posted_place(files.desk, "salesInvoices", "Sales_x0020_Invoice"))


def test_DocumentAttach__TestDeletePostedPurchaseInvoiceAttachment(files):
    files.deletes(posted_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_DocumentAttach__TestDeleteDraftPurchaseInvoiceAttachment(files):
    files.deletes(draft_place(files.desk, "purchaseInvoices", "Purchase_x0020_Invoice"))


def test_DocumentAttach__TestDeleteQuoteAttachment(files):
    files.deletes(draft_place(files.desk, "salesQuotes", "Sales_x0020_Quote"))


def test_DocumentAttach__TestGetDraftPurchaseCreditMemoAttachments(files):
    files.lists_two(draft_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_DocumentAttach__TestGetPostedPurchaseCreditMemoAttachments(files):
    files.lists_two(posted_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_DocumentAttach__TestCreateDraftPurchaseCreditMemoAttachment(files):
    files.creates(draft_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_DocumentAttach__TestCreatePostedPurchaseCreditMemoAttachment(files):
    files.creates(posted_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_DocumentAttach__TestDeleteDraftPurchaseCreditMemoAttachment(files):
    files.deletes(draft_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))


def test_DocumentAttach__TestDeletePostedPurchaseCreditMemoAttachment(files):
    files.deletes(posted_place(files.desk, "purchaseCreditMemos", "Purchase_x0020_Credit_x0020_Memo"))
