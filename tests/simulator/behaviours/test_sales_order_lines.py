"""Lines of sales orders: read, added, changed and deleted, with the discount of their document."""

import pytest
from http_desk import HttpDesk
from line_sets import LineSet


@pytest.fixture
def lines(desk: HttpDesk) -> LineSet:
    return LineSet(desk, "salesOrders")


def test_SalesOrderLines__TestFailsOnIDAbsense(lines):
    lines.need_a_document()


def test_SalesOrderLines__TestGetOrderLineDirectly(lines):
    lines.are_read_directly()


def test_SalesOrderLines__TestGetOrderLines(lines):
    lines.are_read_below_their_document()


def test_SalesOrderLines__TestGetOrderLinesDirectlyWithDocumentIdFilter(lines):
    lines.are_read_by_document_filter()


def test_SalesOrderLines__TestPostOrderLines(lines):
    lines.are_added()


def test_SalesOrderLines__TestModifyOrderLines(lines):
    lines.are_changed()


def test_SalesOrderLines__TestModifyOrderLineFailsOnSequenceIdOrDocumentIdChange(lines):
    lines.keep_their_place()


def test_SalesOrderLines__TestDeleteOrderLine(lines):
    lines.are_deleted()


def test_SalesOrderLines__TestCreateLineThroughPageAndAPI(lines):
    lines.are_the_same_by_every_way()


def test_SalesOrderLines__TestInsertingLineUpdatesOrderDiscountPct(lines):
    lines.raise_the_discount_when_added()


def test_SalesOrderLines__TestModifyingLineUpdatesOrderDiscountPct(lines):
    lines.raise_the_discount_when_changed()


def test_SalesOrderLines__TestDeletingLineMovesOrderDiscountPct(lines):
    lines.lower_the_discount_when_deleted()


def test_SalesOrderLines__TestDeletingLineRemovesOrderDiscountPct(lines):
    lines.end_the_discount_when_deleted()


def test_SalesOrderLines__TestInsertingLineKeepsOrderDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_added()


def test_SalesOrderLines__TestModifyingLineKeepsOrderDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_changed()


def test_SalesOrderLines__TestDeletingLineKeepsOrderDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_deleted()


def test_SalesOrderLines__TestGettingLinesWithDifferentTypes(lines):
    lines.of_every_type_are_listed("Comment", "Resource", "Fixed_x0020_Asset", "Charge")


def test_SalesOrderLines__TestPostingBlankLineDefaultsToCommentType(lines):
    lines.without_anything_are_comments()


def test_SalesOrderLines__TestPostingCommentLine(lines):
    lines.of_type_comment_are_comments()


def test_SalesOrderLines__TestPatchingTheIdToAccountChangesLineType(lines):
    lines.become_lines_of_an_account()


def test_SalesOrderLines__TestPatchingTheIdToItemChangesLineType(lines):
    lines.become_lines_of_an_item()


def test_SalesOrderLines__TestPatchingTheTypeBlanksIds(lines):
    lines.lose_their_item_with_their_type()


def test_SalesOrderLines__TestPostOrderLineWithWrongItemVariant(lines):
    lines.refuse_a_variant_of_another_item()


def test_SalesOrderLines__TestExpandReturnsCorrectDocumentLines(lines):
    lines.come_with_an_expanded_document()


def test_SalesOrderLines__TestExpandReturnsCorrectDocumentLinesWithMultipleDocuments(lines):
    lines.come_with_several_expanded_documents()
