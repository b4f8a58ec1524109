"""Purchase quotes: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "purchaseQuotes")


def test_PurchQuotes__TestGetPurchaseQuotes(papers):
    papers.are_listed()


def test_PurchQuotes__TestGetPurchaseQuoteById(papers):
    papers.is_read_by_id()


def test_PurchQuotes__TestExpandDimensionSetLines(papers):
    papers.show_dimension_set_lines()


def test_PurchQuotes__TestExpandAttachments(papers):
    papers.show_attachments()


def test_PurchQuotes__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()


def test_PurchQuotes__TestExpandPdfDocument(papers):
    papers.show_a_pdf_document()


def test_PurchQuotes__TestExpandLines(papers):
    papers.show_lines()
