"""Purchase return orders: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "purchaseReturnOrders")


def test_PurchRetOrders__TestGetPurchaseReturnOrderById(papers):
    papers.is_read_by_id()


def test_PurchRetOrders__TestExpandDimensionSetLines(papers):
    papers.show_dimension_set_lines()


def test_PurchRetOrders__TestExpandAttachments(papers):
    papers.show_attachments()


def test_PurchRetOrders__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()


def test_PurchRetOrders__TestExpandPdfDocument(papers):
    papers.show_a_pdf_document()


def test_PurchRetOrders__TestExpandLines(papers):
    papers.show_lines()
