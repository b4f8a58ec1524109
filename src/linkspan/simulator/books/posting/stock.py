"""Stock: the item ledger, its value in the general ledger, and the accounts that items post to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast
from uuid import UUID

from linkspan.simulator.books.fields import ZERO, blank, guid, number, plain, round_to, text
from linkspan.simulator.books.posting.entries import Amount, write_entries
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import dialog

MoveKind = Literal["Sale", "Purchase", "Positive_x0020_Adjmt_x002E_", "Negative_x0020_Adjmt_x002E_"]


@dataclass(frozen=True, slots=True)
class Move:
    """Goods that come (positive quantity) or go; ``cost`` is the change of the stock's value, ``sales`` what they sold for."""

    item: Record
    quantity: Decimal
    kind: MoveKind
    on: date
    document: str = ""
    partner: str = ""
    cost: Decimal = ZERO
    sales: Decimal = ZERO


def is_stocked(item: Record | None) -> bool:
    """Tell whether an item is kept in stock."""
    return item is not None and item["type"] == "Inventory"


def move_stock(company: Company, move: Move) -> int:
    """Append an item ledger entry and return its entry number."""
    ledger = company.internal["itemLedgerEntry"]
    entry_number = len(ledger) + 1
    row = ledger.insert(
        {
            "id": company.log.new_id(),
            "itemId": guid(move.item),
            "entryNumber": entry_number,
            "postingDate": move.on,
            "quantity": plain(move.quantity),
        }
    )
    _show(company, guid(row), entry_number, move)
    return entry_number


def revalue(company: Company, item_id: UUID, entry_number: int, *, cost: Decimal, sales: Decimal) -> None:
    """Add to the actual cost and sales amount of an item ledger entry, as invoicing does."""
    row = company.internal["itemLedgerEntry"].find(item_id, entry_number)
    public = company.tables.get("itemLedgerEntry")
    if row is None or public is None:
        return
    entry = cast("Record", public.get(guid(row)))
    changed = {
        name: plain(number(entry, name) + more)
        for name, more in (("costAmountActual", cost), ("salesAmountActual", sales))
    }
    public.replace({**entry, **changed})


def cost_of(item: Record, quantity: Decimal) -> Decimal:
    """Return what so many of an item cost, at its unit cost."""
    return round_to(quantity * number(item, "unitCost"))


def posting_account(company: Company, role: str, group: str) -> str:
    """Return the account that a product posting group uses for ``sales`` or ``cost``; refuses a group without one."""
    account = company.setup.accounts.get(f"{role}_{group}")
    if account is None:
        message = (
            "The General Posting Setup does not exist. Identification fields and values: "
            f"Gen. Prod. Posting Group='{group}'"
        )
        raise dialog(message)
    return account


def adjust_stock(company: Company, item: Record, quantity: Decimal) -> None:
    """Change the stock of an item outside trade; the value goes against the stock write-off account."""
    kind: MoveKind = "Positive_x0020_Adjmt_x002E_" if quantity > 0 else "Negative_x0020_Adjmt_x002E_"
    cost = cost_of(item, quantity)
    move_stock(
        company, Move(item, quantity, kind, company.today, document=f"ADJ-{text(item, 'number')}"[:20], cost=cost)
    )
    common: Mapping[str, object] = {
        "documentNumber": f"ADJ-{text(item, 'number')}"[:20],
        "postingDate": company.today,
        "description": f"Adjustment of {text(item, 'number')}",
    }
    amounts: list[Amount] = [
        (company.setup.accounts["stock"], cost),
        (company.setup.accounts["stock_adjustment"], -cost),
    ]
    write_entries(company, common, amounts, source=None)


def _show(company: Company, row_id: UUID, entry_number: int, move: Move) -> None:
    """Put the entry where the API shows it."""
    public = company.tables.get("itemLedgerEntry")
    if public is None:
        return
    sold, bought = move.kind == "Sale", move.kind == "Purchase"
    shown: Record = {
        "id": row_id,
        "entryNumber": entry_number,
        "itemNumber": move.item["number"],
        "postingDate": move.on,
        "entryType": move.kind,
        "sourceNumber": move.partner,
        "sourceType": "Customer" if sold else "Vendor" if bought else "_x0020_",
        "documentNumber": move.document,
        "description": move.item["displayName"],
        "quantity": plain(move.quantity),
        "salesAmountActual": move.sales,
        "costAmountActual": move.cost,
    }
    public.insert({**blank(load_contract().entities["itemLedgerEntry"]), **shown})
