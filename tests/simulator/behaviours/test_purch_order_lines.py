"""Lines of purchase orders: read, added, changed and deleted, with the discount of their document."""

import pytest
from http_desk import HttpDesk
from line_sets import LineSet


@pytest.fixture
def lines(desk: HttpDesk) -> LineSet:
    return LineSet(desk, "purchaseOrders")


def test_PurchOrderLines__TestFailsOnIDAbsense(lines):
    lines.need_a_document()


def test_PurchOrderLines__TestGetOrderLineDirectly(lines):
    lines.are_read_directly()


def test_PurchOrderLines__TestGetOrderLines(lines):
    lines.are_read_below_their_document()


def test_PurchOrderLines__TestGetOrderLinesDirectlyWithDocumentIdFilter(lines):
    lines.are_read_by_document_filter()


def test_PurchOrderLines__TestPostOrderLines(lines):
    lines.are_added()


def test_PurchOrderLines__TestModifyOrderLines(lines):
    lines.are_changed()


def test_PurchOrderLines__TestModifyOrderLineFailsOnSequenceIdOrDocumentIdChange(lines):
    lines.keep_their_place()


def test_PurchOrderLines__TestDeleteOrderLine(lines):
    lines.are_deleted()


def test_PurchOrderLines__TestCreateLineThroughPageAndAPI(lines):
    lines.are_the_same_by_every_way()


def test_PurchOrderLines__TestInsertingLineUpdatesOrderDiscountPct(lines):
    lines.raise_the_discount_when_added()


def test_PurchOrderLines__TestModifyingLineUpdatesOrderDiscountPct(lines):
    lines.raise_the_discount_when_changed()


def test_PurchOrderLines__TestDeletingLineMovesOrderDiscountPct(lines):
    lines.lower_the_discount_when_deleted()


def test_PurchOrderLines__TestDeletingLineRemovesOrderDiscountPct(lines):
    lines.end_the_discount_when_deleted()


def test_PurchOrderLines__TestInsertingLineKeepsOrderDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_added()


def test_PurchOrderLines__TestModifyingLineKeepsOrderDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_changed()


def test_PurchOrderLines__TestDeletingLineKeepsOrderDiscountAmt(lines):
    lines.keep_the_agreed_discount_when_deleted()


def test_PurchOrderLines__TestGettingLinesWithDifferentTypes(lines):
    lines.of_every_type_are_listed("Comment", "Resource", "Fixed_x0020_Asset", "Charge")


def test_PurchOrderLines__TestPatchingTheIdToAccountChangesLineType(lines):
    lines.become_lines_of_an_account()


def test_PurchOrderLines__TestPatchingTheTypeBlanksIds(lines):
    lines.lose_their_item_with_their_type()


def test_PurchOrderLines__TestPostOrderLineWithWrongItemVariant(lines):
    lines.refuse_a_variant_of_another_item()
