"""Requests for approval: read only."""


def test_ApprovalEntries__TestGetApprovalEntries(desk):
    rows = desk.rows("approvalEntries")

    assert rows
    for row in rows:
        found = desk.get(f"approvalEntries({row['id']})")
        assert row == {name: value for name, value in found.items() if name != "@odata.context"}
        assert all(row[name] for name in ("documentNumber", "senderId", "approverId", "status"))
    first = rows[0]["documentNumber"]
    assert rows[0]["id"] in {row["id"] for row in desk.rows(f"approvalEntries?$filter=documentNumber eq '{first}'")}
    drafts = {row["number"] for row in desk.rows("salesInvoices?$filter=status eq 'Draft'")}
    assert drafts & {row["documentNumber"] for row in rows}
    assert 405 == desk.send("POST", "approvalEntries", {}).status_code
