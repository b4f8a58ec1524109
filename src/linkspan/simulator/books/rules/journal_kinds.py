"""The kinds of journal: which template each belongs to, and the lines that it has."""

from linkspan.simulator.contract import load_contract

TEMPLATES = {"journal": "GENERAL", "customerPaymentJournal": "CASHRCPT", "vendorPaymentJournal": "PAYMENT"}
"""The journal template that each kind of journal belongs to; other templates show among the journals alone."""

PAYMENT_JOURNALS = frozenset(TEMPLATES) - {"journal"}
"""Journals of one template, shown by a set of their own."""

LINES = {"CASHRCPT": "customerPayment", "PAYMENT": "vendorPayment"}
"""The entity of a journal's lines by template; others have journal lines."""

JOURNAL_LINES = tuple(name for name in ("journalLine", *LINES.values()) if name in load_contract().entities)
"""Entities of the lines that a journal of some template has."""
