"""Inventory posting groups: read only."""


def test_InventoryPostGroup__TestGetInventoryPostGroups(desk):
    rows = {row["code"]: row for row in desk.rows("inventoryPostingGroups")}

    assert "Provisions in bond" == rows["BOND"]["description"]
    found = desk.get(f"inventoryPostingGroups({rows['BOND']['id']})")
    assert rows["BOND"] == {name: value for name, value in found.items() if name != "@odata.context"}
    assert 405 == desk.send("POST", "inventoryPostingGroups", {"code": "OWN"}).status_code
