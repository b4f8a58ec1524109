"""Totals of a document: writes the computed amounts into its lines and their sums into its header."""

from decimal import Decimal
from typing import cast
from uuid import UUID

from linkspan.simulator.books.fields import HUNDRED, ZERO, guid, number, plain, round_to, text
from linkspan.simulator.books.rules.kinds import Kind
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.totals import LineAmounts, LineValue, gross_amount, line_amounts
from linkspan.simulator.books.world import Company
from linkspan.simulator.faults import field_validation


def set_discount(company: Company, kind: Kind, document_id: UUID, amount: Decimal) -> None:
    """Fix the invoice discount of a document at an amount; refuses more than its lines are worth."""
    base = sum((_line_value(line, kind).amount for line in company.tables[kind.line].group(document_id)), ZERO)
    if amount and amount > base:
        message = f"The maximum Invoice Discount Amount that you can apply is {plain(base)}."
        raise field_validation(message)
    discounts = company.internal["documentDiscount"]
    if discounts.get(document_id):
        discounts.replace({"id": document_id, "amount": amount})
    else:
        discounts.insert({"id": document_id, "amount": amount})


def recompute(company: Company, kind: Kind, document_id: UUID) -> None:
    """Compute every line of a document and the totals of its header again, and store what changed."""
    table = company.tables[kind.line]
    header = cast("Record", company.tables[kind.header].get(document_id))
    with_tax = bool(header.get("pricesIncludeTax", False))
    lines = list(table.group(document_id))
    values = [_line_value(line, kind) for line in lines]
    discount = _discount(company, kind, header, sum((value.amount for value in values), ZERO))
    amounts = line_amounts(values, discount, with_tax=with_tax)
    for line, computed in zip(lines, amounts, strict=True):
        fresh = {**line, **_line_fields(line, computed, with_tax=with_tax)}
        if fresh != line:
            table.replace(fresh)
    company.tables[kind.header].replace({**header, **_header_fields(header, amounts, discount, with_tax=with_tax)})


def _line_value(line: Record, kind: Kind) -> LineValue:
    gross = gross_amount(number(line, "quantity"), number(line, kind.price_field))
    return LineValue(gross - number(line, "discountAmount"), number(line, "taxPercent"))


def _discount(company: Company, kind: Kind, header: Record, base: Decimal) -> Decimal:
    """Return the invoice discount: the amount fixed by hand, else the partner's percentage from a minimum on."""
    fixed = company.internal["documentDiscount"].get(guid(header))
    if fixed is not None:
        return min(number(fixed, "amount"), max(base, ZERO))
    tiers = company.internal["invoiceDiscount"].group(guid(header, kind.payer_id))
    reached = [number(tier, "percent") for tier in tiers if base >= number(tier, "minimum")]
    return round_to(base * reached[-1] / HUNDRED) if reached else ZERO


def _line_fields(line: Record, computed: LineAmounts, *, with_tax: bool) -> Record:
    fields: Record = {
        "amountExcludingTax": computed.excluding_tax,
        "totalTaxAmount": computed.tax,
        "amountIncludingTax": computed.including_tax,
        "invoiceDiscountAllocation": computed.allocation,
        "netAmount": computed.net,
        "netTaxAmount": computed.net_tax,
        "netAmountIncludingTax": computed.net_including_tax,
        "discountAppliedBeforeTax": not with_tax,
    }
    return {name: value for name, value in fields.items() if name in line}


def _header_fields(header: Record, amounts: list[LineAmounts], discount: Decimal, *, with_tax: bool) -> Record:
    fields: Record = {
        "discountAmount": discount,
        "discountAppliedBeforeTax": not with_tax,
        "totalAmountExcludingTax": plain(sum((one.net for one in amounts), ZERO)),
        "totalTaxAmount": plain(sum((one.net_tax for one in amounts), ZERO)),
        "totalAmountIncludingTax": plain(sum((one.net_including_tax for one in amounts), ZERO)),
    }
    return {name: value for name, value in fields.items() if name in header}


def tax_percent(company: Company, kind: Kind, header: Record, tax_code: str) -> Decimal:
    """Return the VAT percentage of a tax group for the customer or vendor of a document."""
    return company.setup.tax_rates.get((tax_area(company, kind, header), tax_code), ZERO)


def tax_area(company: Company, kind: Kind, header: Record) -> str:
    """Return the tax area code of who pays a document or is paid by it."""
    partner = company.tables[kind.party].get(guid(header, kind.payer_id))
    return company.setup.defaults["taxArea"] if partner is None else partner_tax_area(company, kind.party, partner)


def partner_tax_area(company: Company, party: str, partner: Record) -> str:
    """Return the tax area code of a customer or vendor: a customer's own, a vendor's by the country it is in."""
    if party == "customer":
        area = company.tables["taxArea"].get(guid(partner, "taxAreaId"))
        return text(area, "code") if area else ""
    return company.setup.defaults["taxArea" if text(partner, "country") in {"", company.setup.country} else "taxAbroad"]
