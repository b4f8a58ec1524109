"""Posting: turns a document or a payment into ledger entries whose debits equal their credits."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import cast

from linkspan.simulator.books.fields import ZERO, blank, day, guid, number, plain, round_to, text
from linkspan.simulator.books.ledgers import adjust_stock
from linkspan.simulator.books.rules.dimension_sets import copy_set
from linkspan.simulator.books.rules.kinds import KINDS, Kind
from linkspan.simulator.books.rules.summing import tax_area
from linkspan.simulator.books.series import POSTED_CREDIT_MEMOS, POSTED_INVOICES, POSTED_PURCHASE_INVOICES, take_number
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract

_POSTED_SERIES = {
    "salesInvoice": POSTED_INVOICES,
    "salesCreditMemo": POSTED_CREDIT_MEMOS,
    "purchaseInvoice": POSTED_PURCHASE_INVOICES,
}
_DOCUMENT_TYPES = {"Invoice": "Invoice", "Credit Memo": "Credit_x0020_Memo"}


def post_document(company: Company, header: Record, entity_name: str) -> Record:
    """Post a draft invoice or credit memo: it keeps its id, gets a posted number, status Open and its entries."""
    kind = KINDS[entity_name]
    table = company.tables[entity_name]
    posted = {**header, "number": take_number(company, _POSTED_SERIES[entity_name], table), "status": "Open"}
    posted = table.replace(posted)
    sign = _sign(kind)
    entries = [*_line_entries(company, kind, posted, sign), *_stock_entries(company, kind, posted, sign)]
    owed = -sum((amount for _, amount in entries), ZERO)
    entries.append((_partner_account(company, kind, posted), owed))
    write_entries(
        company,
        {
            "documentType": _DOCUMENT_TYPES[kind.word],
            "documentNumber": posted["number"],
            "postingDate": posted["postingDate"],
            "description": f"{kind.word} {text(posted, 'number')}",
        },
        entries,
        source=posted,
    )
    _partner_entry(company, kind, posted, sign * number(posted, "totalAmountIncludingTax"), local=owed)
    return posted


def pay_invoice(company: Company, invoice: Record, amount: Decimal, *, document: str, bank: str) -> Record:
    """Book a customer's payment of a posted sales invoice and apply it; a fully paid invoice gets status Paid."""
    entries = company.internal["customerLedgerEntry"]
    owner = guid(invoice, "billToCustomerId")
    open_entry = next(row for row in entries.group(owner) if row["documentId"] == invoice["id"])
    share = amount / number(open_entry, "amount")
    local = round_to(number(open_entry, "amountLocal") * share)
    write_entries(
        company,
        {
            "documentType": "Payment",
            "documentNumber": document,
            "postingDate": company.today,
            "description": f"Payment of {text(invoice, 'number')}",
        },
        [(company.setup.accounts[bank], local), (_partner_account(company, KINDS["salesInvoice"], invoice), -local)],
        source=None,
    )
    left = plain(number(open_entry, "remaining") - amount)
    left_local = plain(number(open_entry, "remainingLocal") - local) if left else ZERO
    entries.replace({**open_entry, "remaining": left, "remainingLocal": left_local})
    _bank_entry(company, bank, local)
    table = company.tables["salesInvoice"]
    current = cast("Record", table.get(guid(invoice)))
    return table.replace({**current, "status": "Open" if left else "Paid"})


def cancel_invoice(company: Company, invoice: Record, memo: Record) -> None:
    """Mark a posted invoice canceled by a posted credit memo that undoes it, which becomes corrective."""
    entries = company.internal["customerLedgerEntry"]
    owner = guid(invoice, "billToCustomerId")
    for row in list(entries.group(owner)):
        if row["documentId"] in {invoice["id"], memo["id"]}:
            entries.replace({**row, "remaining": ZERO, "remainingLocal": ZERO})
    for name, record, status in (("salesInvoice", invoice, "Canceled"), ("salesCreditMemo", memo, "Corrective")):
        table = company.tables[name]
        table.replace({**cast("Record", table.get(guid(record))), "status": status})


def write_entries(
    company: Company, common: Mapping[str, object], amounts: Iterable[tuple[str, Decimal]], *, source: Record | None
) -> None:
    """Append general ledger entries, one per account; positive amounts are debits. They must add up to nothing."""
    ledger = company.tables["generalLedgerEntry"]
    entity = load_contract().entities["generalLedgerEntry"]
    sums: dict[str, Decimal] = {}
    for account_number, amount in amounts:
        sums[account_number] = sums.get(account_number, ZERO) + amount
    if sum(sums.values(), ZERO):
        message = f"The entries of {common['documentNumber']} are out of balance."
        raise ValueError(message)
    for account_number, amount in sums.items():
        if not amount:
            continue
        account = cast("Record", company.tables["account"].find(account_number))
        row = ledger.insert(
            {
                **blank(entity),
                **common,
                "id": company.log.new_id(),
                "entryNumber": len(ledger) + 1,
                "accountId": guid(account),
                "accountNumber": account_number,
                "debitAmount": plain(max(amount, ZERO)),
                "creditAmount": plain(max(-amount, ZERO)),
            }
        )
        if source is not None:
            copy_set(company, entity, owner=guid(row), source=guid(source))


def _sign(kind: Kind) -> int:
    """Return 1 where the partner owes us more (sales invoice), -1 where less or where we owe them."""
    return 1 if kind.header == "salesInvoice" else -1


def _local(company: Company, header: Record, amount: Decimal) -> Decimal:
    rate = company.setup.exchange_rates.get(text(header, "currencyCode"), Decimal(1))
    return round_to(amount * rate)


def _line_entries(company: Company, kind: Kind, header: Record, sign: int) -> list[tuple[str, Decimal]]:
    found: list[tuple[str, Decimal]] = []
    for line in company.tables[kind.line].group(guid(header)):
        net = _local(company, header, number(line, "netAmount"))
        tax = _local(company, header, number(line, "netTaxAmount"))
        if net:
            found.append((_line_account(company, kind, line), -sign * net))
        if tax:
            role = "tax_in" if kind.party == "vendor" else f"tax_out_{text(line, 'taxCode')}"
            found.append((company.setup.accounts.get(role, company.setup.accounts["tax_out_STANDARD"]), -sign * tax))
    return found


def _line_account(company: Company, kind: Kind, line: Record) -> str:
    """Return the account that a line's net amount goes to: its own, or one by the item's posting group."""
    if line["lineType"] == "Account":
        return text(line, "lineObjectNumber")
    item = company.tables["item"].get(guid(line, "itemId"))
    group = text(item, "generalProductPostingGroupCode") if item else "GOODS"
    if kind.party == "vendor":
        stocked = item is not None and item["type"] == "Inventory"
        return company.setup.accounts["stock" if stocked else "freight"]
    return company.setup.accounts[f"sales_{group}"]


def _stock_entries(company: Company, kind: Kind, header: Record, sign: int) -> list[tuple[str, Decimal]]:
    """Move stocked items, and for sales their cost from stock to cost of goods (back for a credit memo)."""
    found: list[tuple[str, Decimal]] = []
    for line in company.tables[kind.line].group(guid(header)):
        item = company.tables["item"].get(guid(line, "itemId"))
        if item is None or item["type"] != "Inventory" or not number(line, "quantity"):
            continue
        quantity = number(line, "quantity")
        adjust_stock(company, guid(item), plain(quantity if kind.party == "vendor" else -sign * quantity))
        if kind.party == "customer":
            cost = round_to(quantity * number(item, "unitCost"))
            group = text(item, "generalProductPostingGroupCode")
            found += [
                (company.setup.accounts["stock"], -sign * cost),
                (company.setup.accounts[f"cost_{group}"], sign * cost),
            ]
    return found


def _partner_account(company: Company, kind: Kind, header: Record) -> str:
    role = "receivables" if kind.party == "customer" else "payables"
    home = tax_area(company, kind, header) == company.setup.defaults["taxArea"]
    return company.setup.accounts[role if home else f"{role}_abroad"]


def _partner_entry(company: Company, kind: Kind, header: Record, amount: Decimal, *, local: Decimal) -> None:
    ledger = company.internal[f"{kind.party}LedgerEntry"]
    sales = _local(company, header, number(header, "totalAmountExcludingTax"))
    ledger.insert(
        {
            "id": company.log.new_id(),
            f"{kind.party}Id": header[kind.payer_id],
            "entryNumber": len(ledger) + 1,
            "documentType": _DOCUMENT_TYPES[kind.word],
            "documentNumber": header["number"],
            "documentId": guid(header),
            "postingDate": day(header, "postingDate"),
            "dueDate": header.get("dueDate", header["postingDate"]),
            "currencyCode": header["currencyCode"],
            "amount": amount,
            "remaining": amount,
            "amountLocal": local,
            "remainingLocal": local,
            "salesLocal": sales if amount > 0 else -sales,
        }
    )


def _bank_entry(company: Company, bank: str, amount: Decimal) -> None:
    account = company.tables["bankAccount"].find(company.setup.accounts[f"{bank}_account"])
    ledger = company.internal["bankLedgerEntry"]
    if account is not None:
        ledger.insert(
            {
                "id": company.log.new_id(),
                "bankAccountId": guid(account),
                "entryNumber": len(ledger) + 1,
                "postingDate": company.today,
                "remaining": amount,
            }
        )
