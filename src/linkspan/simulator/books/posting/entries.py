"""The primitives of posting: rows of the general ledger and of the ledgers of partners, items and banks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, ZERO, blank, guid, plain, text
from linkspan.simulator.books.rules.dimension_sets import copy_set
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import invalid_relation, must_have_value

Amount = tuple[str, Decimal]
"""Number of a general ledger account, and an amount in local currency; positive is a debit."""


def write_entries(
    company: Company,
    common: Mapping[str, object],
    amounts: Iterable[Amount],
    *,
    source: Record | None,
    merge: bool = True,
) -> None:
    """Append general ledger entries, with ``merge`` one per account. They must add up to nothing.

    ``common`` holds documentNumber, postingDate, description and documentType; dimensions come from ``source``.
    Raises ValueError for entries out of balance: a mistake of the caller, not of the person who posts.
    """
    found = list(amounts)
    if sum((amount for _, amount in found), ZERO):
        message = f"The entries of {common['documentNumber']} are out of balance."
        raise ValueError(message)
    for account, amount in _merged(found) if merge else found:
        if amount:
            ledger_row(company, common, account, amount, source=source)


def _merged(amounts: Sequence[Amount]) -> list[Amount]:
    sums: dict[str, Decimal] = {}
    for account, amount in amounts:
        sums[account] = sums.get(account, ZERO) + amount
    return list(sums.items())


def ledger_row(
    company: Company, common: Mapping[str, object], account_number: str, amount: Decimal, *, source: Record | None
) -> Record:
    """Append one general ledger entry; the caller sees to it that the entries of its document balance."""
    ledger = company.tables["generalLedgerEntry"]
    entity = load_contract().entities["generalLedgerEntry"]
    account = account_named(company, account_number)
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
    return row


def account_named(company: Company, account_number: str) -> Record:
    """Return the account that a posting goes to; refuses one that the company, still being set up, does not have."""
    account = company.tables["account"].find(account_number)
    if account is None:
        raise invalid_relation("G/L Account No.", "G/L Entry", account_number, "G/L Account")
    return account


def partner_entry(company: Company, party: str, owner: UUID, values: Mapping[str, object]) -> Record:
    """Append an open entry of a customer or vendor; ``values`` give document, dates, currency and both amounts."""
    ledger = company.internal[f"{party}LedgerEntry"]
    return ledger.insert(
        {
            "documentId": NO_ID,
            "description": "",
            "externalDocumentNumber": "",
            "salesLocal": ZERO,
            **values,
            "id": company.log.new_id(),
            f"{party}Id": owner,
            "entryNumber": len(ledger) + 1,
            "remaining": values["amount"],
            "remainingLocal": values["amountLocal"],
        }
    )


def bank_account_of(company: Company, bank: Record) -> str:
    """Return the general ledger account behind a bank account; refuses one that has none."""
    row = company.internal["bankPosting"].get(guid(bank))
    if row is None:
        raise must_have_value("Bank Acc. Posting Group", "Bank Account", f"No.={text(bank, 'number')}")
    return text(row, "account")


def bank_entry(company: Company, bank: Record, when: date, amount: Decimal) -> None:
    """Append an entry of a bank account, in local currency."""
    ledger = company.internal["bankLedgerEntry"]
    ledger.insert(
        {
            "id": company.log.new_id(),
            "bankAccountId": guid(bank),
            "entryNumber": len(ledger) + 1,
            "postingDate": when,
            "remaining": amount,
        }
    )


def bank_behind(company: Company, account_number: str) -> Record | None:
    """Return the bank account whose general ledger account this is, if it is one."""
    for row in company.internal["bankPosting"].all():
        if row["account"] == account_number:
            return company.tables["bankAccount"].get(guid(row))
    return None
