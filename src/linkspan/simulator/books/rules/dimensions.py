"""Rules of default dimensions and of dimension set lines as records of their own."""

from collections.abc import Mapping
from uuid import UUID

from linkspan.simulator.books.fields import NO_ID, blank, guid, settled, text
from linkspan.simulator.books.rules.dimension_sets import attach, show_shortcuts
from linkspan.simulator.books.rules.kinds import KINDS, LINE_KINDS
from linkspan.simulator.books.rules.posted import is_posted
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.faults import dialog, invalid_relation

_PARENTS = {"customer": "Customer", "vendor": "Vendor", "item": "Item", "employee": "Employee"}


def create_default(company: Company, entity: Entity, payload: Mapping[str, object], parent: Record | None) -> Record:
    """Give a customer, vendor, item or employee a default value of a dimension."""
    values = settled(entity, payload)
    owner = guid(parent) if parent is not None else values.get("parentId", NO_ID)
    found = next((one for one in _PARENTS if isinstance(owner, UUID) and company.tables[one].get(owner)), None)
    if found is None:
        raise dialog(entity.errors["ParentNotSpecifiedErr"])
    row: Record = {**blank(entity), "id": company.log.new_id(), "parentId": owner, "parentType": _PARENTS[found]}
    row.update({name: value for name, value in values.items() if name == "postingValidation"})
    dimension = _dimension(company, entity, values)
    row.update({"dimensionId": guid(dimension), "dimensionCode": dimension["code"]})
    row.update(_value_of(company, entity, dimension, values))
    return company.tables[entity.name].insert(row)


def update_default(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Change the value or the posting rule of a default dimension; its dimension stays."""
    table = company.tables[entity.name]
    before = table.get(guid(record)) or record
    values = settled(entity, changes)
    for name in ("dimensionId", "dimensionCode", "parentId", "parentType"):
        if name in values and values[name] != before[name]:
            message = f'The "{name}" of a default dimension cannot be changed. Delete it and insert another.'
            raise dialog(message)
    dimension = company.tables["dimension"].get(guid(before, "dimensionId"))
    row = {**before, **{name: value for name, value in values.items() if name == "postingValidation"}}
    if dimension is not None and "dimensionValueId" in values:
        row.update(_value_of(company, entity, dimension, values))
    return before if row == before else table.replace(row)


def create_set_line(
    company: Company,
    entity: Entity,
    payload: Mapping[str, object],
    parent: Record | None,
    *,
    over_default: bool = False,
) -> Record:
    """Attach a dimension value to a document, line or journal line.

    ``over_default`` lets it take the place of one that a record being created has by default.
    """
    values = settled(entity, payload)
    if parent is None:
        raise dialog(entity.errors["ParentIDRequiredErr"])
    owner = _owner_entity(company, guid(parent))
    _require_changeable(company, entity, owner, guid(parent))
    dimension = _set_dimension(company, entity, values)
    if not over_default and company.tables[entity.name].find(guid(parent), text(dimension, "code")) is not None:
        raise dialog(entity.errors["RecordAlreadyExistErr"])
    value = _set_value(company, entity, dimension, values)
    made = attach(company, owner, guid(parent), dimension=dimension, value=value)
    show_shortcuts(company, owner, guid(parent))
    return made


def update_set_line(company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
    """Attach another value of the same dimension."""
    values = settled(entity, changes)
    if any(name in values and values[name] != record[name] for name in ("id", "code")):
        raise dialog(entity.errors["IdAndCodeCannotBeModifiedErr"])
    dimension = company.tables["dimension"].get(guid(record))
    if dimension is None:
        raise dialog(entity.errors["DimensionIdDoesNotMatchADimensionErr"])
    owner = _owner_entity(company, guid(record, "parentId"))
    _require_changeable(company, entity, owner, guid(record, "parentId"))
    value = _set_value(company, entity, dimension, values)
    made = attach(company, owner, guid(record, "parentId"), dimension=dimension, value=value)
    show_shortcuts(company, owner, guid(record, "parentId"))
    return made


def delete_set_line(company: Company, entity: Entity, record: Record) -> None:
    """Detach a dimension value."""
    table = company.tables[entity.name]
    owner = _owner_entity(company, guid(record, "parentId"))
    _require_changeable(company, entity, owner, guid(record, "parentId"))
    table.remove(table.identity_of(record))
    show_shortcuts(company, owner, guid(record, "parentId"))


def _require_changeable(company: Company, entity: Entity, owner: Entity, owner_id: UUID) -> None:
    """Refuse to touch the dimensions of what is posted, and of records that only posting makes."""
    row = company.tables[owner.name].get(owner_id)
    kind = KINDS.get(owner.name) or LINE_KINDS.get(owner.name)
    header = row
    if kind is not None and row is not None and owner.name in LINE_KINDS:
        header = company.tables[kind.header].get(guid(row, "documentId"))
    posted = kind is not None and header is not None and is_posted(kind, header)
    if posted or "update" not in owner.verbs:
        message = entity.errors["ParentDoesNotExistOrReadOnlyErr"]
        raise dialog(message.replace("%1", str(owner_id)).replace("%2", owner.table))


def _owner_entity(company: Company, owner_id: UUID) -> Entity:
    entities = load_contract().entities
    names = entities["dimensionSetLine"].parents
    found = next((name for name in names if company.tables[name].get(owner_id)), None)
    if found is None:
        raise dialog(entities["dimensionSetLine"].errors["ParentNotSpecifiedErr"])
    return entities[found]


def _dimension(company: Company, entity: Entity, values: Mapping[str, object]) -> Record:
    table = company.tables["dimension"]
    wanted = values.get("dimensionId", NO_ID)
    code = str(values.get("dimensionCode", ""))
    found = table.get(wanted) if isinstance(wanted, UUID) and wanted != NO_ID else table.find(code)
    if found is None or (code and code != found["code"]):
        raise invalid_relation("Dimension Code", entity.table, code or str(wanted), "Dimension")
    _refuse_blocked(company, f"Dimension {found['code']} is blocked.", str(found["code"]))
    return found


def _value_of(company: Company, entity: Entity, dimension: Record, values: Mapping[str, object]) -> Record:
    wanted = values.get("dimensionValueId", NO_ID)
    code = str(values.get("dimensionValueCode", ""))
    if wanted == NO_ID and not code:
        return {"dimensionValueId": NO_ID, "dimensionValueCode": ""}
    table = company.tables["dimensionValue"]
    found = table.get(wanted) if isinstance(wanted, UUID) and wanted != NO_ID else table.find(guid(dimension), code)
    if found is None or found["dimensionId"] != dimension["id"]:
        raise invalid_relation("Dimension Value Code", entity.table, code or str(wanted), "Dimension Value")
    _refuse_blocked_value(company, dimension, found)
    return {"dimensionValueId": guid(found), "dimensionValueCode": found["code"]}


def _set_dimension(company: Company, entity: Entity, values: Mapping[str, object]) -> Record:
    table = company.tables["dimension"]
    wanted, code = values.get("id", NO_ID), str(values.get("code", ""))
    if wanted == NO_ID and not code:
        raise dialog(entity.errors["IdOrCodeShouldBeFilledErr"])
    found = table.get(wanted) if isinstance(wanted, UUID) and wanted != NO_ID else None
    if wanted != NO_ID and found is None:
        raise dialog(entity.errors["DimensionIdDoesNotMatchADimensionErr"])
    if found is not None and code and code != found["code"]:
        raise dialog(entity.errors["DimensionFieldsDontMatchErr"])
    found = found or table.find(code)
    if found is None:
        raise dialog(entity.errors["DimensionCodeDoesNotMatchADimensionErr"])
    _refuse_blocked(company, f"Dimension {found['code']} is blocked.", str(found["code"]))
    return found


def _set_value(company: Company, entity: Entity, dimension: Record, values: Mapping[str, object]) -> Record:
    table = company.tables["dimensionValue"]
    wanted, code = values.get("valueId", NO_ID), str(values.get("valueCode", ""))
    if wanted == NO_ID and not code:
        raise dialog(entity.errors["ValueIdOrValueCodeShouldBeFilledErr"])
    found = table.get(wanted) if isinstance(wanted, UUID) and wanted != NO_ID else None
    if wanted != NO_ID and (found is None or found["dimensionId"] != dimension["id"]):
        raise dialog(entity.errors["DimensionValueIdDoesNotMatchADimensionValueErr"])
    if found is not None and code and code != found["code"]:
        raise dialog(entity.errors["DimensionValueFieldsDontMatchErr"])
    found = found or table.find(guid(dimension), code)
    if found is None:
        raise dialog(entity.errors["DimensionValueCodeDoesNotMatchADimensionValueErr"])
    _refuse_blocked_value(company, dimension, found)
    return found


def _refuse_blocked_value(company: Company, dimension: Record, value: Record) -> None:
    key = f"{dimension['code']}/{value['code']}"
    _refuse_blocked(company, f"Dimension Value {dimension['code']} - {value['code']} is blocked.", key)


def _refuse_blocked(company: Company, message: str, key: str) -> None:
    if key in company.setup.blocked_dimensions:
        raise dialog(message)
