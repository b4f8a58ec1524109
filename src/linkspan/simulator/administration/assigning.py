"""Permission sets given to users, applications and groups, changed and taken away; people changed and groups deleted."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from linkspan.simulator.administration.people import APPLICATION, assign, has_other_super
from linkspan.simulator.administration.permission_sets import NO_APP, SUPER, PermissionSet, find_sets
from linkspan.simulator.books.fields import NO_MOMENT, guid, text
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Environment
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import data_not_found, dialog, invalid_relation, must_have_value, required_parameter

_LAST_SUPER: Final = "The permission set SUPER must stay with at least one person who is enabled."
_OWNERS: Final = ("userSecurityId", "groupUserSecurityId")


def give(environment: Environment, entity: Entity, values: Mapping[str, object], parent: Record | None) -> Record:
    """Give a permission set to the user or group of the address; raises the fault of a set that is unknown or unclear."""
    if parent is None:
        raise dialog(entity.errors["UserIDNotSpecifiedForLinesErr"])
    owner = guid(parent, next(name for name in reversed(_OWNERS) if name in parent))
    chosen = _chosen(entity, values)
    _check_owner(environment, owner, chosen)
    return assign(environment, owner, chosen, _company(environment, values.get("company", "")))


def change(environment: Environment, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Give another set, or for another company, in the place of an assignment."""
    kept = {"scope": record["scope"], "appId": record["appId"]} if "roleId" not in changes else {}
    chosen = _chosen(entity, {"roleId": record["roleId"], **kept, **changes})
    owner, company = guid(record, "userSecurityId"), _company(environment, changes.get("company", record["company"]))
    _check_owner(environment, owner, chosen)
    if _was_super(record) and (chosen.role_id != SUPER or company):
        _keep_one_super(environment, guid(record))
    stored = environment.office["accessControl"].get(guid(record)) or record
    new: Record = {"roleId": chosen.role_id, "appId": chosen.app_id, "scope": chosen.scope, "company": company}
    return environment.office["accessControl"].replace({**stored, **new})


def take(environment: Environment, record: Record) -> None:
    """Take an assignment away, unless nobody would be left who may do everything."""
    if _was_super(record):
        _keep_one_super(environment, guid(record))
    environment.office["accessControl"].remove(guid(record))


def change_user(environment: Environment, record: Record, changes: Mapping[str, object]) -> Record:
    """Enable or disable a user, set when its time ends or where mail goes."""
    ending = changes.get("state", record["state"]) != "Enabled" or changes.get("expiryDate", NO_MOMENT) != NO_MOMENT
    own = guid(record, "userSecurityId")
    if ending and _holds_super(environment, own):
        _keep_one_super(environment, own)
    return environment.office["user"].replace({**record, **changes})


def delete_group(environment: Environment, record: Record) -> None:
    """Delete a security group with its members and permissions; the group of Entra stays."""
    office, own = environment.office, guid(record, "groupUserSecurityId")
    for name in ("accessControl", "securityGroupMember"):
        mine = [
            row
            for row in office[name].all()
            if own == row["userSecurityId"] or row.get("securityGroupCode") == record["code"]
        ]
        for row in mine:
            office[name].remove(guid(row))
    office["securityGroup"].remove(own)
    office["user"].remove(own)


def _chosen(entity: Entity, values: Mapping[str, object]) -> PermissionSet:
    role = str(values.get("roleId", ""))
    if not role:
        raise must_have_value("Role ID", entity.table, "Role ID=")
    app, scope = values.get("appId"), values.get("scope")
    known = find_sets(role, app if isinstance(app, UUID) and app != NO_APP else None, str(scope) if scope else None)
    if len(known) > 1:
        raise dialog(entity.errors["MultipleRoleIDErr"].replace("%1", role))
    if not known:
        raise data_not_found("Aggregate Permission Set")
    return known[0]


def _company(environment: Environment, name: object) -> str:
    found = environment.find_company(str(name)) if name else None
    if name and found is None:
        raise invalid_relation("Company Name", "Access Control", str(name), "Company")
    return found.name if found is not None else ""


def _check_owner(environment: Environment, owner: UUID, chosen: PermissionSet) -> None:
    user = environment.office["user"].get(owner)
    if user is None:
        raise required_parameter("userSecurityId")
    if user["licenseType"] == APPLICATION and chosen.role_id == SUPER:
        raise dialog(f"An application cannot hold {SUPER}. Give it the permission sets that its work needs.")


def _was_super(record: Record) -> bool:
    return text(record, "roleId") == SUPER and not record["company"]


def _holds_super(environment: Environment, owner: UUID) -> bool:
    return any(_was_super(row) for row in environment.office["accessControl"].group(owner))


def _keep_one_super(environment: Environment, beside: UUID) -> None:
    if not has_other_super(environment, beside=beside):
        raise dialog(_LAST_SUPER)
