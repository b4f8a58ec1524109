"""Blanket purchase orders: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "blanketPurchaseOrders")


def test_BlPurchOrders__TestGetBlanketPurchaseOrderById(papers):
    papers.is_read_by_id()


def test_BlPurchOrders__TestExpandDimensionSetLines(papers):
    papers.show_dimension_set_lines()


def test_BlPurchOrders__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()


def test_BlPurchOrders__TestExpandPdfDocument(papers):
    papers.show_a_pdf_document()


def test_BlPurchOrders__TestExpandLines(papers):
    papers.show_lines()
