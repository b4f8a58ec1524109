"""Lines of purchase credit memos: read, added, changed and deleted, with the discount of their document."""

import pytest
from http_desk import HttpDesk
from line_sets import LineSet


@pytest.fixture
def lines(desk: HttpDesk) -> LineSet:
    return LineSet(desk, "purchaseCreditMemos")


def test_PurchCrMLines__TestFailsOnIDAbsense(lines):
    lines.need_a_document()


def test_PurchCrMLines__TestGetCreditMemoLineDirectly(lines):
    lines.are_read_directly()


def test_PurchCrMLines__TestGetCreditMemoLines(lines):
    lines.are_read_below_their_document()


def test_PurchCrMLines__TestGetCreditMemoLinesDirectlyWithDocumentIdFilter(lines):
    lines.are_read_by_document_filter()


def test_PurchCrMLines__TestGetPostedCreditMemoLines(lines):
    lines.of_posted_documents_are_read()


def test_PurchCrMLines__TestPostCreditMemoLines(lines):
    lines.are_added()


def test_PurchCrMLines__TestPostCreditMemoLineWithSequence(lines):
    lines.take_a_free_sequence()


def test_PurchCrMLines__TestModifyCreditMemoLines(lines):
    lines.are_changed()


def test_PurchCrMLines__TestModifyCreditMemoLineFailsOnSequenceIdOrDocumentIdChange(lines):
    lines.keep_their_place()


def test_PurchCrMLines__TestDeletePostedCreditMemoLine(lines):
    lines.of_posted_documents_stay()


def test_PurchCrMLines__TestCreateLineThroughPageAndAPI(lines):
    lines.are_the_same_by_every_way()


def test_PurchCrMLines__TestGettingLinesWithDifferentTypes(lines):
    lines.of_every_type_are_listed("Comment", "Resource", "Fixed_x0020_Asset", "Charge")


def test_PurchCrMLines__TestPostingCommentLine(lines):
    lines.of_type_comment_are_comments()


def test_PurchCrMLines__TestPatchingTheIdToAccountChangesLineType(lines):
    lines.become_lines_of_an_account()


def test_PurchCrMLines__TestPatchingTheIdToItemChangesLineType(lines):
    lines.become_lines_of_an_item()


def test_PurchCrMLines__TestPatchingTheTypeBlanksIds(lines):
    lines.lose_their_item_with_their_type()


def test_PurchCrMLines__TestPostCreditMemoLinesWithItemVariant(lines):
    lines.take_a_variant_of_their_item()


def test_PurchCrMLines__TestPostCreditMemoLinesWithWrongItemVariant(lines):
    lines.refuse_a_variant_of_another_item()
