"""Accounts as rows, and rows as accounts."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import RowMapping

from linkspan.model import Account, AccountState, Owner, StateReason


def account_cells(account: Account) -> dict[str, object]:
    """An account as its row."""
    return {
        "id": account.id,
        "project_id": account.project_id,
        "profile_id": account.profile_id,
        "connector": account.connector,
        "owner_id": account.owner.id,
        "owner_name": account.owner.name,
        "owner_username": account.owner.username,
        "state": account.state.value,
        "reasons": reasons_json(account.reasons),
        "fields": dict(account.fields),
        "label": account.label,
        "kind": account.kind,
        "metadata": dict(account.metadata),
        "last_success_at": account.last_success_at,
        "read_only": account.read_only,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def account_of(row: RowMapping) -> Account:
    """A row as an account."""
    return Account(
        id=row["id"],
        project_id=row["project_id"],
        profile_id=row["profile_id"],
        connector=row["connector"],
        owner=Owner(row["owner_id"], row["owner_name"], row["owner_username"]),
        state=AccountState(row["state"]),
        fields=row["fields"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        reasons=tuple(
            StateReason(reason["code"], reason["description"], datetime.fromisoformat(reason["at"]))
            for reason in row["reasons"]
        ),
        label=row["label"],
        kind=row["kind"],
        metadata=row["metadata"],
        last_success_at=row["last_success_at"],
        read_only=row["read_only"],
    )


def reasons_json(reasons: Iterable[StateReason]) -> list[dict[str, str]]:
    """Reasons as the column keeps them."""
    return [{"code": reason.code, "description": reason.description, "at": reason.at.isoformat()} for reason in reasons]
