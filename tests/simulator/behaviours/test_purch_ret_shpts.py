"""Purchase return shipments: shown only, with what hangs on them."""

import pytest
from shown_papers import ShownPapers


@pytest.fixture
def papers(desk) -> ShownPapers:
    return ShownPapers(desk, "purchaseReturnShipments")


def test_PurchRetShpts__TestGetPurchaseReturnShipments(papers):
    papers.are_listed()


def test_PurchRetShpts__TestExpandAttachments(papers):
    papers.show_attachments()


def test_PurchRetShpts__TestExpandDocumentAttachments(papers):
    papers.show_document_attachments()


def test_PurchRetShpts__TestExpandPdfDocument(papers):
    papers.show_a_pdf_document()
