"""Sales return orders: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "salesReturnOrders")


def test_SalesRetOrders__TestGetSalesReturnOrders(papers):
    papers.are_listed()


def test_SalesRetOrders__TestGetSalesReturnOrderById(papers):
    papers.is_read_by_id()


def test_SalesRetOrders__TestExpandAttachments(papers):
    papers.show_attachments()


def test_SalesRetOrders__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()


def test_SalesRetOrders__TestExpandPdfDocument(papers):
    papers.show_a_pdf_document()


def test_SalesRetOrders__TestExpandLines(papers):
    papers.show_lines()
