"""What each demo company is: names, country, currency, tax rates, and how much of everything it has."""

from dataclasses import dataclass
from decimal import Decimal

from linkspan.simulator.books.fields import round_to
from linkspan.simulator.books.seed.reading import codes_of
from linkspan.simulator.books.world import Setup

_RATES = {
    "GB": {"STANDARD": "20", "REDUCED": "5"},
    "NO": {"STANDARD": "25", "REDUCED": "15"},
    "NL": {"STANDARD": "21", "REDUCED": "9"},
}
_RATE_UNIT = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Plan:
    """One demo company; counts bound how many rows of each list it takes and how many documents it trades."""

    name: str
    country: str
    currency: str
    city: str
    domain: str
    seed: int
    customers: int = 44
    vendors: int = 27
    items: int = 72
    quotes: int = 24
    orders: int = 22
    invoices: int = 70
    credit_memos: int = 9
    purchase_orders: int = 18
    purchase_invoices: int = 32


def small(name: str, country: str, currency: str, *, city: str, domain: str, seed: int) -> Plan:
    """Return the plan of a company with a few of everything."""
    return Plan(
        name,
        country,
        currency,
        city,
        domain,
        seed,
        customers=14,
        vendors=8,
        items=24,
        quotes=5,
        orders=4,
        invoices=12,
        credit_memos=2,
        purchase_orders=3,
        purchase_invoices=5,
    )


def setup_of(plan: Plan) -> Setup:
    """Return the fixed choices of a planned company."""
    worth = {str(code): Decimal(str(rate)) for code, _, rate in codes_of("currency")}
    own = worth[plan.currency]
    return Setup(
        local_currency=plan.currency,
        country=plan.country,
        tax_rates={("INLAND", group): Decimal(rate) for group, rate in _RATES[plan.country].items()},
        exchange_rates={
            code: round_to(rate / own, _RATE_UNIT) for code, rate in worth.items() if code != plan.currency
        },
        defaults={
            "paymentTerm": "30D",
            "paymentMethod": "BACS",
            "taxArea": "INLAND",
            "taxAbroad": "OVERSEAS",
            "taxGroup": "STANDARD",
            "noTaxGroup": "EXEMPT",
            "unitOfMeasure": "PCS",
            "timeUnit": "HOUR",
            "generalProductPostingGroup": "GOODS",
            "servicePostingGroup": "SERVICES",
            "inventoryPostingGroup": "STOCK",
            "dimension1": "AREA",
            "dimension2": "DEPARTMENT",
        },
        accounts={
            "receivables": "1310",
            "receivables_abroad": "1320",
            "payables": "2110",
            "payables_abroad": "2120",
            "stock": "1210",
            "freight": "5040",
            "tax_in": "2230",
            "tax_out_STANDARD": "2210",
            "tax_out_REDUCED": "2220",
            "sales_GOODS": "4010",
            "sales_PROVISIONS": "4030",
            "sales_SERVICES": "4100",
            "cost_GOODS": "5010",
            "cost_PROVISIONS": "5020",
            "cost_SERVICES": "5060",
            "stock_adjustment": "5070",
            "currency_difference": "6510",
            "bank": "CURRENT",
            "payment_registration_bank": "CURRENT",
        },
        blocked_dimensions=frozenset({"CAMPAIGN", "VESSEL/OLDHULK"}),
        templates={"customer": {"country": plan.country}, "vendor": {"country": plan.country}},
    )
