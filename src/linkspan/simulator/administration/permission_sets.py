"""The permission sets of an environment, and what somebody who holds some of them may do with a table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID, uuid5

from linkspan.simulator.contract import Entity, load_contract

Scope = Literal["System", "Tenant"]

NO_APP: Final = UUID(int=0)
# The application that brings the standard permission sets; its id is the same in every environment.
BASE_APPLICATION: Final = UUID("437dbf0e-84ff-417a-965d-ed2bb9650972")
HARBOUR_TOOLS: Final = UUID("5c3f9a04-0d4e-4a3c-9c52-8e1a7d9b6f10")
APPS: Final = {NO_APP: "", BASE_APPLICATION: "Base Application", HARBOUR_TOOLS: "Harbour Tools"}
SUPER: Final = "SUPER"
AUTOMATION: Final = "D365 AUTOMATION"
FULL_ACCESS: Final = "D365 BUS FULL ACCESS"
PEOPLE_TABLES: Final = frozenset({
    "User", "Access Control", "Aggregate Permission Set", "Expanded Permission", "User Permissions Buffer",
    "Security Group Buffer", "Security Group Member Buffer",
})  # fmt: skip
"""Tables of people and of what they may do."""

SETUP_TABLES: Final = frozenset({"Company", "Config. Package", "Tenant Config. Package File", "Job Queue Entry Buffer"})
"""Tables of an environment's set-up."""

SYSTEM_TABLES: Final = PEOPLE_TABLES | SETUP_TABLES
_ALL, _READ = "RIMD", "R"
_IDS: Final = uuid5(UUID(int=0), "permission sets")


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """One set: ``tables`` gives by table the letters of what it allows (read, insert, modify, delete).

    ``data`` allows so much with every table that is no system table, ``system`` with every one that is.
    """

    role_id: str
    name: str
    tables: Mapping[str, str]
    data: str = ""
    system: str = ""
    app_id: UUID = BASE_APPLICATION
    scope: Scope = "System"

    @property
    def id(self) -> UUID:
        """The id of the set, the same in every environment."""
        return uuid5(_IDS, f"{self.scope} {self.app_id} {self.role_id}")

    def allows(self, table: str, letter: str) -> bool:
        """Tell whether the set allows to read, insert, modify or delete rows of a table."""
        whole = self.system if table in SYSTEM_TABLES else self.data
        return letter in self.tables.get(table, "") or letter in whole

    def expanded(self) -> Iterator[tuple[str, str]]:
        """Yield each table that the set names with its letters, the blank name for all tables of a kind."""
        if self.data or self.system:
            yield "", self.data or self.system
        yield from sorted(self.tables.items())


@dataclass(frozen=True, slots=True)
class Held:
    """A set that somebody holds, in one company or (blank name) in all."""

    permission_set: PermissionSet
    company: str


def may(held: Iterable[Held], table: str, letter: str, company: str) -> bool:
    """Tell whether one of the sets allows it in a company; a blank company stands for what belongs to none."""
    return any(one.permission_set.allows(table, letter) for one in held if not company or one.company in {"", company})


def find_sets(role_id: str, app_id: UUID | None = None, scope: str | None = None) -> list[PermissionSet]:
    """Return the sets with this role id, and with this application and scope where they are given."""
    return [
        one
        for one in permission_sets()
        if one.role_id == role_id and app_id in {None, one.app_id} and scope in {None, one.scope}
    ]


@lru_cache(maxsize=1)
def permission_sets() -> tuple[PermissionSet, ...]:
    """Return all sets by scope, application and role id."""
    return tuple(sorted(_made(), key=lambda one: (one.scope, one.app_id, one.role_id)))


def _made() -> Iterator[PermissionSet]:
    yield PermissionSet(SUPER, "Everything in this environment", {}, _ALL, _ALL, NO_APP)
    yield PermissionSet("SUPER (DATA)", "All business data", {}, _ALL, app_id=NO_APP)
    yield PermissionSet("SECURITY", "People and permissions", {**dict.fromkeys(PEOPLE_TABLES, _ALL), "Company": _READ})
    yield PermissionSet(AUTOMATION, "Automation of set-up", {}, system=_ALL)
    yield PermissionSet(FULL_ACCESS, "All business functions", {"Company": _READ}, _ALL)
    yield PermissionSet("D365 READ", "Reading all business data", {"Company": _READ}, _READ)
    yield PermissionSet("D365 BASIC", "Reading set-up that all work needs", _of(_BASIC, _READ))
    for role, words, names in _AREAS:
        yield PermissionSet(f"{role}, VIEW", f"Reading {words}", _of((*_BASIC, *names), _READ))
        yield PermissionSet(f"{role}, EDIT", f"Keeping {words}", {**_of(_BASIC, _READ), **_of(names, _ALL)})
    counter = {**_of(_BASIC, _READ), **_of(("customer", "item"), _READ), **_of(("salesQuote", "salesQuoteLine"), _ALL)}
    yield PermissionSet("COUNTER", "Quotes at the counter", counter, app_id=HARBOUR_TOOLS)
    yield PermissionSet("COUNTER", "Quotes at the counter, ours", counter, app_id=NO_APP, scope="Tenant")
    yield PermissionSet("QUAY OFFICE", "Customers and bank, ours", _of(("customer", "bankAccount"), _ALL), app_id=NO_APP, scope="Tenant")  # fmt: skip


_BASIC: Final = (
    "company", "companyInformation", "currency", "paymentTerm", "paymentMethod", "shipmentMethod", "unitOfMeasure",
    "countryRegion", "taxArea", "taxGroup", "dimension", "dimensionValue", "generalLedgerSetup", "location",
)  # fmt: skip
_AREAS: Final = (
    ("D365 CUSTOMER", "customers", ("customer", "contact", "customerFinancialDetail", "defaultDimension", "picture")),
    ("D365 VENDOR", "vendors", ("vendor", "contact", "defaultDimension", "picture")),
    ("D365 ITEM", "items", ("item", "itemCategory", "itemVariant", "defaultDimension", "picture")),
    ("D365 ACCOUNTS", "accounts and journals", ("account", "generalLedgerEntry", "journal", "journalLine")),
    ("D365 SALES DOC", "sales documents", (
        "customer", "item", "salesQuote", "salesQuoteLine", "salesOrder", "salesOrderLine", "salesInvoice",
        "salesInvoiceLine", "salesCreditMemo", "salesCreditMemoLine", "dimensionSetLine", "pdfDocument",
    )),
    ("D365 PURCH DOC", "purchase documents", (
        "vendor", "item", "purchaseOrder", "purchaseOrderLine", "purchaseInvoice", "purchaseInvoiceLine",
        "purchaseCreditMemo", "purchaseCreditMemoLine", "dimensionSetLine", "pdfDocument",
    )),
)  # fmt: skip


def _of(names: Iterable[str], letters: str) -> dict[str, str]:
    entities = load_contract().entities
    return {table_of(entities[name]): letters for name in names}


def table_of(entity: Entity) -> str:
    """Return the table that permissions for an entity are about."""
    return "Company" if entity.name == "company" else entity.table
