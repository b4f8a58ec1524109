"""What customers owe and what vendors are owed, by how long it has been due."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from linkspan.simulator.books.dates import apply_formula, days_from
from linkspan.simulator.books.fields import NO_ID, ZERO, day, guid, plain
from linkspan.simulator.books.posting.application import open_at
from linkspan.simulator.books.rules.reading_views import View
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.faults import not_evaluated

_LENGTH: Final = "30D"
_FORMULA: Final = re.compile(r"\d{1,4}[DWMQY]")


@dataclass(frozen=True, slots=True)
class Ages:
    """The day of the report, the length of a period, and the days on which the periods begin, latest first."""

    on: date
    length: str
    starts: tuple[date, date]

    def place_of(self, due: date) -> int:
        """Return 0 for what is not due yet, else 1, 2 or 3 for the period that it fell due in."""
        if due >= self.on:
            return 0
        return next((place for place, start in enumerate(self.starts, 1) if due >= start), 3)

    @property
    def labels(self) -> tuple[str, str, str]:
        """The days that each period covers, as a reader wants them."""
        first, second = self.starts
        before = [days_from(start, -1) for start in (self.on, first, second)]
        return f"{first} - {before[0]}", f"{second} - {before[1]}", f"- {before[2]}"


def aged_receivables(company: Company, view: View) -> list[Record]:
    """Return one row per customer with something open, and the total; what is owed to us is positive."""
    return _aged(company, view, "customer", 1)


def aged_payables(company: Company, view: View) -> list[Record]:
    """Return one row per vendor with something open, and the total; what we owe is positive."""
    return _aged(company, view, "vendor", -1)


def _aged(company: Company, view: View, party: str, sign: int) -> list[Record]:
    ages = _ages(company, view)
    rows: list[Record] = []
    totals = [ZERO] * 4
    for partner in company.tables[party].all():
        amounts = _amounts(company, party, partner, ages, sign)
        if amounts is None:
            continue
        totals = [total + amount for total, amount in zip(totals, amounts, strict=True)]
        currency = company.setup.local_currency
        own: Record = {f"{party}Id": guid(partner), f"{party}Number": partner["number"], "name": partner["displayName"]}
        rows.append({**own, "currencyCode": currency, **_figures(ages, amounts)})
    total: Record = {f"{party}Id": NO_ID, f"{party}Number": "", "name": "Total", "currencyCode": ""}
    return [*rows, {**total, **_figures(ages, totals)}]


def _ages(company: Company, view: View) -> Ages:
    on = view.span("agedAsOfDate", company.today).last
    length = str(view.wanted.get("periodLengthFilter") or _LENGTH)
    if _FORMULA.fullmatch(length) is None:
        raise not_evaluated(length, "DateFormula")
    first = apply_formula(f"-{length}", on)
    return Ages(on, length, (first, apply_formula(f"-{length}", first)))


def _amounts(company: Company, party: str, partner: Record, ages: Ages, sign: int) -> list[Decimal] | None:
    """Return what is open in each period, None when nothing is."""
    found = [ZERO] * 4
    some = False
    for entry in company.internal[f"{party}LedgerEntry"].group(guid(partner)):
        if day(entry, "postingDate") > ages.on:
            continue
        left = open_at(company, entry, ages.on)
        if left:
            some = True
            found[ages.place_of(day(entry, "dueDate"))] += sign * left
    return found if some else None


def _figures(ages: Ages, amounts: Sequence[Decimal]) -> Record:
    current, first, second, third = (plain(amount) for amount in amounts)
    return {
        "balanceDue": plain(sum(amounts, ZERO)),
        "currentAmount": current,
        "period1Label": ages.labels[0],
        "period1Amount": first,
        "period2Label": ages.labels[1],
        "period2Amount": second,
        "period3Label": ages.labels[2],
        "period3Amount": third,
        "agedAsOfDate": ages.on,
        "periodLengthFilter": ages.length,
    }
