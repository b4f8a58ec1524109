"""Item ledger entries: one for each movement of stock, read only; their quantities add up to what is on hand."""


def test_itemLedgEntries__TestGetItemLedgerEntries(desk):
    item = desk.make("items", displayName="Cleat", unitCost=4)
    assert [] == desk.rows(f"itemLedgerEntries?$filter=itemNumber eq '{item['number']}'")
    for stock in (12, 7):
        desk.change(f"items({item['id']})", inventory=stock)
    rows = desk.rows(f"itemLedgerEntries?$filter=itemNumber eq '{item['number']}'")

    assert [12, -5] == [row["quantity"] for row in rows]
    assert ["Positive_x0020_Adjmt_x002E_", "Negative_x0020_Adjmt_x002E_"] == [row["entryType"] for row in rows]
    assert [48, -20] == [row["costAmountActual"] for row in rows]
    assert rows[0]["entryNumber"] < rows[1]["entryNumber"]
    assert rows[1]["id"] == desk.get(f"itemLedgerEntries({rows[1]['id']})")["id"]
    assert 405 == desk.send("POST", "itemLedgerEntries", {}).status_code
