"""Approvals of posted documents: read only."""


def test_PstdApprovalEntries__TestGetPostedApprovalEntries(desk):
    rows = desk.rows("postedApprovalEntries")

    assert rows
    for row in rows:
        found = desk.get(f"postedApprovalEntries({row['id']})")
        assert row == {name: value for name, value in found.items() if name != "@odata.context"}
        assert all(row[name] for name in ("documentNumber", "senderId", "approverId", "status"))
    first = rows[0]["documentNumber"]
    assert rows[0]["id"] in {
        row["id"] for row in desk.rows(f"postedApprovalEntries?$filter=documentNumber eq '{first}'")
    }
    drafts = {row["number"] for row in desk.rows("salesInvoices?$filter=status eq 'Draft'")}
    assert not drafts & {row["documentNumber"] for row in rows}
    assert 405 == desk.send("POST", "postedApprovalEntries", {}).status_code
