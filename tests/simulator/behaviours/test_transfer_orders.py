"""Transfer orders: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "transferOrders")


def test_TransferOrders__TestGetTransferOrderById(papers):
    papers.is_read_by_id()


def test_TransferOrders__TestExpandDimensionSetLines(papers):
    papers.show_dimension_set_lines()


def test_TransferOrders__TestExpandAttachments(papers):
    papers.show_attachments()


def test_TransferOrders__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()


def test_TransferOrders__TestExpandPdfDocument(papers):
    papers.show_a_pdf_document()


def test_TransferOrders__TestExpandLines(papers):
    papers.show_lines()
