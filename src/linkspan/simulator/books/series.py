"""Number series: the next number for a record created without one, and the rule for numbers typed by hand."""

import re

from linkspan.simulator.books.fields import guid, text, whole
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company
from linkspan.simulator.faults import dialog

CUSTOMERS, VENDORS, ITEMS, BANKS, EMPLOYEES = "CUST", "VEND", "ITEM", "BANK", "EMPL"
QUOTES, ORDERS, INVOICES, CREDIT_MEMOS = "S-QUO", "S-ORD", "S-INV", "S-CR"
POSTED_INVOICES, POSTED_CREDIT_MEMOS = "S-INV+", "S-CR+"
PURCHASE_ORDERS, PURCHASE_INVOICES, POSTED_PURCHASE_INVOICES = "P-ORD", "P-INV", "P-INV+"
PURCHASE_CREDIT_MEMOS, POSTED_PURCHASE_CREDIT_MEMOS = "P-CR", "P-CR+"
SHIPMENTS, RECEIPTS = "S-SHPT", "P-RCPT"
CONTACTS, OPPORTUNITIES, FIXED_ASSETS, PROJECTS = "CONT", "OPP", "FA", "PROJ"
JOURNAL, PAYMENTS, VENDOR_PAYMENTS = "GJNL-GEN", "GJNL-RCPT", "GJNL-PMT"

_LAST_DIGITS = re.compile(r"^(.*?)(\d+)(\D*)$", re.DOTALL)


def step_up(number: str, step: int = 1) -> str:
    """Return a number with its last run of digits raised by ``step``, keeping leading zeros; without digits, as is."""
    match = _LAST_DIGITS.match(number)
    if match is None:
        return number
    head, digits, tail = match.groups()
    return f"{head}{int(digits) + step:0{len(digits)}d}{tail}"


def take_number(company: Company, code: str, taken: Table | None = None) -> str:
    """Use up and return the next number of a series, passing over those that ``taken`` already has as its key."""
    row = _series(company, code)
    latest = text(row, "last")
    while True:
        latest = step_up(latest, whole(row, "step"))
        if taken is None or taken.find(latest) is None:
            break
    company.internal["numberSeries"].replace({**row, "last": latest})
    return latest


def peek_number(company: Company, code: str) -> str:
    """Return the next number of a series without using it up."""
    row = _series(company, code)
    return step_up(text(row, "last"), whole(row, "step"))


def number_for(company: Company, code: str, given: str, taken: Table) -> str:
    """Return the number of a new record: the given one if the series lets people type numbers, else the next."""
    if not given:
        return take_number(company, code, taken)
    if not _series(company, code)["manual"]:
        message = (
            "You may not enter numbers manually. If you want to enter numbers manually, "
            f"please activate Manual Nos. in No. Series {code}."
        )
        raise dialog(message)
    return given


def _series(company: Company, code: str) -> Record:
    row = company.internal["numberSeries"].find(code)
    if row is None or not guid(row):
        message = f"The No. Series does not exist. Identification fields and values: Code='{code}'"
        raise dialog(message)
    return row
