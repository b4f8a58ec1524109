"""Lines of sales quotes: read, added, changed and deleted, with the discount of their document."""

import pytest
from http_desk import HttpDesk
from line_sets import LineSet


@pytest.fixture
def lines(desk: HttpDesk) -> LineSet:
    return LineSet(desk, "salesQuotes")


def test_SalesQuoteLines__TestGetQuoteLineDirectly(lines):
    lines.are_read_directly()


def test_SalesQuoteLines__TestGetQuoteLines(lines):
    lines.are_read_below_their_document()


def test_SalesQuoteLines__TestGetQuoteLinesDirectlyWithDocumentIdFilter(lines):
    lines.are_read_by_document_filter()


def test_SalesQuoteLines__TestPostQuoteLines(lines):
    lines.are_added()


def test_SalesQuoteLines__TestModifyQuoteLineFailsOnSequenceIdOrDocumentIdChange(lines):
    lines.keep_their_place()


def test_SalesQuoteLines__TestDeleteQuoteLine(lines):
    lines.are_deleted()


def test_SalesQuoteLines__TestInsertingLineUpdatesQuoteDiscountPct(lines):
    lines.raise_the_discount_when_added()


def test_SalesQuoteLines__TestModifyingLineUpdatesQuoteDiscountPct(lines):
    lines.raise_the_discount_when_changed()


def test_SalesQuoteLines__TestDeletingLineMovesQuoteDiscountPct(lines):
    lines.lower_the_discount_when_deleted()


def test_SalesQuoteLines__TestDeletingLineRemovesQuoteDiscountPct(lines):
    lines.end_the_discount_when_deleted()


def test_SalesQuoteLines__TestModifyingLineKeepsQuoteDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_changed()


def test_SalesQuoteLines__TestDeletingLineKeepsQuoteDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_deleted()


def test_SalesQuoteLines__TestPostingBlankLineDefaultsToCommentType(lines):
    lines.without_anything_are_comments()


def test_SalesQuoteLines__TestPostingCommentLine(lines):
    lines.of_type_comment_are_comments()


def test_SalesQuoteLines__TestPatchingTheTypeBlanksIds(lines):
    lines.lose_their_item_with_their_type()


def test_SalesQuoteLines__TestPostQuoteLinesWithItemVariant(lines):
    lines.take_a_variant_of_their_item()
