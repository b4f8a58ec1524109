"""Arithmetic of document lines: line discount, invoice discount spread over lines, and VAT, all exact to the cent.

Rounding remainders are carried from line to line, so that the parts of a document add up to the rounded whole: the
shares of an invoice discount to the discount, and the VAT of the lines of one rate to the VAT of their sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from linkspan.simulator.books.fields import HUNDRED, ZERO, plain, round_to

_PERCENT_UNIT = Decimal("0.00001")


@dataclass(frozen=True, slots=True)
class LineValue:
    """What a line contributes: its amount after line discount (with VAT if prices include it) and its VAT percent."""

    amount: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """The computed amounts of one line; ``net`` amounts are after the line's share of the invoice discount."""

    excluding_tax: Decimal
    tax: Decimal
    including_tax: Decimal
    allocation: Decimal
    net: Decimal
    net_tax: Decimal
    net_including_tax: Decimal


def gross_amount(quantity: Decimal, price: Decimal) -> Decimal:
    """Return quantity times price, rounded to cents."""
    return round_to(quantity * price)


def discount_of(gross: Decimal, percent: Decimal) -> Decimal:
    """Return the amount of a line discount given in percent."""
    return round_to(gross * percent / HUNDRED)


def percent_of(gross: Decimal, discount: Decimal) -> Decimal:
    """Return a line discount given as an amount in percent, to five decimals."""
    return round_to(discount * HUNDRED / gross, _PERCENT_UNIT) if gross else ZERO


def shares(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split ``total`` into cents in proportion to the weights; the shares add up to ``total``."""
    whole = sum(weights, ZERO)
    if not whole:
        return [ZERO for _ in weights]
    found: list[Decimal] = []
    seen = given = ZERO
    for weight in weights:
        seen += weight
        upto = round_to(total * seen / whole)
        found.append(plain(upto - given))
        given = upto
    return found


def line_amounts(lines: Sequence[LineValue], discount: Decimal, *, with_tax: bool) -> list[LineAmounts]:
    """Return the amounts of every line of a document.

    ``discount`` is the invoice discount; ``with_tax`` says that line amounts and the discount include VAT.
    """
    allocations = shares(discount, [line.amount for line in lines])
    carried: dict[Decimal, tuple[Decimal, Decimal]] = {}
    found: list[LineAmounts] = []
    for line, allocation in zip(lines, allocations, strict=True):
        base = line.amount - allocation
        seen, taxed = carried.get(line.rate, (ZERO, ZERO))
        tax_upto = _tax(seen + base, line.rate, with_tax=with_tax)
        carried[line.rate] = (seen + base, tax_upto)
        found.append(_amounts(line, allocation, plain(tax_upto - taxed), with_tax=with_tax))
    return found


def _amounts(line: LineValue, allocation: Decimal, net_tax: Decimal, *, with_tax: bool) -> LineAmounts:
    tax = _tax(line.amount, line.rate, with_tax=with_tax)
    base = line.amount - allocation
    without = allocation - _tax(allocation, line.rate, with_tax=True) if with_tax else allocation
    return LineAmounts(
        excluding_tax=plain(line.amount - tax if with_tax else line.amount),
        tax=tax,
        including_tax=plain(line.amount if with_tax else line.amount + tax),
        allocation=plain(without),
        net=plain(base - net_tax if with_tax else base),
        net_tax=net_tax,
        net_including_tax=plain(base if with_tax else base + net_tax),
    )


def _tax(amount: Decimal, rate: Decimal, *, with_tax: bool) -> Decimal:
    """Return the VAT on an amount, or the VAT inside it: there the net amount is rounded and VAT is the rest."""
    if with_tax:
        return plain(amount - round_to(amount * HUNDRED / (HUNDRED + rate)))
    return round_to(amount * rate / HUNDRED)
