"""Accounting periods: months in their order, the first of each year marked; read only."""

from datetime import date


def test_AccountingPeriods__TestGetAccountingPeriods(desk):
    rows = desk.rows("accountingPeriods")

    starts = [date.fromisoformat(row["startingDate"]) for row in rows]
    assert sorted(set(starts)) == starts
    assert {1} == {start.day for start in starts}
    assert [start.month == 1 for start in starts] == [row["newFiscalYear"] for row in rows]
    today = desk.rows("companyInformation")[0]["currentFiscalYearStartDate"]
    assert today in {row["startingDate"] for row in rows if row["newFiscalYear"]}
    assert rows[3]["name"] == desk.get(f"accountingPeriods({rows[3]['id']})")["name"]
