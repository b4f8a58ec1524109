"""Approvers of workflows: read only."""


def test_WorkflowApprovers__TestGetApprovalEntries(desk):
    rows = desk.rows("workflowApprovers")

    assert rows
    for row in rows:
        found = desk.get(f"workflowApprovers({row['id']})")
        assert row == {name: value for name, value in found.items() if name != "@odata.context"}
        assert all(row[name] for name in ("workflowCode", "userName", "approverType"))
    first = rows[0]["workflowCode"]
    assert rows[0]["id"] in {row["id"] for row in desk.rows(f"workflowApprovers?$filter=workflowCode eq '{first}'")}
    assert {row["workflowCode"] for row in rows} <= {row["code"] for row in desk.rows("workflows")}
    assert 405 == desk.send("POST", "workflowApprovers", {}).status_code
