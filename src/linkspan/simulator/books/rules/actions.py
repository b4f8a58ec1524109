"""The bound actions by entity and name: what each does to the record that it is called on."""

from collections.abc import Callable
from typing import Final, cast

from linkspan.simulator.books.fields import guid
from linkspan.simulator.books.rules.conversion import convert_quote
from linkspan.simulator.books.rules.invoicing import cancel, cancel_and_send, make_corrective, post, post_and_send, send
from linkspan.simulator.books.rules.journal_posting import post_journal
from linkspan.simulator.books.rules.kinds import KINDS, Kind
from linkspan.simulator.books.rules.orders import deliver_and_invoice
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

Action = Callable[[Company, Record], Record | None]
"""Does something to a record and returns the record that it made, if one."""


def _of(act: Callable[[Company, Kind, Record], object], entity: str) -> Action:
    """Return an action of documents of one kind, given the header as it is stored now."""

    def run(company: Company, record: Record) -> Record | None:
        header = cast("Record", company.tables[entity].get(guid(record)))
        return cast("Record | None", act(company, KINDS[entity], header))

    return run


def _post_journal(company: Company, record: Record) -> None:
    post_journal(company, record)


def _restart(company: Company, record: Record) -> None:
    """Set a job of the queue to Ready, with the failure of its last run forgotten."""
    table = company.tables["jobQueueEntry"]
    stored = cast("Record", table.get(guid(record)))
    table.replace({**stored, "status": "Ready", "errorMessage": "", "numberOfAttemptsToRun": 0})


_INVOICE: Final = {
    "post": post,
    "postAndSend": post_and_send,
    "send": send,
    "cancel": cancel,
    "cancelAndSend": cancel_and_send,
}
ACTIONS: Final[dict[tuple[str, str], Action]] = {
    ("salesQuote", "makeOrder"): lambda company, quote: convert_quote(company, quote, "makeOrder"),
    ("salesQuote", "makeInvoice"): lambda company, quote: convert_quote(company, quote, "makeInvoice"),
    ("salesQuote", "send"): _of(send, "salesQuote"),
    ("salesOrder", "shipAndInvoice"): _of(deliver_and_invoice, "salesOrder"),
    ("purchaseOrder", "receiveAndInvoice"): _of(deliver_and_invoice, "purchaseOrder"),
    **{("salesInvoice", name): _of(act, "salesInvoice") for name, act in _INVOICE.items()},
    ("salesInvoice", "makeCorrectiveCreditMemo"): _of(make_corrective, "salesInvoice"),
    **{("salesCreditMemo", name): _of(act, "salesCreditMemo") for name, act in _INVOICE.items()},
    ("purchaseInvoice", "post"): _of(post, "purchaseInvoice"),
    ("purchaseCreditMemo", "post"): _of(post, "purchaseCreditMemo"),
    ("purchaseCreditMemo", "cancel"): _of(cancel, "purchaseCreditMemo"),
    ("journal", "post"): _post_journal,
    ("jobQueueEntry", "restart"): _restart,
}
"""Every bound action that the books do, by entity and by the action's name in the contract."""
