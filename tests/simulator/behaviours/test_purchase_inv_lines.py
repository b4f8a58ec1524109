"""Lines of purchase invoices: read, added, changed and deleted, with the discount of their document."""

import pytest
from http_desk import HttpDesk
from line_sets import LineSet


@pytest.fixture
def lines(desk: HttpDesk) -> LineSet:
    return LineSet(desk, "purchaseInvoices")


def test_PurchaseInvLines__TestGetInvoiceLineDirectly(lines):
    lines.are_read_directly()


def test_PurchaseInvLines__TestGetInvoiceLines(lines):
    lines.are_read_below_their_document()


def test_PurchaseInvLines__TestGetInvoiceLinesDirectlyWithDocumentIdFilter(lines):
    lines.are_read_by_document_filter()


def test_PurchaseInvLines__TestGetPostedInvoiceLines(lines):
    lines.of_posted_documents_are_read()


def test_PurchaseInvLines__TestPostInvoiceLines(lines):
    lines.are_added()


def test_PurchaseInvLines__TestPostInvoiceLineWithSequence(lines):
    lines.take_a_free_sequence()


def test_PurchaseInvLines__TestModifyInvoiceLines(lines):
    lines.are_changed()


def test_PurchaseInvLines__TestModifyInvoiceLineFailsOnSequenceIdOrDocumentIdChange(lines):
    lines.keep_their_place()


def test_PurchaseInvLines__TestDeleteInvoiceLine(lines):
    lines.are_deleted()


def test_PurchaseInvLines__TestDeletePostedInvoiceLine(lines):
    lines.of_posted_documents_stay()


def test_PurchaseInvLines__TestCreateLineThroughPageAndAPI(lines):
    lines.are_the_same_by_every_way()


def test_PurchaseInvLines__TestInsertingLineUpdatesInvoiceDiscountPct(lines):
    lines.raise_the_discount_when_added()


def test_PurchaseInvLines__TestModifyingLineUpdatesInvoiceDiscountPct(lines):
    lines.raise_the_discount_when_changed()


def test_PurchaseInvLines__TestDeletingLineRemovesInvoiceDiscountPct(lines):
    lines.end_the_discount_when_deleted()


def test_PurchaseInvLines__TestInsertingLineKeepsInvoiceDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_added()


def test_PurchaseInvLines__TestPostingBlankLineDefaultsToCommentType(lines):
    lines.without_anything_are_comments()


def test_PurchaseInvLines__TestPostingCommentLine(lines):
    lines.of_type_comment_are_comments()


def test_PurchaseInvLines__TestPatchingTheTypeBlanksIds(lines):
    lines.lose_their_item_with_their_type()


def test_PurchaseInvLines__TestPostInvoiceLinesWithItemVariant(lines):
    lines.take_a_variant_of_their_item()


def test_PurchaseInvLines__TestPostInvoiceLinesWithWrongItemVariant(lines):
    lines.refuse_a_variant_of_another_item()
