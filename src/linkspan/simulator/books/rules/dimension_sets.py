"""Dimension values attached to documents, lines and journal lines, and their shortcuts on document headers."""

import re
from collections.abc import Mapping
from typing import cast
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, guid, text
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import invalid_relation

_WORD = re.compile(r"[A-Z][a-z]+")
_SHORTCUTS = {"shortcutDimension1Code": "dimension1", "shortcutDimension2Code": "dimension2"}


def parent_type(entity: Entity) -> str:
    """Return the wire member name by which a dimension set line names its parent's type."""
    name = "journalLine" if entity.name in {"customerPayment", "vendorPayment"} else entity.name
    return "_x0020_".join(_WORD.findall(name[0].upper() + name[1:]))


def attach(company: Company, entity: Entity, owner: UUID, *, dimension: Record, value: Record) -> Record:
    """Give a document, line or journal line a value of a dimension, in place of the one it has."""
    table = company.tables["dimensionSetLine"]
    row: Record = {
        "id": guid(dimension),
        "code": dimension["code"],
        "consolidationCode": dimension["consolidationCode"],
        "parentId": owner,
        "parentType": parent_type(entity),
        "displayName": dimension["displayName"],
        "valueId": guid(value),
        "valueCode": value["code"],
        "valueConsolidationCode": value["consolidationCode"],
        "valueDisplayName": value["displayName"],
    }
    if table.find(owner, text(dimension, "code")) is not None:
        return table.replace(row)
    return table.insert(row)


def copy_defaults(company: Company, entity: Entity, *, owner: UUID, source: UUID) -> None:
    """Attach the default dimension values of a customer, vendor, item or employee."""
    if source == NO_ID:
        return
    for row in company.tables["defaultDimension"].group(source):
        dimension = company.tables["dimension"].get(guid(row, "dimensionId"))
        value = company.tables["dimensionValue"].get(guid(row, "dimensionValueId"))
        if dimension is not None and value is not None:
            attach(company, entity, owner, dimension=dimension, value=value)


def copy_set(company: Company, entity: Entity, *, owner: UUID, source: UUID) -> None:
    """Attach to a new line what its header has."""
    table = company.tables["dimensionSetLine"]
    for row in list(table.group(source)):
        table.insert({**row, "parentId": owner, "parentType": parent_type(entity)})


def drop_dimensions(company: Company, owner: UUID) -> None:
    """Detach everything from a record that is being deleted."""
    table = company.tables["dimensionSetLine"]
    for row in list(table.group(owner)):
        table.remove(table.identity_of(row))


def apply_shortcuts(company: Company, entity: Entity, owner: UUID, values: Mapping[str, object]) -> None:
    """Attach or detach the two global dimensions as the header's shortcut fields say."""
    table = company.tables["dimensionSetLine"]
    for name, role in _SHORTCUTS.items():
        dimension = company.tables["dimension"].find(company.setup.defaults.get(role, ""))
        if name not in values or dimension is None:
            continue
        code = str(values[name])
        value = company.tables["dimensionValue"].find(guid(dimension), code)
        if code and value is None:
            caption = str(entity.fields[name].source_field)
            raise invalid_relation(caption, f"{entity.table}", code, "Dimension Value")
        if value is not None:
            attach(company, entity, owner, dimension=dimension, value=value)
        elif (old := table.find(owner, text(dimension, "code"))) is not None:
            table.remove(table.identity_of(old))


def show_shortcuts(company: Company, entity: Entity, owner: UUID) -> None:
    """Write the values of the two global dimensions into the shortcut fields of a header."""
    if "shortcutDimension1Code" not in entity.fields:
        return
    header = cast("Record", company.tables[entity.name].get(owner))
    shown: Record = {}
    for name, role in _SHORTCUTS.items():
        row = company.tables["dimensionSetLine"].find(owner, company.setup.defaults.get(role, ""))
        shown[name] = text(row, "valueCode") if row else ""
    if any(header[name] != value for name, value in shown.items()):
        company.tables[entity.name].replace({**header, **shown})
