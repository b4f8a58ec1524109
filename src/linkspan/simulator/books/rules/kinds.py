"""The kinds of document and what differs between them: names of fields, number series, words in messages."""

from dataclasses import dataclass
from typing import Any

from linkspan.simulator.books.series import (
    CREDIT_MEMOS,
    INVOICES,
    ORDERS,
    POSTED_CREDIT_MEMOS,
    POSTED_INVOICES,
    POSTED_PURCHASE_CREDIT_MEMOS,
    POSTED_PURCHASE_INVOICES,
    PURCHASE_CREDIT_MEMOS,
    PURCHASE_INVOICES,
    PURCHASE_ORDERS,
    QUOTES,
)
from linkspan.simulator.contract import load_contract


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document.

    ``party`` is customer or vendor and leads the names of its fields; ``seller`` and ``payer`` lead the names of
    address fields; ``date_field`` is the document date; ``word`` and ``title`` are used in messages.
    ``posted_series`` numbers it when it is posted; ``sign`` is 1 where that makes the partner owe us more, -1 where
    less; ``external`` is the field with the partner's own number of the document.
    """

    header: str
    word: str
    title: str
    series: str
    date_field: str
    price_field: str
    posted_series: str = ""
    sign: int = 1
    external: str = "externalDocumentNumber"
    party: str = "customer"
    seller: str = "sellTo"
    payer: str = "billTo"

    @property
    def line(self) -> str:
        """The entity of the lines."""
        return f"{self.header}Line"

    @property
    def lines_link(self) -> str:
        """The navigation from the header to its lines."""
        return f"{self.header}Lines"

    @property
    def side(self) -> str:
        """Sales or Purchase."""
        return "Sales" if self.party == "customer" else "Purchase"

    @property
    def payer_id(self) -> str:
        """The field with the id of who pays or is paid."""
        return f"{self.payer}{self.party.capitalize()}Id"

    @property
    def payer_number(self) -> str:
        """The field with the number of who pays or is paid."""
        return f"{self.payer}{self.party.capitalize()}Number"


_PURCHASE: dict[str, Any] = {"party": "vendor", "seller": "buyFrom", "payer": "payTo"}
_PLANNED = (
    Kind("salesQuote", "Quote", "Sales Quote", QUOTES, "documentDate", "unitPrice"),
    Kind("salesOrder", "Order", "Sales Order", ORDERS, "orderDate", "unitPrice"),
    Kind("salesInvoice", "Invoice", "Sales Invoice", INVOICES, "invoiceDate", "unitPrice", POSTED_INVOICES),
    Kind(
        "salesCreditMemo",
        "Credit Memo",
        "Sales Credit Memo",
        CREDIT_MEMOS,
        "creditMemoDate",
        "unitPrice",
        POSTED_CREDIT_MEMOS,
        sign=-1,
    ),
    Kind("purchaseOrder", "Order", "Purchase Order", PURCHASE_ORDERS, "orderDate", "directUnitCost", **_PURCHASE),
    Kind(
        "purchaseInvoice",
        "Invoice",
        "Purchase Invoice",
        PURCHASE_INVOICES,
        "invoiceDate",
        "unitCost",
        POSTED_PURCHASE_INVOICES,
        sign=-1,
        external="vendorInvoiceNumber",
        **_PURCHASE,
    ),
    Kind(
        "purchaseCreditMemo",
        "Credit Memo",
        "Purchase Credit Memo",
        PURCHASE_CREDIT_MEMOS,
        "creditMemoDate",
        "unitCost",
        POSTED_PURCHASE_CREDIT_MEMOS,
        external="vendorCreditMemoNumber",
        **_PURCHASE,
    ),
)
_ALL = tuple(kind for kind in _PLANNED if kind.header in load_contract().entities)
KINDS: dict[str, Kind] = {kind.header: kind for kind in _ALL}
"""Kind of document by the entity of its header."""

LINE_KINDS: dict[str, Kind] = {kind.line: kind for kind in _ALL}
"""Kind of document by the entity of its lines."""
