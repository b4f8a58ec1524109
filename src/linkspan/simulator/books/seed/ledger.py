"""Opening balances, monthly costs and waiting journal lines of a demo company."""

from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from linkspan.simulator.books.dates import apply_formula
from linkspan.simulator.books.fields import ZERO, guid, number
from linkspan.simulator.books.posting.application import entry_of
from linkspan.simulator.books.posting.entries import bank_behind, bank_entry, write_entries
from linkspan.simulator.books.posting.stock import Move, cost_of, move_stock
from linkspan.simulator.books.seed.masters import make
from linkspan.simulator.books.seed.reading import rows_of
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company

_MONTHLY = (
    ("Rent and rates", "G1", (("6010", "1037.5"), ("6020", "152.56"), ("1410", "-1190.06"))),
    (
        "Wages",
        "G2",
        (("6310", "4605.1"), ("6320", "5468.75"), ("6330", "1229.58"), ("2320", "-2275.68"), ("1410", "-9027.75")),
    ),
    (
        "Depreciation",
        "G3",
        (
            ("6400", "195"),
            ("6410", "281.38"),
            ("6420", "85.69"),
            ("1180", "-195"),
            ("1185", "-281.38"),
            ("1190", "-85.69"),
        ),
    ),
    ("Bank charges and interest", "G4", (("6280", "9.6"), ("6520", "228.17"), ("1410", "-237.77"))),
)
_OPENING = (
    ("1110", "310000"),
    ("1130", "48500"),
    ("1140", "92300"),
    ("1150", "67000"),
    ("1160", "54900"),
    ("1170", "18750"),
    ("1180", "-62400"),
    ("1185", "-39100"),
    ("1190", "-12800"),
    ("1410", "688320.55"),
    ("1420", "150000"),
    ("1430", "21400"),
    ("1440", "38650.9"),
    ("1450", "9900"),
    ("1460", "250"),
    ("2320", "-9102.73"),
    ("2410", "-240000"),
    ("2420", "-115000"),
    ("3010", "-300000"),
)
_STOCKED = 4


def plant_opening(company: Company, start: date) -> None:
    """Write the first entries of the books: opening balances, with the stock on hand valued at cost."""
    worth = ZERO
    known = {(row["name"], row["name2"]): _STOCKED * Decimal(row["stock"]) for row in rows_of("items")}
    for item in company.tables["item"].all():
        quantity = known.get((str(item["displayName"]), str(item["displayName2"])), ZERO)
        if quantity:
            cost = cost_of(item, quantity)
            move_stock(company, Move(item, quantity, "Positive_x0020_Adjmt_x002E_", start, document="START", cost=cost))
            worth += cost
    amounts = [*((account, Decimal(amount)) for account, amount in _OPENING), ("1210", worth)]
    amounts.append(("3020", -sum((amount for _, amount in amounts), ZERO)))
    _book(company, "START", start, "Opening balance", amounts)


def month_ends(today: date) -> list[date]:
    """Return the last days of the ten months before today's, oldest first."""
    first = today.replace(day=1)
    return [apply_formula(f"-{back}M+CM", first) for back in range(10, 0, -1)]


def book_month(company: Company, month_end: date) -> None:
    """Write the costs that come every month."""
    for label, lead, amounts in _MONTHLY:
        document = f"{lead}{month_end:%y%m}"
        _book(company, document, month_end, label, [(account, Decimal(amount)) for account, amount in amounts])


def plant_journals(company: Company, today: date) -> None:
    """Leave some lines waiting in the journals, and some payments of open invoices."""
    table = company.tables["journal"]
    daily = cast("Record", table.find("GENERAL", "DEFAULT"))
    for account, amount, note in (
        ("6260", "184.20", "Train to Brest"),
        ("CURRENT", "-184.20", "Train to Brest"),
        ("6210", "63.95", "Receipt rolls"),
        ("CURRENT", "-63.95", "Receipt rolls"),
    ):
        kind = "Bank_x0020_Account" if account == "CURRENT" else "G_x002F_L_x0020_Account"
        line = {"accountType": kind, "accountNumber": account, "amount": Decimal(amount), "description": note}
        make(company, "journalLine", line, daily)
    monthly = cast("Record", table.find("GENERAL", "MONTHLY"))
    for account, amount in (("6030", "1240"), ("2130", "-1240"), ("6290", "415.5"), ("1350", "-415.5")):
        make(company, "journalLine", {"accountNumber": account, "amount": Decimal(amount)}, monthly)
    petty = cast("Record", table.find("GENERAL", "PETTYCASH"))
    make(company, "journalLine", {"accountNumber": "6240", "amount": Decimal("12.40"), "comment": "Stamps"}, petty)
    _plant_payments(company, today)
    _plant_payments_to_vendors(company, today)


def _plant_payments(company: Company, today: date) -> None:
    journal = cast("Record", company.tables["customerPaymentJournal"].find("CASHRCPT", "BANK"))
    invoices = [row for row in company.tables["salesInvoice"].all() if row["status"] == "Open"]
    for invoice in invoices[:4]:
        payment = {
            "appliesToInvoiceId": guid(invoice),
            "amount": -number(invoice, "totalAmountIncludingTax"),
            "postingDate": today - timedelta(days=1),
        }
        make(company, "customerPayment", payment, journal)


def _plant_payments_to_vendors(company: Company, today: date) -> None:
    journal = cast("Record", company.tables["journal"].find("PAYMENT", "BANK"))
    for invoice in [row for row in company.tables["purchaseInvoice"].all() if row["status"] == "Open"][:3]:
        entry = entry_of(company, "vendor", guid(invoice, "payToVendorId"), guid(invoice))
        owed = -number(entry, "remainingLocal") if entry else ZERO
        payment = {"appliesToInvoiceId": guid(invoice), "amount": owed, "postingDate": today}
        make(company, "vendorPayment", payment, journal)


def _book(company: Company, document: str, when: date, label: str, amounts: list[tuple[str, Decimal]]) -> None:
    common = {"documentNumber": document, "postingDate": when, "description": label}
    write_entries(company, common, amounts, source=None)
    for account, amount in amounts:
        bank = bank_behind(company, account)
        if bank is not None:
            bank_entry(company, bank, when, amount)
