"""Writes the records of a configuration package into a company's tables, by the rules that every write keeps."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from linkspan.simulator.administration.package_file import plain_name
from linkspan.simulator.books.fields import guid
from linkspan.simulator.books.layouts import layout_of
from linkspan.simulator.books.rules.semantics import create, update
from linkspan.simulator.books.seed.masters import plant
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, Field, load_contract
from linkspan.simulator.faults import not_evaluated
from linkspan.simulator.odata.payload import check_new

_FILLED: Final = (
    "account", "bankAccount", "countryRegion", "currency", "customer", "dimension", "employee", "generalProductPostingGroup",
    "inventoryPostingGroup", "item", "itemCategory", "journal", "location", "paymentMethod", "paymentTerm",
    "salespersonPurchaser", "shipmentMethod", "taxArea", "taxGroup", "unitOfMeasure", "vendor",
)  # fmt: skip
_TRUE: Final = frozenset({"true", "1", "yes"})
_FALSE: Final = frozenset({"false", "0", "no", ""})
_TOTALING: Final = "totaling"
# Here the posting group of a bank is the number of the account behind it.
_BEHIND_BANK: Final = "bankaccpostinggroup"


def table_named(name: str) -> Entity | None:
    """Return the entity behind a table of a package, None for one that packages do not fill."""
    return _tables().get(name)


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Entity]:
    entities = (load_contract().entities[name] for name in _FILLED)
    return {plain_name(caption): one for one in entities for caption in (one.table, layout_of(one).caption)}


def put_row(company: Company, entity: Entity, cells: Mapping[str, str]) -> None:
    """Create or change the record that a package describes; raises the fault of the rule that it breaks.

    Cells that no field of the entity stands for are read over: packages hold every column of a table.
    """
    values = values_of(entity, cells)
    key = layout_of(entity).order[-1]
    found = _known(company, entity, key, str(values.get(key, "")))
    if "create" in entity.verbs:
        changed = {name: value for name, value in values.items() if name != key}
        row = create(company, entity, values) if found is None else update(company, entity, found, changed)
        if entity.name == "bankAccount":
            _keep(company, "bankPosting", {"id": guid(row), "account": cells.get(_BEHIND_BANK, "")}, "account")
        return
    row = plant(company, entity.name, values) if found is None else found
    row = company.tables[entity.name].replace({**row, **values})
    if entity.name == "account":
        _total(company, row, cells.get(_TOTALING, ""))


def _known(company: Company, entity: Entity, key: str, code: str) -> Record | None:
    table = company.tables[entity.name]
    if table.layout.order == (key,) and table.layout.group is None:
        return table.find(code)
    return next((row for row in table.all() if row[key] == code), None)


def values_of(entity: Entity, cells: Mapping[str, str]) -> Record:
    """Return the values of a record, checked as a request's are, of cells by plain name; others are read over."""
    fields = fields_of(entity)
    given = {fields[name].name: _value(fields[name], cell) for name, cell in cells.items() if name in fields}
    if entity.name in {"taxArea", "taxGroup"}:
        given["taxType"] = "VAT"
    if entity.name == "journal":
        given.pop("templateDisplayName", None)
    open_fields = {name: replace(one, read_only=False) for name, one in entity.fields.items()}
    return check_new(given, replace(entity, fields=MappingProxyType(open_fields)), load_contract())


def fields_of(entity: Entity) -> Mapping[str, Field]:
    """Return the fields that a package may fill, by the plain names of their columns and of themselves."""
    found: dict[str, Field] = {}
    for field in entity.fields.values():
        if field.type in {"guid", "stream", "datetime"} or (field.computed and field.read_only):
            continue
        found[plain_name(field.source_field or field.name)] = field
        found.setdefault(plain_name(field.name), field)
    return found


def _value(field: Field, cell: str) -> object:
    if field.type == "boolean":
        if cell.casefold() not in _TRUE | _FALSE:
            raise not_evaluated(cell, "Boolean")
        return cell.casefold() in _TRUE
    if field.type in {"decimal", "int32", "int64"}:
        return _number(field, cell or "0")
    if field.type == "date":
        return cell or None
    return None if field.enum is not None and not cell else cell


def _number(field: Field, cell: str) -> Decimal | int:
    try:
        return Decimal(cell) if field.type == "decimal" else int(cell)
    except (InvalidOperation, ValueError) as error:
        raise not_evaluated(cell, "Decimal" if field.type == "decimal" else "Integer") from error


def _total(company: Company, account: Record, span: str) -> None:
    """Keep the accounts that a total adds up, given as first and last number with two dots between."""
    first, _, last = span.partition("..")
    row: Record = {"id": guid(account), "first": first.strip(), "last": last.strip()}
    _keep(company, "accountTotaling", row, "last")


def _keep(company: Company, name: str, row: Record, needed: str) -> None:
    """Put a row into an internal table, in the place of the one with its id; nothing where a value is blank."""
    table = company.internal[name]
    if row[needed]:
        table.insert(row) if table.get(guid(row)) is None else table.replace(row)
