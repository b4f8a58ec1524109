"""Permission sets: the provider's tables and rights that chosen actions need, as data, XML and AL text."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import quoteattr

from linkspan.connectors.action import Action
from linkspan.connectors.contract import Entity
from linkspan.connectors.spec import TableRightsSpec
from linkspan.model import Verb

RIGHTS = "RIMD"
"""Read, insert, modify, delete: always in this order."""

LONGEST_ROLE_ID = 20
"""Business Central refuses a longer RoleID."""

_OWN_RIGHTS = {Verb.LIST: "R", Verb.GET: "R", Verb.CREATE: "RIM", Verb.UPDATE: "RM", Verb.DELETE: "RD", Verb.ACT: "RM"}
_XML_RIGHTS = {"R": "ReadPermission", "I": "InsertPermission", "M": "ModifyPermission", "D": "DeletePermission"}


def action_rights(verb: Verb, entity: Entity, declared: TableRightsSpec | None) -> Mapping[str, str]:
    """Table → rights that one action needs: the declared tables, or the entity's own table when nothing is declared."""
    if declared is None:
        return {entity.table: _OWN_RIGHTS[verb]} if entity.table else {}
    by_verb = {
        Verb.CREATE: declared.create,
        Verb.UPDATE: declared.update,
        Verb.DELETE: declared.delete,
        Verb.ACT: declared.act,
    }
    return merged_rights([declared.read, by_verb.get(verb, {})])


def merged_rights(parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The smallest rights that cover all `parts`, by table name in order."""
    letters: dict[str, set[str]] = {}
    for part in parts:
        for table, rights in part.items():
            letters.setdefault(table, set()).update(rights)
    return {table: "".join(right for right in RIGHTS if right in letters[table]) for table in sorted(letters)}


def permission_set(actions: Iterable[Action]) -> dict[str, str]:
    """Table → rights for all of `actions` together: what the linked user needs besides signing in."""
    return merged_rights(action.rights for action in actions)


def permission_set_xml(
    actions: Iterable[Action], tables: Mapping[str, int], *, role_id: str = "LINKSPAN", role_name: str = "Linkspan"
) -> str:
    """The permission set as the XML that Business Central's page Permission Sets imports.

    `tables` gives object ids by table name (`Connector.tables`); a table without one is left to a comment, since XML names tables by id.
    Raises ValueError if `role_id` is empty or has more than 20 characters.
    """
    _check_role_id(role_id)
    rights = permission_set(actions)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<PermissionSets>"]
    lines.append(f"  <PermissionSet RoleID={quoteattr(role_id)} RoleName={quoteattr(role_name)}>")
    for table, letters in rights.items():
        if table in tables:
            lines += _xml_permission(tables[table], letters)
        else:
            lines.append(
                f"    <!-- Add the table {table.replace('--', '- -')} with {letters}: its object id is not known here. -->"
            )
    return "\n".join([*lines, "  </PermissionSet>", "</PermissionSets>", ""])


def _xml_permission(object_id: int, letters: str) -> list[str]:
    """One table's element; object type 0 is table data."""
    flags = [f"      <{name}>{int(letter in letters)}</{name}>" for letter, name in _XML_RIGHTS.items()]
    return [
        "    <Permission>",
        "      <ObjectType>0</ObjectType>",
        f"      <ObjectID>{object_id}</ObjectID>",
        *flags,
        "      <ExecutePermission>0</ExecutePermission>",
        "      <SecurityFilter />",
        "    </Permission>",
    ]


def permission_set_al(
    actions: Iterable[Action], *, object_id: int = 50100, role_id: str = "LINKSPAN", role_name: str = "Linkspan"
) -> str:
    """The permission set as an AL object for an extension of one's own; `object_id` must be free in it.

    Raises ValueError if `role_id` is empty or has more than 20 characters.
    """
    _check_role_id(role_id)
    rows = [f"        tabledata {_al_name(table)} = {letters}" for table, letters in permission_set(actions).items()]
    caption = role_name.replace("'", "''")
    body = ["    Assignable = true;", f"    Caption = '{caption}', Locked = true;"]
    if rows:
        body += ["    Permissions =", ",\n".join(rows) + ";"]
    return "\n".join([f"permissionset {object_id} {_al_name(role_id)}", "{", *body, "}", ""])


def _al_name(name: str) -> str:
    """AL names are quoted; a quote inside is written twice."""
    quoted = name.replace('"', '""')
    return f'"{quoted}"'


def _check_role_id(role_id: str) -> None:
    if not 0 < len(role_id) <= LONGEST_ROLE_ID:
        raise ValueError(f"a permission set's id has 1 to {LONGEST_ROLE_ID} characters: {role_id!r}")
