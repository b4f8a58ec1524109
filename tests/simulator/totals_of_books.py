"""What must hold in a company's books at any time, seen over HTTP: totals of documents, ledgers, control accounts."""

from decimal import Decimal
from typing import Any

from report_sums import CONTROL, Ledger
from small_books import Books

CENT = Decimal("0.01")
STOCK = ("1210", "1220")


def check_document(books: Books, url: str) -> None:
    """A document's totals are the sums of its lines, and VAT and discount are within a cent of what they should be."""
    head = books.ask("GET", url)
    if not head.done:
        return
    kind = url.partition("(")[0]
    lines = books.rows(f"{url}/{kind[:-1]}Lines")
    for total, part in (
        ("totalAmountExcludingTax", "netAmount"),
        ("totalTaxAmount", "netTaxAmount"),
        ("totalAmountIncludingTax", "netAmountIncludingTax"),
    ):
        if all(part in line for line in lines):
            assert sum(line[part] for line in lines) == head.body[total], (url, total)
    body = head.body
    assert body["totalAmountExcludingTax"] + body["totalTaxAmount"] == body["totalAmountIncludingTax"]
    _check_tax(lines, body)
    _check_discount(lines, body)


def _check_tax(lines: list[dict[str, Any]], head: dict[str, Any]) -> None:
    """The VAT of each rate is that of the sum of its lines, to the cent."""
    for rate in {line["taxPercent"] for line in lines}:
        own = [line for line in lines if line["taxPercent"] == rate]
        if any("netTaxAmount" not in line for line in own):
            continue
        net = sum(line["netAmount"] for line in own)
        tax = sum(line["netTaxAmount"] for line in own)
        assert abs(net * rate / 100 - tax) <= CENT, (head["number"], rate)


def _check_discount(lines: list[dict[str, Any]], head: dict[str, Any]) -> None:
    """What the lines lack beside their own amounts is the invoice discount."""
    if head.get("pricesIncludeTax") or any("amountExcludingTax" not in line for line in lines):
        return
    gross = sum(line["amountExcludingTax"] for line in lines)
    assert gross - head["totalAmountExcludingTax"] == head["discountAmount"], head["number"]


def check_everything(books: Books) -> None:
    """The ledger balances, reports agree with it, and ledgers of partners, items and the bank with their accounts."""
    ledger = Ledger(books)
    ledger.check()
    entries = books.rows("itemLedgerEntries")
    assert ledger.of(*STOCK) == sum(row["costAmountActual"] for row in entries)
    held = {row["number"]: row["inventory"] for row in books.rows("items")}
    moved: dict[str, Decimal] = {}
    for row in entries:
        moved[row["itemNumber"]] = moved.get(row["itemNumber"], Decimal(0)) + row["quantity"]
    assert {number: quantity for number, quantity in held.items() if quantity} == {
        number: quantity for number, quantity in moved.items() if quantity
    }
    assert ledger.of("1410") == books.in_bank()
    payables = sum(row["balance"] for row in books.rows("vendors"))
    assert -ledger.of(*CONTROL["vendor"]) == payables
    for row in books.rows("salesInvoices"):
        _check_invoice(row)


def _check_invoice(row: dict[str, Any]) -> None:
    left, status = row["remainingAmount"], row["status"]
    if status in {"Paid", "Canceled"}:
        assert 0 == left, row["number"]
    if status == "Open":
        assert 0 < left <= row["totalAmountIncludingTax"], row["number"]
