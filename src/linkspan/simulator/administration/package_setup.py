"""Tables of a configuration package that set a company up and that no entity of the API shows: templates and their choice."""

import re
from collections.abc import Callable, Mapping
from typing import Final, cast
from uuid import UUID, uuid5

from linkspan.simulator.administration.package_file import plain_name
from linkspan.simulator.administration.package_rows import fields_of, values_of
from linkspan.simulator.books.fields import guid
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.faults import filter_error, invalid_relation, must_have_value, not_evaluated

Cells = Mapping[str, str]

_HEADER, _RULES = "Config. Template Header", "Config. Tmpl. Selection Rules"
# Numbers of the tables whose records begin with a template.
_ENTITIES: Final = {"18": "customer", "23": "vendor", "27": "item"}
_CRITERION: Final = re.compile(r"([^=,()]+)=(?:CONST|FILTER)\(([^()]*)\)", re.IGNORECASE)
_VIEW: Final = re.compile(r"(?:.*\s)?WHERE\((.*)\)", re.IGNORECASE | re.DOTALL)


def _put_template(company: Company, cells: Cells) -> None:
    """Make a template or change what table it is for; what its lines bring stays."""
    code = _code(cells, "code", "Code", _HEADER)
    entity = _entity(cells, _HEADER)
    known = _template(company, code)
    row: Record = {"id": _id(company, f"template {code}"), "code": code, "values": known["values"] if known else {}}
    _keep(company.internal["template"], {**row, "entity": entity.name})


def _put_line(company: Company, cells: Cells) -> None:
    """Let a template bring one field of its records."""
    table = "Config. Template Line"
    template = _known_template(company, _code(cells, "datatemplatecode", "Data Template Code", table), table)
    entity = load_contract().entities[str(template["entity"])]
    values = _typed(entity, {cells.get("fieldname", ""): cells.get("defaultvalue", "")}, table)
    brought = {**cast("Record", template["values"]), **values}
    company.internal["template"].replace({**template, "values": brought})


def _put_rule(company: Company, cells: Cells) -> None:
    """Choose a template for the records of a table, or for those of them that meet criteria."""
    code = _code(cells, "templatecode", "Template Code", _RULES)
    entity = _entity(cells, _RULES)
    template = _known_template(company, code, _RULES)
    if template["entity"] != entity.name:
        raise invalid_relation("Template Code", _RULES, code, _HEADER)
    order = cells.get("order", "0")
    if not order.isascii() or not order.isdecimal():
        raise not_evaluated(order, "Integer")
    row: Record = {"id": _id(company, f"rule {entity.name} {order}"), "entity": entity.name, "order": int(order)}
    row["criteria"] = _typed(entity, _criteria(cells.get("selectioncriteria", "")), _RULES)
    _keep(company.internal["templateRule"], {**row, "templateId": guid(template)})


def _criteria(view: str) -> dict[str, str]:
    """Return the fields with the values that they must have, of a view such as ``WHERE(Type=CONST(Service))``."""
    if not view:
        return {}
    found = _VIEW.fullmatch(view.strip())
    parts = _CRITERION.findall(found[1]) if found is not None else []
    if not parts:
        message = f"The selection criteria '{view}' are no view of a table."
        raise filter_error(message)
    return {name.strip(): value for name, value in parts}


def _typed(entity: Entity, given: Cells, table: str) -> Record:
    known = fields_of(entity)
    unknown = next((name for name in given if plain_name(name) not in known), None)
    if unknown is not None:
        raise invalid_relation("Field Name", table, unknown, entity.table)
    return values_of(entity, {plain_name(name): value for name, value in given.items()})


def _entity(cells: Cells, table: str) -> Entity:
    number = cells.get("tableid", "")
    if number not in _ENTITIES:
        raise invalid_relation("Table ID", table, number, "Table")
    return load_contract().entities[_ENTITIES[number]]


def _code(cells: Cells, cell: str, field: str, table: str) -> str:
    code = cells.get(cell, "").strip().upper()
    if not code:
        raise must_have_value(field, table, f"{field}=")
    return code


def _template(company: Company, code: str) -> Record | None:
    return company.internal["template"].find(code)


def _known_template(company: Company, code: str, table: str) -> Record:
    known = _template(company, code)
    if known is None:
        raise invalid_relation("Template Code", table, code, _HEADER)
    return known


def _id(company: Company, about: str) -> UUID:
    return uuid5(company.id, about)


def _keep(table: Table, row: Record) -> None:
    table.insert(row) if table.get(guid(row)) is None else table.replace(row)


SETUP_WRITERS: Final[Mapping[str, Callable[[Company, Cells], None]]] = {
    plain_name(_HEADER): _put_template,
    plain_name("Config. Template Line"): _put_line,
    plain_name(_RULES): _put_rule,
}
"""By the plain name of a table, what writes one of its rows."""
