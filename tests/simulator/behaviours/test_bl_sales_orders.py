"""Blanket sales orders: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "blanketSalesOrders")


def test_BlSalesOrders__TestGetBlanketSalesOrders(papers):
    papers.are_listed()


def test_BlSalesOrders__TestGetBlanketSalesOrderById(papers):
    papers.is_read_by_id()


def test_BlSalesOrders__TestExpandDimensionSetLines(papers):
    papers.show_dimension_set_lines()


def test_BlSalesOrders__TestExpandAttachments(papers):
    papers.show_attachments()


def test_BlSalesOrders__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()


def test_BlSalesOrders__TestExpandPdfDocument(papers):
    papers.show_a_pdf_document()
