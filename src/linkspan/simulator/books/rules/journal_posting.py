"""Posts a journal: checks that every document balances, writes the entries, and empties the journal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from linkspan.simulator.books.fields import NO_ID, ZERO, day, guid, number, plain, text
from linkspan.simulator.books.posting.entries import account_named, bank_account_of, bank_behind, bank_entry, ledger_row
from linkspan.simulator.books.rules.dimension_sets import drop_dimensions
from linkspan.simulator.books.rules.journal_kinds import LINES
from linkspan.simulator.books.rules.payment_posting import PARTIES, check_payment, post_payment
from linkspan.simulator.books.rules.payments import drop_marks
from linkspan.simulator.books.rules.posting_checks import check_posting_date
from linkspan.simulator.books.series import JOURNAL, PAYMENTS, VENDOR_PAYMENTS, peek_number, take_number
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import dialog, field_validation, must_have_value

_SERIES: Final = {"customerPayment": PAYMENTS, "vendorPayment": VENDOR_PAYMENTS}
_BANK: Final = "Bank_x0020_Account"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a journal line: a general ledger or bank account and its amount; ``bank`` is None for the former."""

    account: Record
    bank: Record | None
    amount: Decimal


def post_journal(company: Company, journal: Record) -> None:
    """Post all lines of a journal, or none; raises the provider's refusals."""
    name = LINES.get(text(journal, "templateDisplayName"), "journalLine")
    table = company.tables.get(name)
    lines = [line for line in (table.group(guid(journal)) if table is not None else ()) if not _is_empty(line)]
    if table is None or not lines:
        raise dialog(load_contract().entities["journal"].errors["ThereIsNothingToPostErr"])
    for line in lines:
        _check_line(company, journal, name, line)
    _check_balance(company, journal, name, lines)
    for line in lines:
        _post_line(company, journal, name, line)
    _use_up(company, _SERIES.get(name, JOURNAL), lines)
    for line in list(table.group(guid(journal))):
        drop_dimensions(company, guid(line))
        drop_marks(company, guid(line))
        table.remove(guid(line))


def _is_empty(line: Record) -> bool:
    named = line.get("accountId", NO_ID) != NO_ID or line.get("customerId", line.get("vendorId", NO_ID)) != NO_ID
    return not named and not number(line, "amount")


def _key(journal: Record, line: Record) -> str:
    template = text(journal, "templateDisplayName")
    return f"Journal Template Name={template},Journal Batch Name={text(journal, 'code')},Line No.={line['lineNumber']}"


def _check_line(company: Company, journal: Record, name: str, line: Record) -> None:
    check_posting_date(company, day(line, "postingDate"))
    if not number(line, "amount"):
        raise must_have_value("Amount", "Gen. Journal Line", _key(journal, line))
    if not text(line, "documentNumber"):
        raise must_have_value("Document No.", "Gen. Journal Line", _key(journal, line))
    if name in PARTIES:
        check_payment(company, name, line, _key(journal, line))
    for side in _sides(company, journal, name, line):
        _check_account(side)
    if name == "journalLine" and line["accountId"] == NO_ID and line["balancingAccountId"] == NO_ID:
        raise must_have_value("Account No.", "Gen. Journal Line", _key(journal, line))


def _check_account(side: Side) -> None:
    if side.bank is not None:
        if side.bank["blocked"]:
            message = (
                f"Blocked must be equal to 'No' in Bank Account: No.={side.bank['number']}. Current value is 'Yes'."
            )
            raise field_validation(message)
        return
    for field, caption, wanted, shown in (
        ("accountType", "Account Type", "Posting", "Posting"),
        ("blocked", "Blocked", False, "No"),
        ("directPosting", "Direct Posting", True, "Yes"),
    ):
        if side.account[field] != wanted:
            key = f"G/L Account: No.={side.account['number']}"
            message = f"{caption} must be equal to '{shown}' in {key}."
            raise field_validation(message)


def _check_balance(company: Company, journal: Record, name: str, lines: Sequence[Record]) -> None:
    """Every document must balance on its own date; a line with a balancing account does by itself."""
    sums: dict[tuple[str, date], Decimal] = {}
    for line in lines:
        place = (text(line, "documentNumber"), day(line, "postingDate"))
        own = number(line, "amount") if name in PARTIES else ZERO
        own += sum((side.amount for side in _sides(company, journal, name, line)), ZERO)
        sums[place] = sums.get(place, ZERO) + own
    for (document, when), amount in sums.items():
        if amount:
            message = (
                f"Document No. {document} is out of balance by {plain(amount)}. "
                f"Please check that the lines of {when.isoformat()} with this number add up to zero."
            )
            raise dialog(message)


def _sides(company: Company, journal: Record, name: str, line: Record) -> Iterator[Side]:
    """Yield the accounts that a line posts to, apart from the customer or vendor of a payment."""
    if name in PARTIES:
        yield from _side(company, guid(journal, "balancingAccountId"), -number(line, "amount"))
        return
    yield from _side(company, guid(line, "accountId"), number(line, "amount"))
    yield from _side(company, guid(line, "balancingAccountId"), -number(line, "amount"))


def _side(company: Company, account_id: object, amount: Decimal) -> Iterator[Side]:
    if account_id == NO_ID:
        return
    bank = next((row for row in [company.tables["bankAccount"].get(account_id)] if row), None)  # type: ignore[arg-type]
    if bank is not None:
        behind = account_named(company, bank_account_of(company, bank))
        yield Side(behind, bank, amount)
        return
    account = company.tables["account"].get(account_id)  # type: ignore[arg-type]
    if account is not None:
        yield Side(account, None, amount)


def _post_line(company: Company, journal: Record, name: str, line: Record) -> None:
    common: Mapping[str, object] = {
        "documentType": "Payment" if name in PARTIES else "_x0020_",
        "documentNumber": line["documentNumber"],
        "postingDate": line["postingDate"],
        "description": line["description"],
    }
    if name in PARTIES:
        post_payment(company, name, line, common)
    for side in _sides(company, journal, name, line):
        ledger_row(company, common, text(side.account, "number"), side.amount, source=line)
        bank = side.bank or bank_behind(company, text(side.account, "number"))
        if bank is not None:
            bank_entry(company, bank, day(line, "postingDate"), side.amount)


def _use_up(company: Company, series: str, lines: Sequence[Record]) -> None:
    """Use up the numbers of the series that the posted documents had."""
    for document in dict.fromkeys(text(line, "documentNumber") for line in lines):
        if document == peek_number(company, series):
            take_number(company, series)
