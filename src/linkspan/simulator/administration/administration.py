"""The automation API's records, read and written: an environment's companies, people, permissions and packages."""

from collections.abc import Mapping, Sequence
from typing import Final

from linkspan.simulator.administration import assigning, companies, packages
from linkspan.simulator.administration.jobs import JobKind, is_waiting, schedule
from linkspan.simulator.administration.people import fetch_new
from linkspan.simulator.administration.shown import SHOWN, Scene
from linkspan.simulator.books.etags import etag_by_content
from linkspan.simulator.books.fields import guid
from linkspan.simulator.books.rules.reading_views import Limit
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company, Environment
from linkspan.simulator.contract import Entity, Field, Link
from linkspan.simulator.entra.directory import Directory
from linkspan.simulator.faults import dialog, method_not_allowed, resource_not_found

_NEEDS_FILTER: Final = {
    "userPermission": (frozenset({"userSecurityId"}), "UserIDNotSpecifiedForLinesErr"),
    "scheduledJob": (frozenset({"id", "category"}), "FiltersNotSpecifiedErr"),
    "file": (frozenset({"code"}), "CodeNotSpecifiedForLinesErr"),
}
_OFFICE: Final = {
    "user": "user",
    "usersPermission": "user",
    "userPermission": "accessControl",
    "securityGroup": "securityGroup",
    "scheduledJob": "job",
}
_FETCH: Final = "getNewUsersFromOffice365"


class Administration:
    """Keeps the records of the automation API of one environment."""

    def __init__(self, environment: Environment, directory: Directory) -> None:
        """`directory` is where new users come from."""
        self._environment = environment
        self._directory = directory

    def create(
        self, company: Company, entity: Entity, payload: Mapping[str, object], *, parent: Record | None = None
    ) -> Record:
        """Create a company, an assignment of a permission set, or a configuration package."""
        if entity.name == "automationCompany":
            return companies.create_company(self._environment, company, payload)
        if entity.name == "userPermission":
            made = assigning.give(self._environment, entity, payload, parent)
            return self._fresh(company, entity, made)
        if entity.name == "configurationPackage":
            return packages.create_package(company, payload)
        raise method_not_allowed("POST", entity.set)

    def update(self, company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
        """Change a company, a user, an assignment or a configuration package."""
        if entity.name == "automationCompany":
            return companies.change_company(self._environment, record, changes)
        if entity.name == "user":
            return assigning.change_user(self._environment, record, changes)
        if entity.name == "userPermission":
            changed = assigning.change(self._environment, entity, record, changes)
            return self._fresh(company, entity, changed)
        if entity.name == "configurationPackage":
            return packages.change_package(company, record, changes)
        return record

    def delete(self, company: Company, entity: Entity, record: Record) -> None:
        """Delete a company, an assignment, a security group or a configuration package."""
        if entity.name == "automationCompany":
            companies.delete_company(self._environment, company, record)
        elif entity.name == "userPermission":
            assigning.take(self._environment, record)
        elif entity.name == "securityGroup":
            assigning.delete_group(self._environment, record)
        elif entity.name == "configurationPackage":
            packages.delete_package(company, record)
        else:
            raise method_not_allowed("DELETE", entity.set)

    def operate(self, company: Company, entity: Entity, record: Record, operation: str) -> Record | None:
        """Fetch new users now or in the background; import or apply a configuration package in the background."""
        name = next((known for known in entity.operations if known.casefold() == operation.casefold()), None)
        if name is None:
            raise resource_not_found(operation)
        if entity.name == "configurationPackage":
            packages.begin(company, entity, record, name)
            kind: JobKind = "import" if name == "import" else "apply"
            return schedule(self._environment, kind, company=company.id, package=guid(record))
        if is_waiting(self._environment, "users"):
            raise dialog("New users are being fetched already. Wait until that is done.")
        if name == _FETCH:
            fetch_new(self._environment, self._directory)
            return None
        return schedule(self._environment, "users")

    def read(  # noqa: PLR0913  the look at rows that every shelf takes
        self,
        company: Company,
        entity: Entity,
        *,
        parent: Record | None = None,
        link: Link | None = None,
        wanted: Mapping[str, object] | None = None,
        limits: Sequence[Limit] = (),
        fields: frozenset[str] | None = None,
    ) -> Sequence[Record]:
        """Return the records below a parent, or all; some are refused without a parent or a filter."""
        del limits, fields
        needed = _NEEDS_FILTER.get(entity.name)
        if parent is None and needed is not None and not needed[0] & (wanted or {}).keys():
            raise dialog(entity.errors[needed[1]])
        rows = SHOWN[entity.name](Scene(self._environment, company))
        if parent is None or link is None:
            return rows
        return [row for row in rows if row[link.target_field] == parent[link.own_field]]

    def read_one(self, company: Company, entity: Entity, key: object, *, parent: Record | None = None) -> Record | None:
        """Return a record by its key; an assignment only below its user or group."""
        if entity.name == "userPermission" and parent is None:
            raise dialog(entity.errors["UserIDNotSpecifiedForLinesErr"])
        rows = SHOWN[entity.name](Scene(self._environment, company))
        return next((row for row in rows if row[entity.key[0]] == key), None)

    def read_linked(self, company: Company, entity: Entity, link: Link, parent: Record) -> Record | None:
        """Return the record that a navigation leads to."""
        rows = SHOWN[entity.name](Scene(self._environment, company))
        return next((row for row in rows if row[link.target_field] == parent[link.own_field]), None)

    def etag_of(self, company: Company, entity: Entity, record: Mapping[str, object]) -> str:
        """Return the etag of a record: by its last write, or by its content where it is worked out."""
        if entity.name == "file":
            return company.internal["content"].etag_of({"id": packages.file_key(guid(record, "packageId"))})
        table = self._table(company, entity)
        return table.etag_of(dict(record)) if table is not None else etag_by_content(record)

    def read_content(self, company: Company, entity: Entity, record: Record, field: Field) -> bytes:
        """Return the bytes of a configuration package's file."""
        del entity, field
        return packages.read_file(company, guid(record, "packageId"))

    def write_content(self, company: Company, entity: Entity, record: Record, *, field: Field, data: bytes) -> None:
        """Replace the file of a configuration package."""
        del entity, field
        packages.write_file(company, guid(record, "packageId"), data)

    def _table(self, company: Company, entity: Entity) -> Table | None:
        if entity.name == "automationCompany":
            return self._environment.directory
        if entity.name == "configurationPackage":
            return company.internal["configurationPackage"]
        name = _OFFICE.get(entity.name)
        return self._environment.office[name] if name is not None else None

    def _fresh(self, company: Company, entity: Entity, record: Record) -> Record:
        rows = SHOWN[entity.name](Scene(self._environment, company))
        return next(row for row in rows if row["id"] == record["id"])
