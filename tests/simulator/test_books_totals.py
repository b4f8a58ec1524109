"""The arithmetic of documents holds for any lines: parts add up, rounding is to the cent, digits pass through."""

from decimal import ROUND_HALF_UP, Decimal

from books_desk import Desk, main_company, new_world
from hypothesis import given, settings
from hypothesis import strategies as st

from linkspan.simulator.books.totals import LineValue, gross_amount, line_amounts, shares

CENT = Decimal("0.01")
money = st.decimals(min_value=0, max_value=1_000_000, places=2)
rates = st.sampled_from([Decimal(0), Decimal(5), Decimal(20), Decimal("7.5")])
entered = st.decimals(min_value=0, max_value=Decimal("99999999.99999"), places=5)
LINES = st.lists(st.builds(LineValue, money, rates), max_size=8)


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


@given(total=money, weights=st.lists(money, max_size=8))
def test_shares_add_up_and_follow_the_weights(total, weights):
    parts = shares(total, weights)
    assert (total if sum(weights) else 0) == sum(parts)
    for part, weight in zip(parts, weights, strict=True):
        assert part == cents(part)
        if sum(weights):
            assert abs(part - total * weight / sum(weights)) <= CENT


@given(lines=LINES, percent=st.integers(0, 100))
def test_totals_without_tax_in_prices(lines, percent):
    base = sum((line.amount for line in lines), Decimal(0))
    discount = cents(base * percent / 100)
    amounts = line_amounts(lines, discount, with_tax=False)
    assert base - discount == sum((one.net for one in amounts), Decimal(0))
    for rate in {line.rate for line in lines}:
        own = [one for one, line in zip(amounts, lines, strict=True) if line.rate == rate]
        assert cents(sum(one.net for one in own) * rate / 100) == sum(one.net_tax for one in own)
    for one, line in zip(amounts, lines, strict=True):
        assert (line.amount, one.net + one.net_tax) == (one.excluding_tax, one.net_including_tax)
        assert line.amount - one.allocation == one.net


@given(lines=LINES)
def test_totals_with_tax_in_prices(lines):
    amounts = line_amounts(lines, Decimal(0), with_tax=True)
    for one, line in zip(amounts, lines, strict=True):
        assert (line.amount, line.amount) == (one.including_tax, one.net_including_tax)
        assert one.including_tax == one.excluding_tax + one.tax
        assert cents(line.amount * 100 / (100 + line.rate)) == one.excluding_tax


@given(quantity=entered, price=entered)
def test_a_line_is_worth_quantity_times_price_to_the_cent(quantity, price):
    assert cents(quantity * price) == gross_amount(quantity, price)


WORLD = new_world()
START = WORLD.snapshot()


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(
        st.tuples(entered, entered, st.decimals(min_value=0, max_value=100, places=5)), min_size=1, max_size=5
    )
)
def test_any_quote_adds_up_and_keeps_entered_digits(lines):
    WORLD.restore(START)
    desk = Desk(main_company(WORLD))
    customer, item = desk.all("customer")[0], desk.all("item")[0]
    payload = [
        {"itemId": item["id"], "quantity": quantity, "unitPrice": price, "discountPercent": percent}
        for quantity, price, percent in lines
    ]
    quote = desk.make("salesQuote", customerId=customer["id"], salesQuoteLines=payload)
    stored = desk.below("salesQuoteLine", quote)
    assert [tuple(map(str, line)) for line in lines] == [
        (str(row["quantity"]), str(row["unitPrice"]), str(row["discountPercent"])) for row in stored
    ]
    assert quote["totalAmountExcludingTax"] == sum(row["netAmount"] for row in stored)
    assert quote["totalTaxAmount"] == sum(row["netTaxAmount"] for row in stored)
    assert quote["totalAmountIncludingTax"] == quote["totalAmountExcludingTax"] + quote["totalTaxAmount"]
    for row in stored:
        gross = cents(row["quantity"] * row["unitPrice"])
        assert gross - row["discountAmount"] == row["amountExcludingTax"]
