"""How a record without lines is created, changed, renamed and deleted; what differs is declared per entity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from linkspan.simulator.books.countries import check_countries
from linkspan.simulator.books.fields import blank, guid, settled
from linkspan.simulator.books.rules.references import Reference, settle
from linkspan.simulator.books.rules.renaming import pass_on_rename
from linkspan.simulator.books.rules.templates import template_of
from linkspan.simulator.books.series import number_for
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import must_have_value

Check = Callable[[Company, Entity, Mapping[str, object], Record | None], None]
"""Given company, entity, the values being written and the record as it was (None on create); raises to refuse."""

Fill = Callable[[Company, Mapping[str, object]], Record]
"""Given company and the values being written, returns the values a new record starts with."""

Finish = Callable[[Company, Record, Mapping[str, object]], Record]
"""Given company, the complete record and the values written, returns the record with derived fields set."""


def _accept(company: Company, entity: Entity, values: Mapping[str, object], before: Record | None) -> None:
    """Refuse nothing."""


def _nothing(company: Company, values: Mapping[str, object]) -> Record:
    """Start with no values."""
    del company, values
    return {}


def _as_is(company: Company, record: Record, values: Mapping[str, object]) -> Record:
    """Derive nothing."""
    del company, values
    return record


def _allow(company: Company, record: Record) -> None:
    """Let the record go."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is particular to one entity; ``series`` numbers new records; ``parent_field`` takes the parent's id.

    ``moving`` names fields that write into ledgers, so that the record changes with them whatever it holds.
    """

    references: tuple[Reference, ...] = ()
    series: str = ""
    parent_field: str = ""
    check: Check = _accept
    fill: Fill = _nothing
    finish: Finish = _as_is
    may_delete: Callable[[Company, Record], None] = _allow
    owns: tuple[str, ...] = ()
    moving: frozenset[str] = frozenset()


def create_record(
    company: Company, entity: Entity, rule: Rule, payload: Mapping[str, object], parent: Record | None
) -> Record:
    """Create one record and return it as stored."""
    values = settled(entity, payload)
    owner = rule.parent_field or company.tables[entity.name].layout.group
    if parent is not None and owner:
        values[owner] = guid(parent)
    rule.check(company, entity, values, None)
    check_countries(company, entity, values)
    row: Record = {**blank(entity), "id": company.log.new_id()}
    row.update(settle(company, entity, rule.references, rule.fill(company, values)))
    row.update(settle(company, entity, rule.references, settled(entity, template_of(company, entity, values))))
    row.update(settle(company, entity, rule.references, values))
    table = company.tables[entity.name]
    if rule.series:
        row["number"] = number_for(company, rule.series, str(row["number"]), table)
    _check_key(entity, row)
    return table.insert(rule.finish(company, row, values))


def update_record(
    company: Company, entity: Entity, rule: Rule, record: Record, changes: Mapping[str, object]
) -> Record:
    """Change one record and return it as stored; a changed number or code renames it everywhere."""
    table = company.tables[entity.name]
    before = table.get(guid(record)) or record
    values = settled(entity, changes)
    rule.check(company, entity, values, before)
    check_countries(company, entity, values)
    row = {**before, **settle(company, entity, rule.references, values)}
    _check_key(entity, row)
    row = rule.finish(company, row, values)
    if row == before and not rule.moving & values.keys():
        return before
    stored = table.replace(row)
    pass_on_rename(company, entity, before, stored)
    return stored


def delete_record(company: Company, entity: Entity, rule: Rule, record: Record) -> None:
    """Delete one record with the rows it owns, unless its rule refuses."""
    rule.may_delete(company, record)
    for owned in rule.owns:
        drop_group(company, owned, guid(record))
    company.tables[entity.name].remove(guid(record))


def drop_group(company: Company, name: str, owner: UUID) -> None:
    """Remove every row of a table that belongs to this owner."""
    table = company.tables[name]
    for row in table.group(owner):
        table.remove(table.identity_of(row))


def _check_key(entity: Entity, row: Record) -> None:
    for name in ("number", "code"):
        field = entity.fields.get(name)
        if field is not None and not row[name]:
            raise must_have_value(str(field.source_field), entity.table, f"{field.source_field}=")
