"""Lines of sales credit memos: read, added, changed and deleted, with the discount of their document."""

import pytest
from http_desk import HttpDesk
from line_sets import LineSet


@pytest.fixture
def lines(desk: HttpDesk) -> LineSet:
    return LineSet(desk, "salesCreditMemos")


def test_SalesCrMemoLines__TestFailsOnIDAbsense(lines):
    lines.need_a_document()


def test_SalesCrMemoLines__TestGetCreditMemoLineDirectly(lines):
    lines.are_read_directly()


def test_SalesCrMemoLines__TestGetCreditMemoLines(lines):
    lines.are_read_below_their_document()


def test_SalesCrMemoLines__TestGetCreditMemoLinesDirectlyWithDocumentIdFilter(lines):
    lines.are_read_by_document_filter()


def test_SalesCrMemoLines__TestPostCreditMemoLines(lines):
    lines.are_added()


def test_SalesCrMemoLines__TestPostCreditMemoLineWithSequence(lines):
    lines.take_a_free_sequence()


def test_SalesCrMemoLines__TestModifyCreditMemoLines(lines):
    lines.are_changed()


def test_SalesCrMemoLines__TestModifyCreditMemoLineFailsOnSequenceIdOrDocumentIdChange(lines):
    lines.keep_their_place()


def test_SalesCrMemoLines__TestDeleteCreditMemoLine(lines):
    lines.are_deleted()


def test_SalesCrMemoLines__TestDeletePostedCreditMemoLine(lines):
    lines.of_posted_documents_stay()


def test_SalesCrMemoLines__TestCreateLineThroughPageAndAPI(lines):
    lines.are_the_same_by_every_way()


def test_SalesCrMemoLines__TestInsertingLineUpdatesCreditMemoDiscountPct(lines):
    lines.raise_the_discount_when_added()


def test_SalesCrMemoLines__TestModifyingLineUpdatesCreditMemoDiscountPct(lines):
    lines.raise_the_discount_when_changed()


def test_SalesCrMemoLines__TestDeletingLineMovesCreditMemoDiscountPct(lines):
    lines.lower_the_discount_when_deleted()


def test_SalesCrMemoLines__TestDeletingLineRemovesCreditMemoDiscountPct(lines):
    lines.end_the_discount_when_deleted()


def test_SalesCrMemoLines__TestInsertingLineKeepsCreditMemoDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_added()


def test_SalesCrMemoLines__TestModifyingLineKeepsCreditMemoDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_changed()


def test_SalesCrMemoLines__TestDeletingLineKeepsCreditMemoDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_deleted()


def test_SalesCrMemoLines__TestGettingLinesWithDifferentTypes(lines):
    lines.of_every_type_are_listed("Comment", "Resource", "Fixed_x0020_Asset", "Charge")


def test_SalesCrMemoLines__TestPostingCommentLine(lines):
    lines.of_type_comment_are_comments()


def test_SalesCrMemoLines__TestPatchingTheIdToAccountChangesLineType(lines):
    lines.become_lines_of_an_account()


def test_SalesCrMemoLines__TestPatchingTheIdToItemChangesLineType(lines):
    lines.become_lines_of_an_item()


def test_SalesCrMemoLines__TestPatchingTheTypeBlanksIds(lines):
    lines.lose_their_item_with_their_type()


def test_SalesCrMemoLines__TestPostCreditMemoLinesWithItemVariant(lines):
    lines.take_a_variant_of_their_item()


def test_SalesCrMemoLines__TestPostCreditMemoLinesWithWrongItemVariant(lines):
    lines.refuse_a_variant_of_another_item()
