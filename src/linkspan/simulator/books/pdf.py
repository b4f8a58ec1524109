"""Writes a document as a PDF file of one page: its kind, number, partner, lines and totals in plain text."""

from collections.abc import Sequence
from typing import Final

from linkspan.simulator.books.table import Record

_TOP: Final = 790
_LEFT: Final = 56
_LINE_HEIGHT: Final = 16
_MOST_LINES: Final = 44
_PARTNERS: Final = ("customerName", "vendorName", "sellToCustomerName", "buyFromVendorName", "transferToName")
_AMOUNTS: Final = ("netAmountIncludingTax", "amountIncludingTax", "costAmount")


def document_pdf(title: str, header: Record, lines: Sequence[Record], company_name: str) -> bytes:
    """Return the PDF of a document; the same document gives the same bytes.

    ``title`` names the kind of document. What the header or a line lacks (a partner, amounts) is left out.
    """
    number = str(header.get("number", ""))
    partner = next((str(header[name]) for name in _PARTNERS if header.get(name)), "")
    shown = [company_name, f"{title} {number}".rstrip(), partner, ""]
    for line in lines:
        amount = next((line[name] for name in _AMOUNTS if name in line), None)
        ending = "" if amount is None else f": {amount}"
        shown.append(f"{line.get('quantity', '')} x {line.get('description', '')}{ending}")
    shown.append("")
    if "totalAmountIncludingTax" in header:
        shown.append(f"Total: {header['totalAmountIncludingTax']} {header['currencyCode']}")
    return _file(_page(shown[:_MOST_LINES]))


def _page(lines: Sequence[str]) -> bytes:
    """Return the drawing orders for lines of text, the first on top."""
    orders = [b"BT", b"/F1 11 Tf", f"{_LINE_HEIGHT} TL".encode(), f"{_LEFT} {_TOP} Td".encode()]
    for line in lines:
        # The font's encoding is close to Windows-1252; what it lacks is shown as a question mark.
        shown = line.encode("cp1252", "replace")
        for sign in (b"\\", b"(", b")"):
            shown = shown.replace(sign, b"\\" + sign)
        orders.append(b"(" + shown + b") Tj T*")
    return b"\n".join([*orders, b"ET"])


def _file(page: bytes) -> bytes:
    """Return a PDF 1.4 file with one A4 page and the table of where each of its objects starts."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(page)} >>\nstream\n".encode() + page + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    file = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    starts = []
    for place, body in enumerate(objects, start=1):
        starts.append(len(file))
        file += f"{place} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(file)
    file += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    file += b"".join(f"{start:010d} 00000 n \n".encode() for start in starts)
    file += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(file)
