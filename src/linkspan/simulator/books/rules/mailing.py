"""Mailing of documents: checks that there is somebody to write to, and leaves a job in the queue that would send it."""

from typing import Final

from linkspan.simulator.books.fields import blank, guid, text
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import dialog

_NO_ADDRESS: Final = "The send-to email is empty. Specify email either for the customer or for the {} in email preview."
_MAILING_CODEUNIT: Final = 260


def send_document(company: Company, kind: Kind, header: Record) -> None:
    """Queue the mail of a document to its own address or its customer's; a quote is marked as sent."""
    customer = company.tables["customer"].get(guid(header, "customerId"))
    address = text(header, "email") or (text(customer, "email") if customer else "")
    if not address:
        known = load_contract().entities[kind.header].errors.get("EmptyEmailErr")
        raise dialog(known or _NO_ADDRESS.format(kind.word.lower()))
    if kind.word == "Quote":
        table = company.tables[kind.header]
        status = header["status"] if header["status"] == "Accepted" else "Sent"
        table.replace({**header, "sentDate": company.log.stamp(), "status": status})
    _queue(company, f"Mail {kind.title.lower()} {text(header, 'number')}", address)


def _queue(company: Company, description: str, address: str) -> None:
    table = company.tables.get("jobQueueEntry")
    if table is None:
        return
    own = company.log.new_id()
    table.insert(
        {
            **blank(load_contract().entities["jobQueueEntry"]),
            "id": own,
            "jobQueueEntryId": own,
            "objectTypeToRun": "Codeunit",
            "objectIdToRun": _MAILING_CODEUNIT,
            "objectCaptionToRun": "Document-Mailing",
            "parameterString": address,
            "description": description,
            "status": "Ready",
            "earliestStartDateTime": company.log.stamp(),
        }
    )
