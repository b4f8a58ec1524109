"""Documents to test with: a draft of each kind, with one line, made over HTTP at the desk of a test."""

from dataclasses import dataclass
from typing import Any

from http_desk import HttpDesk

QUOTE, ORDER, INVOICE, MEMO = "salesQuotes", "salesOrders", "salesInvoices", "salesCreditMemos"
PURCHASE_ORDER, PURCHASE_INVOICE, PURCHASE_MEMO = "purchaseOrders", "purchaseInvoices", "purchaseCreditMemos"
_PARTIES = ("customer", "vendor")


@dataclass(frozen=True)
class Paper:
    """A document: its address, its record as created, and the address of its first line."""

    url: str
    record: dict[str, Any]
    line: str

    @property
    def id(self) -> str:
        return str(self.record["id"])


def lines_of(kind: str) -> str:
    """Return the navigation from a kind of document to its lines."""
    return f"{kind[:-1]}Lines"


def draft(desk: HttpDesk, kind: str, *, quantity: int = 2, **values: object) -> Paper:
    """Make a document of this kind for the first customer or vendor, with one line of the first item."""
    party = _PARTIES[kind.startswith("purchase")]
    partner = desk.rows(f"{party}s?$top=1&$select=id")[0]["id"]
    item = desk.rows("items?$top=1&$select=id")[0]["id"]
    record = desk.make(kind, **{f"{party}Id": partner, **values})
    line = desk.make(f"{kind}({record['id']})/{lines_of(kind)}", itemId=item, quantity=quantity)
    url = f"{kind}({record['id']})"
    return Paper(url, record, f"{url}/{lines_of(kind)}({line['id']})")
