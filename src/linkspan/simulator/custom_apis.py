"""Custom API routes, so that a customer's extension can be imitated: entities and rows out of a file, served by the rules of every row."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from linkspan.simulator.books.fields import blank
from linkspan.simulator.books.layouts import layout_of
from linkspan.simulator.books.table import Layout, Record
from linkspan.simulator.books.world import Company, Environment
from linkspan.simulator.command import ControlError
from linkspan.simulator.contract import Contract, Entity, load_contract, read_contract
from linkspan.simulator.faults import BcFault, resource_not_found
from linkspan.simulator.odata.payload import check_new

Route = tuple[str, str, str]
"""Publisher, group and version, as they stand in the address."""

_ROUTE: Final = re.compile(r"(\w[\w.-]*)/(\w[\w.-]*)/(\w[\w.-]*)", re.ASCII)
_READABLE: Final = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class CustomApi:
    """One route: its contract (with the companies in it), and by entity the rows that every company starts with."""

    route: Route
    contract: Contract
    layouts: Mapping[str, Layout]
    rows: Mapping[str, tuple[Mapping[str, object], ...]]

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Its own entities."""
        return tuple(self.contract.entities[name] for name in self.layouts)


@dataclass(slots=True)
class CustomApis:
    """All custom routes of a simulator."""

    by_route: dict[Route, CustomApi] = field(default_factory=dict)

    def add(self, api: CustomApi) -> None:
        """Serve a route from now on; raises ControlError where another route has an entity of the same name."""
        taken = {one.name for other in self.by_route.values() if other.route != api.route for one in other.entities}
        clash = sorted(taken & api.layouts.keys())
        if clash:
            message = f"The entity '{clash[0]}' belongs to another custom API already; give it another name."
            raise ControlError(message)
        self.by_route[api.route] = api

    def contract_of(self, route: Route, environment: Environment) -> Contract:
        """Return a route's contract, after giving each company of the environment its tables; raises 404 for another route."""
        api = self.by_route.get(route)
        if api is None:
            raise resource_not_found("/".join(route))
        for company in environment.companies.values():
            _equip(company, api)
        return api.contract

    def refill(self, environments: list[Environment]) -> None:
        """Give every company the rows of the files again."""
        for company in (one for environment in environments for one in environment.companies.values()):
            for api in self.by_route.values():
                company.leave(api.layouts)
                _equip(company, api)


def _equip(company: Company, api: CustomApi) -> None:
    missing = [entity for entity in api.entities if entity.name not in company.tables]
    company.adopt({entity.name: (entity, api.layouts[entity.name]) for entity in missing})
    for entity in missing:
        company.tables[entity.name].load([_row(company, entity, values) for values in api.rows.get(entity.name, ())])


def _row(company: Company, entity: Entity, values: Mapping[str, object]) -> Record:
    row: Record = {**blank(entity), **values}
    if "lastModifiedDateTime" in row:
        row["lastModifiedDateTime"] = company.log.stamp()
    key = entity.key[0]
    if entity.fields[key].type == "guid" and key not in values:
        row[key] = company.log.new_id()
    return row


def read_file(path: Path) -> CustomApi:
    """Read a custom API from a JSON file; raises ControlError, whose text says what is wrong."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read as a custom API: {error}"
        raise ControlError(message) from error
    if not isinstance(document, dict):
        message = f"{path} cannot be read as a custom API: it holds no JSON object."
        raise ControlError(message)
    return read_document(document)


def read_document(document: Mapping[str, Any]) -> CustomApi:
    """Read a custom API: `route`, and `entities`, `enums` and `rows` in the form of contract.json; raises ControlError."""
    found = _ROUTE.fullmatch(str(document.get("route", "")))
    if found is None:
        raise ControlError("A custom API needs a 'route' of the form publisher/group/version.")
    try:
        contract = _with_companies(document)
        layouts = {one.name: _layout(one, contract) for one in contract.entities.values() if one.name != "company"}
        rows = {
            name: _rows(contract.entities[name], given, contract) for name, given in document.get("rows", {}).items()
        }
    except _READABLE as error:
        message = f"The custom API {found[0]} cannot be read: {type(error).__name__} at {error}."
        raise ControlError(message) from error
    except BcFault as fault:
        message = f"A row of the custom API {found[0]} is not valid: {fault.message}"
        raise ControlError(message) from fault
    return CustomApi((found[1], found[2], found[3]), contract, MappingProxyType(layouts), MappingProxyType(rows))


def _with_companies(document: Mapping[str, Any]) -> Contract:
    standard = load_contract()
    entities = {
        name: {"label": name, "table": name, "verbs": ["read"], "key": ["id"], **told}
        for name, told in document["entities"].items()
    }
    clash = sorted(entities.keys() & standard.entities.keys())
    if clash or not entities:
        message = (
            f"the entity '{clash[0]}' is one of the standard API; give it another name"
            if clash
            else "'entities' is empty"
        )
        raise ControlError(message)
    own = read_contract(
        {"namespace": standard.namespace, "source_version": "custom", "enums": {}, **document, "entities": entities}
    )
    for entity in own.entities.values():
        entity.fields[entity.key[0]]
        if entity.fields[entity.key[0]].type != "guid":
            message = f"the key of '{entity.name}' must be a guid"
            raise ControlError(message)
    both = {"company": standard.entities["company"], **own.entities}
    return replace(
        own, entities=MappingProxyType(both), by_set=MappingProxyType({one.set: one for one in both.values()})
    )


def _layout(entity: Entity, contract: Contract) -> Layout:
    """Return the primary key of an entity: parts of a record stand below it, by the field that names it."""
    above = (link for one in contract.entities.values() for link in one.links.values() if link.entity == entity.name)
    owner = next((link.target_field for link in above if link.contained and link.own_field == "id"), None)
    layout = layout_of(entity)
    if owner is None or layout.group is not None:
        return layout
    order = tuple(dict.fromkeys(name for name in ("sequence", *layout.order) if name in entity.fields))
    return replace(layout, group=owner, order=order, captions=order)


def _rows(entity: Entity, given: list[dict[str, object]], contract: Contract) -> tuple[Mapping[str, object], ...]:
    """Check rows as a request would be checked; read-only fields may be given here."""
    open_fields = {name: replace(one, read_only=False) for name, one in entity.fields.items()}
    open_entity = replace(entity, fields=MappingProxyType(open_fields))
    return tuple(check_new(_exact(row), open_entity, contract) for row in given)


def _exact(row: dict[str, object]) -> dict[str, object]:
    """Take a float, which a document from Python may hold, for the decimal that it is printed as."""
    return {name: Decimal(repr(value)) if isinstance(value, float) else value for name, value in row.items()}
