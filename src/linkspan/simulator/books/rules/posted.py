"""What a document's status allows: posted ones are closed to changes, released orders to changes of lines."""

from linkspan.simulator.books.fields import text
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.table import Record
from linkspan.simulator.faults import BcFault, dialog, field_validation

POSTED = frozenset({"Open", "Paid", "Canceled", "Corrective"})
"""Statuses of invoices and credit memos that are posted."""


def is_posted(kind: Kind, header: Record) -> bool:
    """Tell whether a document is posted; quotes and orders never are."""
    return kind.word in {"Invoice", "Credit Memo"} and text(header, "status") in POSTED


def posted_fault(kind: Kind) -> BcFault:
    """Return the refusal to change a posted document."""
    return dialog(f"The {kind.title} has been posted and can no longer be modified.")


def require_open_lines(kind: Kind, header: Record) -> None:
    """Refuse to touch the lines of a posted document or of a released order (shown as status Open)."""
    if is_posted(kind, header):
        raise posted_fault(kind)
    if kind.word == "Order" and text(header, "status") != "Draft":
        message = (
            f"Status must be equal to 'Open' in {kind.side} Header: Document Type={kind.word}, "
            f"No.={text(header, 'number')}. Current value is 'Released'."
        )
        raise field_validation(message)
