"""Printed documents: a PDF of each kind, of some kinds only after posting."""

import pytest
from http_desk import HttpDesk
from papers import INVOICE, MEMO, ORDER, PURCHASE_INVOICE, PURCHASE_MEMO, QUOTE, draft


def prints(desk: HttpDesk, url: str) -> None:
    """Both ways to the content bring a PDF with the document's number in it."""
    document = desk.get(f"{url}/pdfDocument")
    assert (desk.get(url)["id"], document["id"]) == (document["parentId"], document["parentId"])
    data = desk.download(f"{url}/pdfDocument/pdfDocumentContent")

    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert str(desk.get(url)["number"]).encode() in data
    assert data == desk.download(document["pdfDocumentContent@odata.mediaReadLink"])


def posted(desk: HttpDesk, kind: str) -> str:
    return f"{kind}({desk.rows(f'{kind}?$filter=status eq %27Open%27&$top=1')[0]['id']})"


def refuses(desk: HttpDesk, kind: str, words: str) -> None:
    paper = draft(desk, kind)
    message = desk.refused("GET", f"{paper.url}/pdfDocument/pdfDocumentContent")

    assert f"Post {words} {paper.record['number']} first: only then can it be printed." == message


@pytest.mark.parametrize("kind", [QUOTE, ORDER, INVOICE])
def test_another_document_has_another_pdf(desk, kind):
    contents = {desk.download(f"{draft(desk, kind).url}/pdfDocument/pdfDocumentContent") for _ in range(2)}

    assert 2 == len(contents)


def test_PDFDocument__TestGetPDFSalesInvoice(desk):
    prints(desk, draft(desk, INVOICE).url)
    prints(desk, posted(desk, INVOICE))


def test_PDFDocument__TestGetPDFSalesCreditMemo(desk):
    refuses(desk, MEMO, "sales credit memo")
    prints(desk, posted(desk, MEMO))


def test_PDFDocument__TestGetPDFSalesQuote(desk):
    prints(desk, draft(desk, QUOTE).url)


def test_PDFDocument__TestGetPDFSalesOrder(desk):
    prints(desk, draft(desk, ORDER).url)


def test_PDFDocument__TestGetPDFPurchaseInvoice(desk):
    refuses(desk, PURCHASE_INVOICE, "purchase invoice")
    prints(desk, posted(desk, PURCHASE_INVOICE))


def test_PDFDocument__TestGetPDFPurchaseCreditMemo(desk):
    refuses(desk, PURCHASE_MEMO, "purchase credit memo")
    memo = draft(desk, PURCHASE_MEMO, vendorCreditMemoNumber="HL-C7")
    desk.run(f"{memo.url}/Microsoft.NAV.post")
    prints(desk, memo.url)
