"""The door of the books: create, change, delete and read any entity, each write whole or not at all."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast
from uuid import UUID

from linkspan.simulator.books.etags import etag_by_content
from linkspan.simulator.books.fields import NO_ID, guid
from linkspan.simulator.books.rules.actions import ACTIONS
from linkspan.simulator.books.rules.contacts import follow, forget
from linkspan.simulator.books.rules.dimensions import (
    create_default,
    create_set_line,
    delete_set_line,
    update_default,
    update_set_line,
)
from linkspan.simulator.books.rules.documents import create_document, delete_document, update_document
from linkspan.simulator.books.rules.flows import FLOWS, ComputedRows, complete
from linkspan.simulator.books.rules.journal_kinds import PAYMENT_JOURNALS, TEMPLATES
from linkspan.simulator.books.rules.journals import create_journal_line, delete_journal_line, update_journal_line
from linkspan.simulator.books.rules.kinds import KINDS, LINE_KINDS
from linkspan.simulator.books.rules.lines import create_line, delete_line, update_line
from linkspan.simulator.books.rules.media import (
    FILES,
    PARTS,
    create_file,
    delete_file,
    delete_media,
    part_of,
    update_file,
    update_part,
)
from linkspan.simulator.books.rules.payment_marks import update_vendor_mark
from linkspan.simulator.books.rules.payment_posting import PARTIES
from linkspan.simulator.books.rules.payments import create_payment, delete_payment, update_payment
from linkspan.simulator.books.rules.records import Rule, create_record, delete_record, update_record
from linkspan.simulator.books.rules.rulebook import RULES
from linkspan.simulator.books.rules.views import VIEWS, Limit, View
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, Link, load_contract
from linkspan.simulator.faults import dialog, method_not_allowed, method_not_implemented, resource_not_found

_CREATE: dict[str, Callable[[Company, Entity, Mapping[str, object], Record | None], Record]] = {
    **dict.fromkeys(KINDS, create_document),
    **dict.fromkeys(LINE_KINDS, create_line),
    "journalLine": create_journal_line,
    **dict.fromkeys(PARTIES, create_payment),
    "defaultDimension": create_default,
    "dimensionSetLine": create_set_line,
    **dict.fromkeys(FILES, create_file),
}
_UPDATE: dict[str, Callable[[Company, Entity, Record, Mapping[str, object]], Record]] = {
    **dict.fromkeys(KINDS, update_document),
    **dict.fromkeys(LINE_KINDS, update_line),
    "journalLine": update_journal_line,
    **dict.fromkeys(PARTIES, update_payment),
    "applyVendorEntry": update_vendor_mark,
    "defaultDimension": update_default,
    "dimensionSetLine": update_set_line,
    **dict.fromkeys(FILES, update_file),
    "picture": update_part,
}
_DELETE: dict[str, Callable[[Company, Entity, Record], None]] = {
    **dict.fromkeys(KINDS, delete_document),
    **dict.fromkeys(LINE_KINDS, delete_line),
    "journalLine": delete_journal_line,
    **dict.fromkeys(PARTIES, delete_payment),
    "dimensionSetLine": delete_set_line,
    **dict.fromkeys((*FILES, "picture"), delete_file),
}
_PLAIN_KEY = re.compile(r"[\w /-]+")
_NEEDS_FILTER = {
    **dict.fromkeys(
        (*LINE_KINDS, "purchaseCreditMemoLine"),
        (frozenset({"id", "documentId"}), "IDOrDocumentIdShouldBeSpecifiedForLinesErr"),
    ),
    **dict.fromkeys(
        ("journalLine", "customerPayment", "vendorPayment"), (frozenset({"id", "journalId"}), "FiltersNotSpecifiedErr")
    ),
    "applyVendorEntry": (frozenset({"id"}), "FiltersNotSpecifiedErr"),
    **dict.fromkeys(("defaultDimension", "dimensionSetLine"), (frozenset({"parentId"}), "ParentNotSpecifiedErr")),
    "timeRegistrationEntry": (
        frozenset({"id", "employeeId", "employeeNumber"}),
        "EmployeeIdOrNumberShouldBeSpecifiedErr",
    ),
    "contactInformation": (
        frozenset({"relatedId", "contactId"}),
        "Name a customer, vendor or contact to get contacts.",
    ),
    "picture": (frozenset({"id"}), "ParentNotSpecifiedErr"),
    "pdfDocument": (frozenset({"id", "parentId"}), "MissingParentIdErr"),
}


def has_own_rules(entity: Entity, verb: str) -> bool:
    """Tell whether create, update or delete of an entity follows rules of its own, and not just those of every row."""
    own = {"create": _CREATE.keys(), "update": _UPDATE.keys(), "delete": _DELETE.keys()}[verb]
    return entity.name in own or entity.name in RULES


def create(company: Company, entity: Entity, payload: Mapping[str, object], *, parent: Record | None = None) -> Record:
    """Create a record with the contained parts in its payload (lists under their link's name) and return it whole."""
    _require(entity, "create", "POST")
    with company.log.transaction():
        made = _create(company, entity, payload, parent)
        _create_parts(company, entity, made, payload)
        follow(company, entity, made)
    fresh = company.tables[entity.name].get(company.tables[entity.name].identity_of(made))
    return _shown(company, entity, fresh or made)


def update(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Change the given fields of a record and return it whole."""
    _require(entity, "update", "PATCH")
    with company.log.transaction():
        if entity.name in _UPDATE:
            changed = _UPDATE[entity.name](company, entity, record, changes)
        else:
            changed = update_record(company, entity, RULES.get(entity.name, Rule()), record, changes)
        follow(company, entity, changed)
    return _shown(company, entity, changed)


def delete(company: Company, entity: Entity, record: Record) -> None:
    """Delete a record with what belongs to it, unless a rule refuses."""
    _require(entity, "delete", "DELETE")
    with company.log.transaction():
        if entity.name in _DELETE:
            _DELETE[entity.name](company, entity, record)
        else:
            delete_record(company, entity, RULES.get(entity.name, Rule()), record)
        forget(company, entity, record)
        delete_media(company, load_contract().entities, guid(record))


def read(  # noqa: PLR0913  what a look at rows is made of, all by keyword
    company: Company,
    entity: Entity,
    *,
    parent: Record | None = None,
    link: Link | None = None,
    wanted: Mapping[str, object] | None = None,
    limits: Sequence[Limit] = (),
    fields: frozenset[str] | None = None,
) -> Sequence[Record]:
    """Return rows in primary-key order: a whole table, or those of a parent (that ``link`` leads to, else its parts).

    ``wanted`` holds the fields of the request's filter, each with the value it must equal or None: it narrows the
    rows where a key allows, and without the right ones lines are refused and journals show only the GENERAL template.
    ``limits`` holds its other comparisons. ``fields`` names the fields that will be looked at (None: all), so that
    others need not be computed.
    """
    fixed = wanted or {}
    if entity.name in VIEWS:
        return VIEWS[entity.name](company, View(parent, fixed, limits))
    rows = _linked(company, entity, parent, link) if parent is not None else _whole(company, entity, fixed)
    flows = FLOWS.get(entity.name, {})
    used = {name: flow for name, flow in flows.items() if fields is None or name in fields}
    return ComputedRows(company, entity, rows, used) if flows else rows


def read_one(company: Company, entity: Entity, record_id: object, *, parent: Record | None = None) -> Record | None:
    """Return one record by id; a dimension set line needs its parent, since its id is its dimension's."""
    if not isinstance(record_id, UUID):
        return None
    if entity.name in VIEWS:
        shown = VIEWS[entity.name](company, View(parent))
        return next((one for one in shown if one[entity.key[0]] == record_id), None)
    table = company.tables[entity.name]
    if entity.name == "dimensionSetLine":
        lines = table.group(guid(parent)) if parent is not None else ()
        return next((line for line in lines if line["id"] == record_id), None)
    if entity.name in PARTS:
        return part_of(company, entity, record_id)
    row = table.get(record_id)
    if row is None or (entity.name in PAYMENT_JOURNALS and row["templateDisplayName"] != TEMPLATES[entity.name]):
        return None
    return _shown(company, entity, row)


def etag_of(company: Company, entity: Entity, record: Mapping[str, object]) -> str:
    """Return the opaque etag of a record: by its last write, or by its content where it is computed on reading."""
    return etag_by_content(record) if entity.name in VIEWS else company.tables[entity.name].etag_of(dict(record))


def operate(company: Company, entity: Entity, record: Record, operation: str) -> Record | None:
    """Run a bound action, whole or not at all, and return the record that it made; those of custom APIs do nothing."""
    known = {name.casefold(): name for name in entity.operations}
    name = known.get(operation.casefold())
    if name is None:
        raise resource_not_found(operation)
    action = ACTIONS.get((entity.name, name))
    if action is None and entity.name not in load_contract().entities:
        return None
    if action is None:
        message = f"The action {name} is not available in this simulator."
        raise method_not_implemented(message)
    with company.log.transaction():
        return action(company, record)


def _require(entity: Entity, verb: str, method: str) -> None:
    if verb not in entity.verbs:
        raise method_not_allowed(method, entity.set)


def _create(company: Company, entity: Entity, payload: Mapping[str, object], parent: Record | None) -> Record:
    if entity.name in _CREATE:
        return _CREATE[entity.name](company, entity, payload, parent)
    return create_record(company, entity, RULES.get(entity.name, Rule()), payload, parent)


def _create_parts(company: Company, entity: Entity, made: Record, payload: Mapping[str, object]) -> None:
    """Create what the payload holds under links; document lines are already there."""
    adopted = {name: table.entity for name, table in company.tables.items() if table.entity is not None}
    entities = {**adopted, **load_contract().entities}
    done = KINDS[entity.name].lines_link if entity.name in KINDS else ""
    for link in entity.links.values():
        parts = payload.get(link.name)
        if link.name == done or not isinstance(parts, list) or link.entity not in entities:
            continue
        for part in cast("list[Mapping[str, object]]", parts):
            if link.entity == "dimensionSetLine":
                create_set_line(company, entities[link.entity], part, made, over_default=True)
                continue
            child = _create(company, entities[link.entity], part, made)
            _create_parts(company, entities[link.entity], child, part)


def read_linked(company: Company, entity: Entity, link: Link, parent: Record) -> Record | None:
    """Return the record at the end of a single-valued navigation, or None."""
    value = parent[link.own_field]
    if entity.name in VIEWS:
        return next((one for one in VIEWS[entity.name](company, View()) if one[link.target_field] == value), None)
    if isinstance(value, UUID) and (link.target_field,) == company.tables[entity.name].layout.identity:
        return None if value == NO_ID else read_one(company, entity, value)
    if isinstance(value, UUID) and entity.name in PARTS:
        return part_of(company, entity, value)
    rows = _linked(company, entity, parent, link)
    return _shown(company, entity, rows[0]) if rows else None


def _linked(company: Company, entity: Entity, parent: Record, link: Link | None) -> Sequence[Record]:
    """Return the rows whose fields equal the parent's as the link says; a blank field leads nowhere."""
    table = company.tables[entity.name]
    link = link or Link(
        "", entity.name, many=True, contained=True, target_field=table.layout.group or "id", own_field="id"
    )
    value = parent[link.own_field]
    if value in {NO_ID, ""}:
        return []
    if isinstance(value, UUID) and table.layout.group == link.target_field:
        return table.group(value)
    if isinstance(value, UUID) and table.layout.identity == (link.target_field,):
        row = table.get(value)
        return [] if row is None else [row]
    pairs = {link.own_field: link.target_field, **link.also}
    return [row for row in table.all() if all(row[target] == parent[own] for own, target in pairs.items())]


def _whole(company: Company, entity: Entity, fixed: Mapping[str, object]) -> Sequence[Record]:
    required = _NEEDS_FILTER.get(entity.name)
    if required is not None and not required[0] & fixed.keys():
        raise dialog(entity.errors.get(required[1], required[1]))
    if entity.name in PARTS:
        owner = fixed.get("id") or fixed.get("parentId")
        part = part_of(company, entity, owner) if isinstance(owner, UUID) else None
        return [] if part is None else [part]
    table = company.tables[entity.name]
    narrowed = _narrowed(table, fixed) if entity.name not in PAYMENT_JOURNALS else None
    if narrowed is not None:
        return narrowed
    template = TEMPLATES.get(entity.name)
    if template is not None and (entity.name != "journal" or not fixed.keys() & {"templateDisplayName", "id"}):
        return [row for row in table.all() if row["templateDisplayName"] == template]
    return table.all()


def _narrowed(table: Table, fixed: Mapping[str, object]) -> Sequence[Record] | None:
    """Return the rows that a filter on id, parent or number can only mean, or None when it leaves the table whole."""
    wanted = fixed.get("id")
    if isinstance(wanted, UUID) and table.layout.identity == ("id",):
        row = table.get(wanted)
        return [] if row is None else [row]
    owner = fixed.get(table.layout.group or "")
    if isinstance(owner, UUID):
        return table.group(owner)
    key = fixed.get(table.layout.order[0]) if table.layout.group is None and len(table.layout.order) == 1 else None
    if isinstance(key, str) and table.layout.order[0] in {"number", "code"} and _PLAIN_KEY.fullmatch(key):
        row = table.find(key.upper())
        return None if row is None else [row]
    return None


def _shown(company: Company, entity: Entity, row: Record) -> Record:
    return complete(company, entity, row, FLOWS.get(entity.name, {}))
