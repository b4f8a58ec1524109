"""Sales order archives: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "salesOrderArchives")


def test_SalesOrdArch__TestGetSalesOrderArchives(papers):
    papers.are_listed()


def test_SalesOrdArch__TestExpandDimensionSetLines(papers):
    papers.show_dimension_set_lines()


def test_SalesOrdArch__TestExpandAttachments(papers):
    papers.show_attachments()


def test_SalesOrdArch__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()
