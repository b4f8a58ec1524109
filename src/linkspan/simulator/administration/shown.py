"""The records of the automation API, worked out from an environment's people, groups, sets, jobs and companies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID, uuid5

from linkspan.simulator.administration.companies import company_rows
from linkspan.simulator.administration.packages import file_rows, package_rows
from linkspan.simulator.administration.people import assignments, group_of
from linkspan.simulator.administration.permission_sets import APPS, PermissionSet, find_sets, permission_sets
from linkspan.simulator.books.fields import guid, text
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company, Environment

# Numbers of tables in permissions, as the application's objects have them; a table that is not here shows 0.
_OBJECTS: Final = {
    "G/L Account": 15, "Customer": 18, "Vendor": 23, "Item": 27, "Currency": 4, "Payment Terms": 3, "Location": 14,
    "Country/Region": 9, "Shipment Method": 10, "Bank Account": 270, "Payment Method": 289, "Unit of Measure": 204,
    "Contact": 5050, "Employee": 5200, "G/L Entry": 17, "Company Information": 79, "General Ledger Setup": 98,
    "Dimension": 348, "Dimension Value": 349, "Default Dimension": 352, "Item Category": 5722, "Item Variant": 5401,
    "Gen. Journal Line": 81, "Gen. Journal Batch": 232, "Company": 2000000006, "User": 2000000120,
    "Access Control": 2000000053, "Aggregate Permission Set": 2000000167, "Expanded Permission": 2000000254,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """Where records are looked for: an environment, and the company of the address."""

    environment: Environment
    company: Company


def _users(scene: Scene) -> list[Record]:
    return list(scene.environment.office["user"].all())


def _users_with_account(scene: Scene) -> list[Record]:
    more: Record = {"windowsSecurityID": "", "changePassword": False, "exchangeIdentifier": ""}
    return [{**row, **more, "fullName": row["displayName"]} for row in _users(scene)]


def _permissions(scene: Scene) -> list[Record]:
    return [
        {**row, "displayName": _set_of(row).name, "extensionName": APPS[guid(row, "appId")]}
        for row in scene.environment.office["accessControl"].all()
    ]


def _access(scene: Scene) -> list[Record]:
    users = scene.environment.office["user"]
    rows = []
    for row in scene.environment.office["accessControl"].all():
        user = cast("Record", users.get(guid(row, "userSecurityId")))
        who = {"userName": user["userName"], "fullName": user["displayName"], "userLicenseType": user["licenseType"]}
        rows.append({**row, **who, "roleName": _set_of(row).name, "appName": APPS[guid(row, "appId")]})
    return rows


def _held_sets(scene: Scene) -> list[Record]:
    return [row for user in _users(scene) for row in _sets_of(scene.environment, guid(user, "userSecurityId"))]


def _sets_of(environment: Environment, user_id: UUID) -> Iterator[Record]:
    for (row, group), held in assignments(environment, user_id):
        own: Record = {**row, "roleName": held.permission_set.name, "appName": APPS[held.permission_set.app_id]}
        if group is None:
            yield {**own, "type": "User", "securityGroupCode": ""}
        else:
            by_group = {"type": "SecurityGroup", "securityGroupCode": group["code"], "userSecurityId": user_id}
            yield {**own, **by_group, "id": uuid5(guid(row), str(user_id))}


def _sets(_scene: Scene) -> list[Record]:
    return [
        {"id": one.role_id, "displayName": one.name, "extensionName": APPS[one.app_id], "appId": one.app_id, "scope": one.scope}
        for one in permission_sets()
    ]  # fmt: skip


def _all_sets(_scene: Scene) -> list[Record]:
    return [
        {"id": one.id, "roleId": one.role_id, "name": one.name, "appName": APPS[one.app_id], "appId": one.app_id, "scope": one.scope}
        for one in permission_sets()
    ]  # fmt: skip


def _lines(_scene: Scene) -> list[Record]:
    return [row for one in permission_sets() for row in _lines_of(one)]


def _lines_of(chosen: PermissionSet) -> Iterator[Record]:
    head: Record = {"roleId": chosen.role_id, "roleName": chosen.name, "appId": chosen.app_id, "scope": chosen.scope}
    for table, letters in chosen.expanded():
        words = {"R": "readPermission", "I": "insertPermission", "M": "modifyPermission", "D": "deletePermission"}
        allowed = {name: "Yes" if letter in letters else " " for letter, name in words.items()}
        yield {
            **head,
            "id": uuid5(chosen.id, table),
            "appName": APPS[chosen.app_id],
            "objectType": "Table Data",
            "objectId": _OBJECTS.get(table, 0),
            "objectName": table,
            **allowed,
            "executePermission": " ",
            "alObjectName": table,
        }


def _groups(scene: Scene) -> list[Record]:
    return list(scene.environment.office["securityGroup"].all())


def _members(scene: Scene) -> list[Record]:
    users = scene.environment.office["user"]
    rows = []
    for row in scene.environment.office["securityGroupMember"].all():
        user = cast("Record", users.get(guid(row, "userSecurityId")))
        group = cast("Record", group_of(scene.environment, text(row, "securityGroupCode")))
        names = {"userName": user["userName"], "userFullName": user["displayName"]}
        rows.append({**row, **names, "securityGroupName": group["groupName"]})
    return rows


def _set_of(row: Record) -> PermissionSet:
    return find_sets(text(row, "roleId"), guid(row, "appId"), text(row, "scope"))[0]


SHOWN: Final[dict[str, Callable[[Scene], list[Record]]]] = {
    "automationCompany": lambda scene: company_rows(scene.environment),
    "user": _users,
    "usersPermission": _users_with_account,
    "userPermission": _permissions,
    "accessControl": _access,
    "userPermissionSet": _held_sets,
    "permissionSet": _sets,
    "aggregatePermissionSet": _all_sets,
    "expandedPermissionSet": _lines,
    "securityGroup": _groups,
    "securityGroupMember": _members,
    "scheduledJob": lambda scene: list(scene.environment.office["job"].all()),
    "configurationPackage": lambda scene: package_rows(scene.company),
    "file": lambda scene: file_rows(scene.company),
}
"""By entity, its records in the order of their primary key."""
