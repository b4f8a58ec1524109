"""Bound actions of invoices and credit memos: post, cancel, correct; each checks the status that it needs."""

from typing import Final, cast
from uuid import UUID

from linkspan.simulator.books.fields import day, guid, number, text
from linkspan.simulator.books.posting.application import apply, entry_of, settle_status, unapply
from linkspan.simulator.books.posting.documents import control_account, post_document
from linkspan.simulator.books.rules.copying import copy_document
from linkspan.simulator.books.rules.kinds import KINDS, Kind
from linkspan.simulator.books.rules.mailing import send_document
from linkspan.simulator.books.rules.posted import POSTED
from linkspan.simulator.books.rules.posting_checks import check_document, check_posting_date
from linkspan.simulator.books.rules.summing import tax_area
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault, dialog

_UNDOES: Final = {
    "salesInvoice": "salesCreditMemo",
    "salesCreditMemo": "salesInvoice",
    "purchaseInvoice": "purchaseCreditMemo",
    "purchaseCreditMemo": "purchaseInvoice",
}


def post(company: Company, kind: Kind, header: Record) -> Record:
    """Post a draft."""
    if header["status"] in POSTED:
        raise dialog(_errors(kind)[f"Draft{_word(kind)}ActionErr"])
    if kind.word == "Credit Memo" and not company.tables[kind.line].group(guid(header)):
        raise dialog(_errors(kind)["NoLineErr"])
    check_document(company, kind, header)
    return post_document(company, header, kind.header)


def post_and_send(company: Company, kind: Kind, header: Record) -> Record:
    """Post a draft and mail it."""
    posted = post(company, kind, header)
    send_document(company, kind, posted)
    return posted


def send(company: Company, kind: Kind, header: Record) -> None:
    """Mail a document; a credit memo must be posted."""
    if kind.word == "Credit Memo" and header["status"] not in POSTED:
        raise dialog(_errors(kind)["PostedCreditMemoActionErr"])
    send_document(company, kind, header)


def cancel(company: Company, kind: Kind, header: Record) -> Record:
    """Undo a posted document by a document of the other kind, which is posted and applied at once."""
    _require_posted(kind, header)
    if header["status"] == "Canceled":
        raise dialog(_errors(kind)["AlreadyCanceledErr" if kind.word == "Invoice" else "AlreadyCancelledErr"])
    _require_cancelable(company, kind, header)
    check_posting_date(company, company.today)
    if kind.word == "Credit Memo":
        _release_invoice(company, kind, header)
    undo = KINDS[_UNDOES[kind.header]]
    values: Record = {"postingDate": company.today, undo.date_field: company.today, "dueDate": company.today}
    if undo.word == "Credit Memo":
        values |= {"invoiceId": guid(header), "invoiceNumber": header["number"]}
    draft, _ = copy_document(company, kind, header, undo, values=values)
    posted = post_document(company, draft, undo.header)
    if kind.word == "Credit Memo":
        _apply_both(company, undo, posted, header)
    company.internal["cancellation"].insert({"id": guid(header), "by": guid(posted), "document": kind.header})
    _mark(company, kind, guid(header), "Canceled")
    return _mark(company, undo, guid(posted), "Corrective")


def cancel_and_send(company: Company, kind: Kind, header: Record) -> None:
    """Cancel a posted document and mail what undoes it."""
    posted = cancel(company, kind, header)
    send_document(company, KINDS[_UNDOES[kind.header]], posted)


def make_corrective(company: Company, kind: Kind, header: Record) -> Record:
    """Make a draft credit memo of a posted invoice that is neither canceled nor paid; it is applied when posted."""
    _require_posted(kind, header)
    errors = _errors(kind)
    if header["status"] in {"Canceled", "Corrective"}:
        raise dialog(errors["AlreadyCanceledErr"])
    entry = entry_of(company, kind.party, guid(header, kind.payer_id), guid(header))
    if entry is None or not number(entry, "remaining"):
        raise dialog(errors["InvoiceClosedErr"])
    if entry["remaining"] != entry["amount"]:
        raise dialog(errors["InvoicePartiallyPaidErr"])
    memo = KINDS[_UNDOES[kind.header]]
    values: Record = {"invoiceId": guid(header), "invoiceNumber": header["number"], "postingDate": company.today}
    made, _ = copy_document(company, kind, header, memo, values={**values, memo.date_field: company.today, "email": ""})
    return made


def _require_posted(kind: Kind, header: Record) -> None:
    if header["status"] not in POSTED:
        raise dialog(_errors(kind)[f"Posted{_word(kind)}ActionErr"])


def _require_cancelable(company: Company, kind: Kind, header: Record) -> None:
    """An invoice must be unpaid and no undoing document itself; a credit memo must be one that undid an invoice."""
    if kind.word == "Credit Memo":
        if header["status"] != "Corrective":
            raise _canceling_failed(kind, "The credit memo was not made by canceling an invoice")
        return
    if header["status"] == "Corrective":
        raise _canceling_failed(kind, "The invoice was made by canceling a credit memo")
    entry = entry_of(company, kind.party, guid(header, kind.payer_id), guid(header))
    if entry is None or entry["remaining"] != entry["amount"]:
        raise _canceling_failed(kind, "The invoice is fully or partially paid")


def _canceling_failed(kind: Kind, reason: str) -> BcFault:
    return dialog(_errors(kind)[f"Canceling{_word(kind)}FailedNothingCreatedErr"].replace("%1", reason))


def _release_invoice(company: Company, kind: Kind, memo: Record) -> None:
    """Take a credit memo off the invoice that it canceled, which is then owed again."""
    entry = entry_of(company, kind.party, guid(memo, kind.payer_id), guid(memo))
    if entry is not None:
        unapply(company, kind.party, guid(entry))
    cancellations = company.internal["cancellation"]
    undone = next((row for row in cancellations.all() if row["by"] == guid(memo)), None)
    if undone is None:
        return
    cancellations.remove(guid(undone))
    invoice_kind = KINDS[text(undone, "document")]
    invoice = _mark(company, invoice_kind, guid(undone), "Open")
    own = entry_of(company, kind.party, guid(invoice, invoice_kind.payer_id), guid(invoice))
    if own is not None:
        settle_status(company, kind.party, guid(own))


def _apply_both(company: Company, kind: Kind, new: Record, old: Record) -> None:
    owner = guid(new, kind.payer_id)
    pair = [entry_of(company, kind.party, owner, guid(document)) for document in (new, old)]
    if pair[0] is not None and pair[1] is not None:
        account = control_account(company, kind.party, tax_area(company, kind, new))
        on = day(new, "postingDate")
        apply(company, kind.party, new=guid(pair[0]), old=guid(pair[1]), account=account, on=on)


def _mark(company: Company, kind: Kind, document: UUID, status: str) -> Record:
    table = company.tables[kind.header]
    return table.replace({**cast("Record", table.get(document)), "status": status})


def _errors(kind: Kind) -> dict[str, str]:
    return dict(load_contract().entities[kind.header].errors)


def _word(kind: Kind) -> str:
    return kind.word.replace(" ", "")
