"""Users and groups as Graph shows them: JSON objects made from the directory, and their declared properties."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import UUID

from linkspan.simulator.entra.directory import Directory, Group, Tenant, User

Row = dict[str, object]

_CONTRACT_FILE: Final = Path(__file__).resolve().parents[2] / "connectors" / "entraid" / "contract.json"
USUAL_OF_USER: Final = (
    "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation", "preferredLanguage", "surname",
    "userPrincipalName", "id",
)  # fmt: skip
"""What a user shows when nothing is selected."""


@dataclass(frozen=True, slots=True)
class Property:
    """One declared property: `type` as in the contract file, `longest` in characters."""

    name: str
    type: str
    longest: int | None
    read_only: bool
    nullable: bool


@lru_cache(maxsize=1)
def properties() -> Mapping[str, Mapping[str, Property]]:
    """The declared properties of `user` and `group` by name."""
    entities = json.loads(_CONTRACT_FILE.read_text(encoding="utf-8"))["entities"]
    return {name: {one["name"]: _property(one) for one in entities[name]["fields"]} for name in ("user", "group")}


def _property(raw: Mapping[str, object]) -> Property:
    longest = raw.get("max_length")
    return Property(
        str(raw["name"]),
        str(raw["type"]),
        longest if isinstance(longest, int) else None,
        read_only=bool(raw.get("read_only")),
        nullable=bool(raw.get("nullable")),
    )


def user_row(user: User) -> Row:
    """All properties of a user."""
    given, _, family = user.name.partition(" ")
    known: Row = {
        "id": str(user.id),
        "displayName": user.name,
        "givenName": given or None,
        "surname": family or None,
        "userPrincipalName": user.upn,
        "mail": user.upn if user.licensed else None,
        "mailNickname": user.upn.partition("@")[0],
        "accountEnabled": user.enabled,
        "userType": "Member",
        "createdDateTime": _moment(user.created),
    }
    return {name: user.details.get(name, known.get(name)) for name in properties()["user"]}


def group_row(group: Group) -> Row:
    """All properties of a group."""
    known: Row = {
        "id": str(group.id),
        "displayName": group.name,
        "mailEnabled": False,
        "securityEnabled": True,
        "createdDateTime": _moment(group.created),
    }
    return {name: group.details.get(name, known.get(name)) for name in properties()["group"]}


def users_of(directory: Directory, tenant: Tenant) -> list[Row]:
    """The tenant's users, in the order of their ids, so that pages do not overlap."""
    return [user_row(one) for one in sorted(directory.users, key=lambda user: user.id) if one.tenant_id == tenant.id]


def groups_of(directory: Directory, tenant: Tenant) -> list[Row]:
    """The tenant's groups, in the order of their ids."""
    return [group_row(one) for one in sorted(directory.groups, key=lambda one: one.id) if one.tenant_id == tenant.id]


def members_of(directory: Directory, group: Group) -> list[Row]:
    """The users who belong to a group."""
    return [user_row(user) for user in map(directory.user, sorted(group.members)) if user is not None]


def member_of(directory: Directory, user_id: UUID) -> list[Row]:
    """The groups that a user belongs to."""
    return [group_row(one) for one in sorted(directory.groups, key=lambda one: one.id) if user_id in one.members]


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else "2026-01-05T08:00:00Z"
