"""Assembly orders: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "assemblyOrders")


def test_AssemblyOrders__TestGetAssemblyOrders(papers):
    papers.are_listed()


def test_AssemblyOrders__TestGetAssemblyOrderById(papers):
    papers.is_read_by_id()


def test_AssemblyOrders__TestExpandDimensionSetLines(papers):
    papers.show_dimension_set_lines()


def test_AssemblyOrders__TestExpandAttachments(papers):
    papers.show_attachments()


def test_AssemblyOrders__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()


def test_AssemblyOrders__TestExpandPdfDocument(papers):
    papers.show_a_pdf_document()


def test_AssemblyOrders__TestExpandLines(papers):
    papers.show_lines()
