"""Date formulas such as 30D, CM or 1M+8D, and the dates they lead to."""

import re
from calendar import monthrange
from datetime import date, timedelta

from linkspan.simulator.faults import dialog

_PART = re.compile(r"([+-]?)(?:C([DWMQY])|(\d{1,4})([DWMQY])|D(\d{1,2}))")
_MONTHS = {"M": 1, "Q": 3, "Y": 12}


def is_formula(formula: str) -> bool:
    """Tell whether a text is a date formula; the empty text is one."""
    bare = formula.strip().strip("<>").upper()
    return bare == "".join(match.group(0) for match in _PART.finditer(bare))


def apply_formula(formula: str, start: date) -> date:
    """Return the date a formula leads to from ``start``; parts apply from left to right.

    Raises the dialog fault when that is no date of the calendar, as after the year 9999.
    """
    moved = start
    try:
        for part in _PART.findall(formula.strip().strip("<>").upper()):
            moved = _move(moved, part)
    except (OverflowError, ValueError) as error:
        message = f"The date formula {formula} leads from {start} to no valid date."
        raise dialog(message) from error
    return moved


def days_from(start: date, days: int) -> date:
    """Return the date so many days later (negative: earlier), the calendar's first or last where there is none."""
    return date.fromordinal(min(max(start.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def _move(start: date, part: tuple[str, str, str, str, str]) -> date:
    sign, period, count, unit, month_day = part
    direction = -1 if sign == "-" else 1
    if period:
        return _edge(period, start, last=direction > 0)
    if unit:
        return _shift(start, direction * int(count), unit)
    return _to_day(start, int(month_day))


def _shift(start: date, count: int, unit: str) -> date:
    if unit in "DW":
        return start + timedelta(days=count * (7 if unit == "W" else 1))
    months = start.year * 12 + start.month - 1 + count * _MONTHS[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _edge(period: str, inside: date, *, last: bool) -> date:
    """Return the last (or first) day of the current day, week, month, quarter or year."""
    if period == "D":
        return inside
    if period == "W":
        monday = inside - timedelta(days=inside.weekday())
        return monday + timedelta(days=6) if last else monday
    length = _MONTHS[period]
    first_month = (inside.month - 1) // length * length + 1
    if not last:
        return date(inside.year, first_month, 1)
    final = first_month + length - 1
    return date(inside.year, final, monthrange(inside.year, final)[1])


def _to_day(start: date, month_day: int) -> date:
    """Return the next date with this day of the month."""
    there = start if month_day > start.day else _shift(start.replace(day=1), 1, "M")
    return there.replace(day=min(month_day, monthrange(there.year, there.month)[1]))
