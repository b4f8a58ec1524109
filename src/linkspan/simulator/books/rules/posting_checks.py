"""What must hold before a document is posted: something to post, complete lines, a free partner, an open date."""

from collections.abc import Iterator
from datetime import date

from linkspan.simulator.books.fields import NO_DAY, NO_ID, ZERO, day, guid, number, text
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.faults import dialog, field_validation, must_have_value

_INVOICE_BLOCKS = {"customer": frozenset({"All", "Invoice"}), "vendor": frozenset({"All"})}
_SHIP_BLOCKS = {"customer": frozenset({"All", "Ship", "Invoice"}), "vendor": frozenset({"All"})}


def check_document(company: Company, kind: Kind, header: Record) -> None:
    """Refuse to post a document that lacks something."""
    check_posting_date(company, day(header, "postingDate"))
    lines = [line for line in company.tables[kind.line].group(guid(header)) if line["lineType"] != "Comment"]
    if not any(number(line, "quantity") for line in lines):
        message = "There is nothing to post."
        raise dialog(message)
    for line in lines:
        _check_line(kind, header, line)
    _check_partner(company, kind, header)
    check_total(kind, header)
    if kind.party == "vendor" and kind.word != "Order":
        _check_external_number(company, kind, header)


def check_total(kind: Kind, header: Record) -> None:
    """Refuse a document that comes to less than nothing."""
    if number(header, "totalAmountIncludingTax") < ZERO:
        message = f"The total amount for the {kind.word.lower()} must be 0 or greater."
        raise dialog(message)


def check_posting_date(company: Company, when: date) -> None:
    """Refuse a posting date that is empty or outside the range that the general ledger setup allows."""
    first, last = _allowed(company)
    if when == NO_DAY or (first != NO_DAY and when < first) or (last != NO_DAY and when > last):
        message = "Posting Date is not within your range of allowed posting dates."
        raise field_validation(message)


def _allowed(company: Company) -> tuple[date, date]:
    setup = company.tables.get("generalLedgerSetup")
    for row in setup.all() if setup is not None else ():
        return day(row, "allowPostingFrom"), day(row, "allowPostingTo")
    return NO_DAY, NO_DAY


def _check_line(kind: Kind, header: Record, line: Record) -> None:
    named = line["itemId"] != NO_ID or line["accountId"] != NO_ID
    if number(line, "quantity") and not named:
        key = f"Document Type={kind.word},Document No.={text(header, 'number')},Line No.={line['sequence']}"
        raise must_have_value("No.", f"{kind.side} Line", key)


def _check_partner(company: Company, kind: Kind, header: Record) -> None:
    blocks = _SHIP_BLOCKS if kind.word == "Order" else _INVOICE_BLOCKS
    for field in {f"{kind.party}Id", kind.payer_id}:
        partner = company.tables[kind.party].get(guid(header, field))
        if partner is None:
            message = f"The {kind.party.capitalize()} of {kind.word.lower()} {text(header, 'number')} does not exist."
            raise dialog(message)
        blocked = text(partner, "blocked")
        if blocked in blocks[kind.party] and not (kind.word == "Credit Memo" and blocked != "All"):
            who = f"{kind.party.capitalize()} {text(partner, 'number')}"
            message = f"You cannot post this type of document when {who} is blocked with type {blocked}"
            raise dialog(message)


def _check_external_number(company: Company, kind: Kind, header: Record) -> None:
    """The vendor's own number must be there, and be new: the same bill is not booked twice."""
    given = text(header, kind.external)
    if not given:
        message = (
            "You need to enter the document number of the document from the vendor in the "
            f"Vendor {kind.word} No. field, so that this document stays linked to the original."
        )
        raise dialog(message)
    if any(row["externalDocumentNumber"] == given for row in _posted_by(company, kind, header)):
        message = f"Purchase {kind.word} {given} already exists for this vendor."
        raise dialog(message)


def _posted_by(company: Company, kind: Kind, header: Record) -> Iterator[Record]:
    wanted = "Invoice" if kind.word == "Invoice" else "Credit_x0020_Memo"
    entries = company.internal["vendorLedgerEntry"].group(guid(header, kind.payer_id))
    return (row for row in entries if row["documentType"] == wanted)
