"""Posts invoices and credit memos: turns one into ledger entries whose debits equal their credits."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, ZERO, day, guid, number, plain, round_to, text
from linkspan.simulator.books.posting.application import apply, entry_of, settle_status
from linkspan.simulator.books.posting.entries import Amount, partner_entry, write_entries
from linkspan.simulator.books.posting.stock import Move, cost_of, is_stocked, move_stock, posting_account, revalue
from linkspan.simulator.books.rules.kinds import KINDS, Kind
from linkspan.simulator.books.rules.summing import tax_area
from linkspan.simulator.books.series import take_number
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

DOCUMENT_TYPES = {"Invoice": "Invoice", "Credit Memo": "Credit_x0020_Memo"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods of an invoice line that an order moved already: the item ledger entry that invoicing gives its value."""

    item_id: UUID
    entry_number: int
    quantity: Decimal


Deliveries = dict[UUID, list[Delivery]]
"""What was delivered earlier, by invoice line."""


def post_document(company: Company, header: Record, entity_name: str, delivered: Deliveries | None = None) -> Record:
    """Post a draft invoice or credit memo: it keeps its id, gets a posted number, status Open and its entries.

    ``delivered`` says what an order has moved; other lines move their goods now. A credit memo for an invoice is
    applied to it.
    """
    kind = KINDS[entity_name]
    table = company.tables[entity_name]
    posted = table.replace({**header, "number": take_number(company, kind.posted_series, table), "status": "Open"})
    entries = [
        *_line_entries(company, kind, posted),
        *_stock_entries(company, kind, posted, delivered if delivered is not None else {}),
    ]
    owed = -sum((amount for _, amount in entries), ZERO)
    control = control_account(company, kind.party, tax_area(company, kind, posted))
    common = {
        "documentType": DOCUMENT_TYPES[kind.word],
        "documentNumber": posted["number"],
        "postingDate": posted["postingDate"],
        "description": f"{kind.word} {text(posted, 'number')}",
    }
    write_entries(company, common, [*entries, (control, owed)], source=posted)
    entry = _partner_entry(company, kind, posted, owed)
    settle_status(company, kind.party, guid(entry))
    invoice_id = posted.get("invoiceId", NO_ID)
    if isinstance(invoice_id, UUID) and invoice_id != NO_ID:
        _apply_to_invoice(company, kind, posted, entry, invoice_id=invoice_id, control=control)
    return table.get(guid(posted)) or posted


def control_account(company: Company, party: str, area: str) -> str:
    """Return the account that the ledger of customers or vendors with this tax area adds up to."""
    role = "receivables" if party == "customer" else "payables"
    return company.setup.accounts[role if area == company.setup.defaults["taxArea"] else f"{role}_abroad"]


def to_local(company: Company, header: Record, amount: Decimal) -> Decimal:
    """Return an amount of a document in local currency."""
    rate = company.setup.exchange_rates.get(text(header, "currencyCode"), Decimal(1))
    return round_to(amount * rate)


def _line_entries(company: Company, kind: Kind, header: Record) -> list[Amount]:
    found: list[Amount] = []
    for line in company.tables[kind.line].group(guid(header)):
        net = to_local(company, header, number(line, "netAmount"))
        tax = to_local(company, header, number(line, "netTaxAmount"))
        if net:
            found.append((_line_account(company, kind, line), -kind.sign * net))
        if tax:
            role = "tax_in" if kind.party == "vendor" else f"tax_out_{text(line, 'taxCode')}"
            account = company.setup.accounts.get(role, company.setup.accounts["tax_out_STANDARD"])
            found.append((account, -kind.sign * tax))
    return found


def _line_account(company: Company, kind: Kind, line: Record) -> str:
    """Return the account that a line's net amount goes to: its own, or one by the item's posting group."""
    if line["lineType"] == "Account":
        return text(line, "lineObjectNumber")
    item = company.tables["item"].get(guid(line, "itemId"))
    if kind.party == "vendor":
        return company.setup.accounts["stock" if is_stocked(item) else "freight"]
    return posting_account(company, "sales", text(item, "generalProductPostingGroupCode") if item else "GOODS")


def _stock_entries(company: Company, kind: Kind, header: Record, delivered: Deliveries) -> list[Amount]:
    """Move stocked items, and for sales their cost from stock to cost of goods (back for a credit memo)."""
    found: list[Amount] = []
    for line in company.tables[kind.line].group(guid(header)):
        item = company.tables["item"].get(guid(line, "itemId"))
        if item is None or not is_stocked(item) or not number(line, "quantity"):
            continue
        net = to_local(company, header, number(line, "netAmount"))
        cost = cost_of(item, number(line, "quantity")) if kind.party == "customer" else net
        _move(company, kind, header, line, item=item, cost=cost, net=net, delivered=delivered.get(guid(line), []))
        if kind.party == "customer" and cost:
            group = text(item, "generalProductPostingGroupCode")
            account = posting_account(company, "cost", group)
            found += [(company.setup.accounts["stock"], -kind.sign * cost), (account, kind.sign * cost)]
    return found


def _move(  # noqa: PLR0913  what a movement of goods is made of, all by keyword
    company: Company,
    kind: Kind,
    header: Record,
    line: Record,
    *,
    item: Record,
    cost: Decimal,
    net: Decimal,
    delivered: list[Delivery],
) -> None:
    """Write the item ledger entries of a line, or give those of its deliveries their value."""
    sold = kind.party == "customer"
    worth, sales = -kind.sign * cost, (kind.sign * net if sold else ZERO)
    if delivered:
        last = delivered[-1]
        revalue(company, last.item_id, last.entry_number, cost=worth, sales=sales)
        return
    move_stock(
        company,
        Move(
            item,
            -kind.sign * number(line, "quantity"),
            "Sale" if sold else "Purchase",
            day(header, "postingDate"),
            document=text(header, "number"),
            partner=text(header, f"{kind.party}Number"),
            cost=worth,
            sales=sales,
        ),
    )


def _partner_entry(company: Company, kind: Kind, header: Record, local: Decimal) -> Record:
    sales = to_local(company, header, number(header, "totalAmountExcludingTax"))
    return partner_entry(
        company,
        kind.party,
        guid(header, kind.payer_id),
        {
            "documentType": DOCUMENT_TYPES[kind.word],
            "documentNumber": header["number"],
            "documentId": guid(header),
            "postingDate": header["postingDate"],
            "dueDate": header.get("dueDate", header["postingDate"]),
            "currencyCode": header["currencyCode"],
            "amount": plain(kind.sign * number(header, "totalAmountIncludingTax")),
            "amountLocal": plain(local),
            "salesLocal": kind.sign * sales,
            "description": f"{kind.word} {text(header, 'number')}",
            "externalDocumentNumber": header.get(kind.external, ""),
        },
    )


def _apply_to_invoice(
    company: Company, kind: Kind, header: Record, entry: Record, *, invoice_id: UUID, control: str
) -> None:
    owner = guid(header, kind.payer_id)
    invoice = entry_of(company, kind.party, owner, invoice_id)
    if invoice is not None:
        on = day(header, "postingDate")
        apply(company, kind.party, new=guid(entry), old=guid(invoice), account=control, on=on)
