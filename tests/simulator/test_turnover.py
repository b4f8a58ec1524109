"""customerSales and vendorPurchases agree with the documents that were posted."""

from decimal import Decimal

import msgspec
import pytest
from odata_world import Sim, build_demo_sim

DECODER = msgspec.json.Decoder(float_hook=Decimal)


@pytest.fixture(scope="module")
def demo() -> Sim:
    return build_demo_sim()


async def rows(sim: Sim, address: str) -> list[dict[str, object]]:
    answer = await sim.ask("GET", address)
    found: list[dict[str, object]] = DECODER.decode(answer.content)["value"]
    return found


async def billed(sim: Sim, entity_set: str, party: str) -> dict[object, Decimal]:
    """What documents in local currency bill each party."""
    totals: dict[object, Decimal] = {}
    for one in await rows(sim, f"{entity_set}?$filter=status ne 'Draft'&$select={party},totalAmountExcludingTax"):
        amount = one["totalAmountExcludingTax"]
        totals[one[party]] = totals.get(one[party], Decimal(0)) + Decimal(str(amount))
    return totals


@pytest.mark.parametrize(
    ("turnover", "total", "invoices", "memos", "party", "payer"),
    [
        (
            "customerSales",
            "totalSalesAmount",
            "salesInvoices",
            "salesCreditMemos",
            "customerNumber",
            "billToCustomerNumber",
        ),
        (
            "vendorPurchases",
            "totalPurchaseAmount",
            "purchaseInvoices",
            "purchaseCreditMemos",
            "vendorNumber",
            "payToVendorNumber",
        ),
    ],
)
async def test_turnover_is_what_was_billed(
    demo: Sim, turnover: str, total: str, invoices: str, memos: str, party: str, payer: str
) -> None:
    local = {
        one["number"]
        for one in await rows(
            demo, f"{party.removesuffix('Number')}s?$filter=currencyId eq 00000000-0000-0000-0000-000000000000"
        )
    }
    plus, minus = await billed(demo, invoices, payer), await billed(demo, memos, payer)
    found = {one[party]: one[total] for one in await rows(demo, turnover) if one[party] in local}

    assert len(found) > 3
    assert any(found.values())
    assert {one: plus.get(one, Decimal(0)) - minus.get(one, Decimal(0)) for one in found} == found
