"""Workflows: read only."""


def test_Workflows__TestGetApprovalEntries(desk):
    rows = desk.rows("workflows")

    assert rows
    for row in rows:
        found = desk.get(f"workflows({row['id']})")
        assert row == {name: value for name, value in found.items() if name != "@odata.context"}
        assert all(row[name] for name in ("code", "description", "category"))
    first = rows[0]["code"]
    assert rows[0]["id"] in {row["id"] for row in desk.rows(f"workflows?$filter=code eq '{first}'")}
    assert 405 == desk.send("POST", "workflows", {}).status_code
