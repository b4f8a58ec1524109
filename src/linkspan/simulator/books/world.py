"""All that the simulated Business Central knows: tenants, their environments, their companies and the tables inside."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from linkspan.simulator.books.layouts import ALIASES, INTERNAL, layout_of, stored_entities
from linkspan.simulator.books.office import open_office
from linkspan.simulator.books.table import Layout, Record, Table
from linkspan.simulator.books.write_log import TimeSource, WriteLog
from linkspan.simulator.contract import Entity, load_contract
from linkspan.simulator.faults import no_environment

EnvironmentState = Literal["Active", "Upgrading", "NotReady", "SoftDeleted"]


@dataclass(frozen=True, slots=True)
class Setup:
    """Fixed choices of a company that the API does not show as a table.

    ``tax_rates`` gives the VAT percentage by (customer's or vendor's tax area code, tax group code);
    ``exchange_rates`` the worth of one unit of a currency in local currency. ``defaults`` names what a new record
    gets (payment_term, payment_method, tax_area, tax_group, unit, ...); ``accounts`` the numbers that postings use.
    ``blocked_dimensions`` holds dimension codes and ``CODE/VALUE`` pairs that are blocked. ``templates`` gives by
    entity the values that a new record takes where its payload says nothing, as the provider's templates do.
    """

    local_currency: str
    country: str
    tax_rates: Mapping[tuple[str, str], Decimal]
    exchange_rates: Mapping[str, Decimal]
    defaults: Mapping[str, str]
    accounts: Mapping[str, str]
    blocked_dimensions: frozenset[str] = frozenset()
    quote_valid_days: int = 30
    templates: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


class Company:
    """One company: its tables by entity name, and the internal ones behind computed fields."""

    def __init__(self, company_id: UUID, name: str, setup: Setup, log: WriteLog) -> None:
        """Make an empty company."""
        self.id = company_id
        self.name = name
        self.display_name = name
        self.setup = setup
        self.log = log
        self.sums: dict[str, tuple[int, Mapping[str, Decimal]]] = {}
        contract = load_contract()
        self._tables = {entity.name: Table(entity, layout_of(entity), log) for entity in stored_entities(contract)}
        self._internal = {name: Table(None, layout, log) for name, layout in INTERNAL.items()}
        self._alias()

    def _alias(self) -> None:
        self._tables.update({view: self._tables[stored] for view, stored in ALIASES.items()})
        self.tables: Mapping[str, Table] = MappingProxyType(self._tables)
        self.internal: Mapping[str, Table] = MappingProxyType(self._internal)

    def adopt(self, tables: Mapping[str, tuple[Entity, Layout]]) -> None:
        """Add empty tables for entities that are not of the contract, by name."""
        self._tables.update({name: Table(entity, layout, self.log) for name, (entity, layout) in tables.items()})
        self._alias()

    def leave(self, names: Iterable[str]) -> None:
        """Remove tables that were adopted."""
        for name in names:
            self._tables.pop(name, None)
        self._alias()

    @property
    def today(self) -> date:
        """The work date: the clock's date in UTC."""
        return self.log.clock.now().date()

    def fork(self, log: WriteLog) -> "Company":
        """Return a copy for another world; rows are shared until one side writes."""
        twin = Company.__new__(Company)
        twin.id, twin.name, twin.display_name = self.id, self.name, self.display_name
        twin.setup, twin.log, twin.sums = self.setup, log, {}
        twin._tables = {name: table.fork(log) for name, table in self._tables.items() if name not in ALIASES}  # noqa: SLF001
        twin._internal = {name: table.fork(log) for name, table in self._internal.items()}  # noqa: SLF001
        twin._alias()  # noqa: SLF001
        return twin

    def every_table(self) -> Iterator[Table]:
        """Yield each stored table once."""
        yield from (table for name, table in self._tables.items() if name not in ALIASES)
        yield from self._internal.values()


@dataclass(slots=True)
class Environment:
    """A named environment of a tenant; ``directory`` has its companies' public rows, ``office`` what they share."""

    name: str
    type: Literal["Production", "Sandbox"]
    tenant: "Tenant"
    directory: Table
    office: dict[str, Table]
    companies: dict[UUID, Company] = field(default_factory=dict)
    state: EnvironmentState = "Active"
    country: str = "NO"
    version: str = "29.0.48201.0"

    def add(self, company: Company) -> Company:
        """Add a company and its public row, which a transaction undoes; raises the same-key fault for a name that is taken."""
        moment = self.tenant.world.log.stamp()
        nobody = UUID(int=0)
        self.directory.insert(
            {
                "id": company.id,
                "systemVersion": self.version,
                "timestamp": 14_000 + len(self.directory),
                "name": company.name,
                "displayName": company.display_name,
                "businessProfileId": "",
                "systemCreatedAt": moment,
                "systemCreatedBy": nobody,
                "systemModifiedAt": moment,
                "systemModifiedBy": nobody,
            }
        )
        self.companies[company.id] = company
        self.tenant.world.log.remember(lambda: self._forget(company.id))
        return company

    def exchange(self, company: Company) -> None:
        """Put a company in the place of the one with its id, which a transaction undoes."""
        before = self.companies[company.id]
        self.companies[company.id] = company
        self.tenant.world.log.remember(lambda: self.companies.update({company.id: before}))

    def drop(self, company: Company) -> None:
        """Take a company with its public row out, which a transaction undoes; the order of the others stays."""
        before = dict(self.companies)
        self.directory.remove(company.id)
        del self.companies[company.id]
        self.tenant.world.log.remember(lambda: self._put_back(before))

    def _forget(self, company_id: UUID) -> None:
        del self.companies[company_id]

    def _put_back(self, companies: Mapping[UUID, Company]) -> None:
        self.companies.clear()
        self.companies.update(companies)

    def company_rows(self) -> Sequence[Record]:
        """Return the public rows of the companies in name order."""
        return self.directory.all()

    def find_company(self, key: UUID | str) -> Company | None:
        """Return the company with this id or, without regard to case, this name."""
        if isinstance(key, UUID):
            return self.companies.get(key)
        folded = key.casefold()
        return next((company for company in self.companies.values() if company.name.casefold() == folded), None)


@dataclass(slots=True)
class Tenant:
    """One Entra tenant's Business Central: environments by name."""

    id: UUID
    domain: str
    world: "World"
    environments: dict[str, Environment] = field(default_factory=dict)

    def add(self, name: str, kind: Literal["Production", "Sandbox"], *, country: str = "NO") -> Environment:
        """Make an empty environment."""
        entity = load_contract().entities["company"]
        log = self.world.log
        made = Environment(name, kind, self, Table(entity, layout_of(entity), log), open_office(log), country=country)
        self.environments[name] = made
        return made


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A past state of a world, cheap to keep: rows are shared until written."""

    tables: tuple[tuple[Table, object], ...]
    companies: tuple[tuple[Environment, Mapping[UUID, Company], EnvironmentState], ...]
    environments: tuple[tuple[Tenant, Mapping[str, Environment]], ...]


class World:
    """Everything in the simulator's books; one per running simulator."""

    def __init__(self, clock: TimeSource) -> None:
        """Make a world without tenants."""
        self.clock = clock
        self.log = WriteLog(clock)
        self.tenants: dict[UUID, Tenant] = {}

    def add_tenant(self, tenant_id: UUID, domain: str) -> Tenant:
        """Make a tenant without environments."""
        self.tenants[tenant_id] = Tenant(tenant_id, domain, self)
        return self.tenants[tenant_id]

    def find_tenant(self, tenant: str) -> Tenant | None:
        """Return the tenant with this id or domain, without regard to case."""
        wanted = tenant.casefold()
        known = self.tenants.values()
        return next((one for one in known if wanted in {str(one.id), one.domain.casefold()}), None)

    def find_environment(self, tenant: str, name: str) -> Environment:
        """Return an environment by tenant id or domain and name; raises the gateway's 404 when there is none."""
        owner = self.find_tenant(tenant)
        wanted = name.casefold()
        known = owner.environments.values() if owner else ()
        found = next((one for one in known if one.name.casefold() == wanted), None)
        if found is None:
            raise no_environment()
        return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Undo all writes to all tables when the block raises."""
        with self.log.transaction():
            yield

    def snapshot(self) -> Snapshot:
        """Return the present state."""
        places = [env for tenant in self.tenants.values() for env in tenant.environments.values()]
        tables = [table for place in places for table in (place.directory, *place.office.values())]
        tables += [table for place in places for one in place.companies.values() for table in one.every_table()]
        return Snapshot(
            tables=tuple((table, table.freeze()) for table in tables),
            companies=tuple((place, dict(place.companies), place.state) for place in places),
            environments=tuple((tenant, dict(tenant.environments)) for tenant in self.tenants.values()),
        )

    def restore(self, past: Snapshot) -> None:
        """Return to a state from ``snapshot`` of this world, which can be restored again later."""
        for tenant, environments in past.environments:
            tenant.environments = dict(environments)
        for place, companies, state in past.companies:
            place.companies, place.state = dict(companies), state
        for table, rows in past.tables:
            table.thaw(rows)

    def fork(self, clock: TimeSource) -> "World":
        """Return an independent copy with another clock; costs little, since rows are shared until written."""
        twin = World(clock)
        twin.log = WriteLog(clock, self.log)
        for tenant in self.tenants.values():
            owner = twin.add_tenant(tenant.id, tenant.domain)
            for name, place in tenant.environments.items():
                companies = {one.id: one.fork(twin.log) for one in place.companies.values()}
                shared = {table: rows.fork(twin.log) for table, rows in place.office.items()}
                owner.environments[name] = replace(
                    place, tenant=owner, directory=place.directory.fork(twin.log), office=shared, companies=companies
                )
        return twin
