"""Builds the chart of accounts of a demo company, with the spans that total accounts add up."""

from linkspan.simulator.books.fields import blank
from linkspan.simulator.books.seed.reading import rows_of
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import load_contract

_TYPES = {"Begin": "Begin_x002D_Total", "End": "End_x002D_Total"}
_CATEGORIES = {"": "_x0020_", "COGS": "Cost_x0020_of_x0020_Goods_x0020_Sold"}
_NET_INCOME = ("4000", "6998")


def plant_accounts(company: Company) -> None:
    """Put every account into the company."""
    entity = load_contract().entities["account"]
    started: list[str] = []
    for row in rows_of("accounts"):
        account: Record = {
            **blank(entity),
            "id": company.log.new_id(),
            "number": row["number"],
            "displayName": row["name"],
            "category": _CATEGORIES.get(row["category"], row["category"]),
            "subCategory": row["sub"],
            "accountType": _TYPES.get(row["type"], row["type"]),
            "directPosting": row["direct"] == "1",
        }
        company.tables["account"].insert(account)
        if row["type"] == "Begin":
            started.append(row["number"])
        elif row["type"] == "End":
            _span(company, account, started.pop(), row["number"])
        elif row["type"] == "Total":
            _span(company, account, *_NET_INCOME)


def _span(company: Company, account: Record, first: str, last: str) -> None:
    company.internal["accountTotaling"].insert({"id": account["id"], "first": first, "last": last})
