"""Application: sets payments and credit memos off against what is owed, and takes that back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from linkspan.simulator.books.fields import ZERO, guid, number, plain, round_to, text
from linkspan.simulator.books.posting.entries import write_entries
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

_DOCUMENTS: Final = {
    "customer": {"Invoice": "salesInvoice", "Credit_x0020_Memo": "salesCreditMemo"},
    "vendor": {"Invoice": "purchaseInvoice", "Credit_x0020_Memo": "purchaseCreditMemo"},
}
_FIXED: Final = frozenset({"Canceled", "Corrective"})


@dataclass(frozen=True, slots=True)
class Part:
    """What an application takes from one entry, in its own and in local currency, with the entry's sign."""

    entry: Record
    amount: Decimal
    local: Decimal


def entry_of(company: Company, party: str, owner: UUID, document: UUID) -> Record | None:
    """Return the partner's entry of a posted document."""
    entries = company.internal[f"{party}LedgerEntry"].group(owner)
    return next((row for row in entries if row["documentId"] == document), None)


def is_open(entry: Record) -> bool:
    """Tell whether something of an entry remains."""
    return bool(number(entry, "remaining") or number(entry, "remainingLocal"))


def apply(company: Company, party: str, *, new: UUID, old: UUID, account: str, on: date) -> None:
    """Set two open entries of one partner off against each other as far as both reach.

    ``new`` and ``old`` are ids of entries with opposite signs; others are left as they are. ``account`` is the control
    account, which takes the difference when amounts that are equal in a foreign currency are not in local currency.
    """
    ledger = company.internal[f"{party}LedgerEntry"]
    pair = [cast("Record", ledger.get(one)) for one in (new, old)]
    common_field = "remaining" if pair[0]["currencyCode"] == pair[1]["currencyCode"] else "remainingLocal"
    if number(pair[0], common_field) * number(pair[1], common_field) >= 0:
        return
    parts = _parts(pair[0], pair[1], common_field)
    for part, other in zip(parts, reversed(parts), strict=True):
        _take(company, party, part, other.entry, on)
    difference = plain(parts[0].local + parts[1].local)
    if difference:
        common = {
            "documentNumber": pair[0]["documentNumber"],
            "postingDate": on,
            "description": f"Currency difference, {text(pair[1], 'documentNumber')}",
        }
        amounts = [(account, -difference), (company.setup.accounts["currency_difference"], difference)]
        write_entries(company, common, amounts, source=None)
    for entry in pair:
        settle_status(company, party, guid(entry))


def unapply(company: Company, party: str, entry_id: UUID) -> None:
    """Take back every application of an entry; what was set off is open again on both sides."""
    details = company.internal["application"]
    ledger = company.internal[f"{party}LedgerEntry"]
    for detail in list(details.group(entry_id)):
        for row in _both(company, detail):
            entry = cast("Record", ledger.get(guid(row, "entryId")))
            ledger.replace(
                {
                    **entry,
                    "remaining": plain(number(entry, "remaining") + number(row, "amount")),
                    "remainingLocal": plain(number(entry, "remainingLocal") + number(row, "local")),
                }
            )
            details.remove(guid(row))
            settle_status(company, party, guid(entry))


def open_at(company: Company, entry: Record, day: date) -> Decimal:
    """Return what remained of an entry at the end of a day, in local currency."""
    later = (
        row for row in company.internal["application"].group(guid(entry)) if cast("date", row["postingDate"]) > day
    )
    return plain(number(entry, "remainingLocal") + sum((number(row, "local") for row in later), ZERO))


def settle_status(company: Company, party: str, entry_id: UUID) -> None:
    """Show a posted document as Paid when nothing of its entry remains, else as Open."""
    entry = cast("Record", company.internal[f"{party}LedgerEntry"].get(entry_id))
    name = _DOCUMENTS[party].get(text(entry, "documentType"), "")
    table = company.tables.get(name)
    header = table.get(guid(entry, "documentId")) if table is not None else None
    if table is None or header is None or header["status"] in _FIXED:
        return
    status = "Open" if is_open(entry) else "Paid"
    if header["status"] != status:
        table.replace({**header, "status": status})


def _parts(new: Record, old: Record, field: str) -> tuple[Part, Part]:
    """Return what each side gives: equal amounts in a common currency, else equal amounts in local currency."""
    reach = min(abs(number(new, field)), abs(number(old, field)))
    first, second = (_part(entry, field, reach) for entry in (new, old))
    return first, second


def _part(entry: Record, field: str, reach: Decimal) -> Part:
    whole = number(entry, field)
    remaining, local = number(entry, "remaining"), number(entry, "remainingLocal")
    if abs(whole) == reach:
        return Part(entry, remaining, local)
    share = reach / abs(whole)
    signed = reach if whole > 0 else -reach
    if field == "remaining":
        return Part(entry, signed, round_to(local * share))
    return Part(entry, round_to(remaining * share), signed)


def _take(company: Company, party: str, part: Part, other: Record, on: date) -> None:
    details = company.internal["application"]
    company.internal[f"{party}LedgerEntry"].replace(
        {
            **part.entry,
            "remaining": plain(number(part.entry, "remaining") - part.amount),
            "remainingLocal": plain(number(part.entry, "remainingLocal") - part.local),
        }
    )
    details.insert(
        {
            "id": company.log.new_id(),
            "entryId": guid(part.entry),
            "entryNumber": company.log.next_version(),
            "otherId": guid(other),
            "postingDate": on,
            "amount": part.amount,
            "local": part.local,
        }
    )


def _both(company: Company, detail: Record) -> Iterator[Record]:
    """Yield a detailed entry and its counterpart on the other side."""
    yield detail
    others = company.internal["application"].group(guid(detail, "otherId"))
    yield from [row for row in others if row["otherId"] == detail["entryId"]]
