"""The six kinds of document and what differs between them: names of fields, number series, words in messages."""

from dataclasses import dataclass

from linkspan.simulator.books.series import CREDIT_MEMOS, INVOICES, ORDERS, PURCHASE_INVOICES, PURCHASE_ORDERS, QUOTES


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document.

    ``party`` is customer or vendor and leads the names of its fields; ``seller`` and ``payer`` lead the names of
    address fields; ``date_field`` is the document date; ``word`` and ``title`` are used in messages.
    """

    header: str
    word: str
    title: str
    series: str
    date_field: str
    price_field: str
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


def _purchase(header: str, word: str, series: str, *, date_field: str, price_field: str) -> Kind:
    return Kind(
        header,
        word,
        f"Purchase {word}",
        series,
        date_field,
        price_field,
        party="vendor",
        seller="buyFrom",
        payer="payTo",
    )


_ALL = (
    Kind("salesQuote", "Quote", "Sales Quote", QUOTES, "documentDate", "unitPrice"),
    Kind("salesOrder", "Order", "Sales Order", ORDERS, "orderDate", "unitPrice"),
    Kind("salesInvoice", "Invoice", "Sales Invoice", INVOICES, "invoiceDate", "unitPrice"),
    Kind("salesCreditMemo", "Credit Memo", "Sales Credit Memo", CREDIT_MEMOS, "creditMemoDate", "unitPrice"),
    _purchase("purchaseOrder", "Order", PURCHASE_ORDERS, date_field="orderDate", price_field="directUnitCost"),
    _purchase("purchaseInvoice", "Invoice", PURCHASE_INVOICES, date_field="invoiceDate", price_field="unitCost"),
)
KINDS: dict[str, Kind] = {kind.header: kind for kind in _ALL}
"""Kind of document by the entity of its header."""

LINE_KINDS: dict[str, Kind] = {kind.line: kind for kind in _ALL}
"""Kind of document by the entity of its lines."""
