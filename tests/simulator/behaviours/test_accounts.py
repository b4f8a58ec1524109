"""Accounts: read only, each with an id and the moment of its last change."""

from datetime import datetime
from uuid import UUID


def test_Accounts__TestVerifyIDandLastDateModified(desk):
    account = desk.one("accounts", "number eq '1310'")

    assert UUID(account["id"]).int
    assert datetime.fromisoformat(account["lastModifiedDateTime"]).year > 2000
    assert account["id"] == desk.get(f"accounts({account['id']})")["id"]


def test_Accounts__TestGetAccounts(desk):
    shown = {row["number"]: row["displayName"] for row in desk.rows("accounts?$select=number,displayName")}

    for number in ("1310", "2110"):
        assert desk.one("accounts", f"number eq '{number}'")["displayName"] == shown[number]
