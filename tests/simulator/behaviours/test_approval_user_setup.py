"""Who approves what: read only."""


def test_ApprovalUserSetup__TestGetApprovalUserSetup(desk):
    rows = desk.rows("approvalUserSetups")

    assert rows
    for row in rows:
        found = desk.get(f"approvalUserSetups({row['id']})")
        assert row == {name: value for name, value in found.items() if name != "@odata.context"}
        assert all(row[name] for name in ("userId", "userFullName"))
    first = rows[0]["userId"]
    assert rows[0]["id"] in {row["id"] for row in desk.rows(f"approvalUserSetups?$filter=userId eq '{first}'")}
    (admin,) = [row for row in rows if row["approvalAdmin"]]
    assert {admin["userId"]} == {row["approverId"] for row in rows if row["approverId"]}
    assert 405 == desk.send("POST", "approvalUserSetups", {}).status_code
