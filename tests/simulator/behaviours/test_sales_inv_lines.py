"""Lines of sales invoices: read, added, changed and deleted, with the discount of their document."""

import pytest
from http_desk import HttpDesk
from line_sets import LineSet


@pytest.fixture
def lines(desk: HttpDesk) -> LineSet:
    return LineSet(desk, "salesInvoices")


def test_SalesInvLines__TestFailsOnIDAbsense(lines):
    lines.need_a_document()


def test_SalesInvLines__TestGetInvoiceLines(lines):
    lines.are_read_below_their_document()


def test_SalesInvLines__TestGetInvoiceLinesDirectlyWithDocumentIdFilter(lines):
    lines.are_read_by_document_filter()


def test_SalesInvLines__TestGetPostedInvoiceLines(lines):
    lines.of_posted_documents_are_read()


def test_SalesInvLines__TestPostInvoiceLines(lines):
    lines.are_added()


def test_SalesInvLines__TestPostInvoiceLineWithSequence(lines):
    lines.take_a_free_sequence()


def test_SalesInvLines__TestPostInvoiceLinesWithUoM(lines):
    lines.take_a_unit_by_id_or_code()


def test_SalesInvLines__TestModifyInvoiceLine(lines):
    lines.are_changed()


def test_SalesInvLines__TestModifyInvoiceLineFailsOnSequenceIdOrDocumentIdChange(lines):
    lines.keep_their_place()


def test_SalesInvLines__TestModifyInvoiceLineWithUoM(lines):
    lines.change_their_unit()


def test_SalesInvLines__TestDeleteInvoiceLine(lines):
    lines.are_deleted()


def test_SalesInvLines__TestDeletePostedInvoiceLine(lines):
    lines.of_posted_documents_stay()


def test_SalesInvLines__TestCreateLineThroughPageAndAPI(lines):
    lines.are_the_same_by_every_way()


def test_SalesInvLines__TestInsertingLineUpdatesInvoiceDiscountPct(lines):
    lines.raise_the_discount_when_added()


def test_SalesInvLines__TestDeletingLineMovesInvoiceDiscountPct(lines):
    lines.lower_the_discount_when_deleted()


def test_SalesInvLines__TestDeletingLineRemovesInvoiceDiscountPct(lines):
    lines.end_the_discount_when_deleted()


def test_SalesInvLines__TestModifyingLineKeepsInvoiceDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_changed()


def test_SalesInvLines__TestDeletingLineKeepsInvoiceDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_deleted()


def test_SalesInvLines__TestGettingLinesWithDifferentTypes(lines):
    lines.of_every_type_are_listed("Comment", "Resource", "Fixed_x0020_Asset", "Charge")


def test_SalesInvLines__TestPostingBlankLineDefaultsToCommentType(lines):
    lines.without_anything_are_comments()


def test_SalesInvLines__TestPatchingTheIdToAccountChangesLineType(lines):
    lines.become_lines_of_an_account()


def test_SalesInvLines__TestPatchingTheTypeBlanksIds(lines):
    lines.lose_their_item_with_their_type()


def test_SalesInvLines__TestPostInvoiceLinesWithItemVariant(lines):
    lines.take_a_variant_of_their_item()


def test_SalesInvLines__TestPostInvoiceLinesWithWrongItemVariant(lines):
    lines.refuse_a_variant_of_another_item()
