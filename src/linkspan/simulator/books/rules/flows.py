"""Fields that are computed when read: balances, stock, sums of accounts, names of related records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import overload
from uuid import UUID

from linkspan.simulator.books.fields import guid, plain, text
from linkspan.simulator.books.ledgers import (
    balance,
    invoice_remaining,
    local_balance,
    net_change,
    overdue,
    sales_total,
    stock,
)
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity

Flow = Callable[[Company, Record], object]


def _tax_area_name(company: Company, customer: Record) -> object:
    area = company.tables["taxArea"].get(guid(customer, "taxAreaId"))
    return area["displayName"] if area else ""


def _contact_name(company: Company, opportunity: Record) -> object:
    contact = company.tables["contact"].find(text(opportunity, "contactNumber"))
    return contact["displayName"] if contact else ""


def _contact_company(company: Company, opportunity: Record) -> object:
    contact = company.tables["contact"].find(text(opportunity, "contactNumber"))
    return contact["companyName"] if contact else ""


FLOWS: dict[str, dict[str, Flow]] = {
    "customer": {
        "balanceDue": lambda company, row: balance(company, "customerLedgerEntry", guid(row)),
        "taxAreaDisplayName": _tax_area_name,
    },
    "customerFinancialDetail": {
        "balance": lambda company, row: local_balance(company, "customerLedgerEntry", guid(row)),
        "totalSalesExcludingTax": lambda company, row: sales_total(company, guid(row)),
        "overdueAmount": lambda company, row: overdue(company, guid(row)),
    },
    "vendor": {"balance": lambda company, row: plain(-local_balance(company, "vendorLedgerEntry", guid(row)))},
    "item": {"inventory": lambda company, row: stock(company, guid(row))},
    "account": {"netChange": net_change},
    "opportunity": {"contactName": _contact_name, "contactCompanyName": _contact_company},
    "salesInvoice": {"remainingAmount": invoice_remaining},
    "companyInformation": {
        "currencyCode": lambda company, _: company.setup.local_currency,
        "currentFiscalYearStartDate": lambda company, _: date(company.today.year, 1, 1),
    },
}
"""How each computed field of an entity is worked out from the stored row."""

FLOW_SOURCES: dict[str, tuple[str, ...]] = {
    "customer": ("customerLedgerEntry", "taxArea"),
    "vendor": ("vendorLedgerEntry",),
    "item": ("itemLedgerEntry",),
    "account": ("generalLedgerEntry", "accountTotaling"),
    "opportunity": ("contact",),
    "salesInvoice": ("customerLedgerEntry",),
}
"""The tables besides its own that an entity's computed fields are read from, where these and the row say it all."""

_POSTED_IN = {"customer": "customerLedgerEntry"}

_SHORT_VIEWS = {"customerFinancialDetail": ("id", "number", "lastModifiedDateTime")}


def flow_stamp(company: Company, entity: Entity) -> tuple[int, ...] | None:
    """Return numbers that change whenever a computed field may; None when time or something untold moves them too."""
    if entity.name not in FLOWS:
        return ()
    sources = FLOW_SOURCES.get(entity.name)
    if sources is None:
        return None
    tables = (company.internal[name] if name in company.internal else company.tables[name] for name in sources)
    return tuple(table.mutations for table in tables)


def posted_to(company: Company, entity: Entity) -> AbstractSet[UUID]:
    """Return the ids of the rows whose computed fields come from entries of their own.

    Of all other rows those that differ in nothing but their keys and names have the same computed fields.
    """
    ledger = company.internal[_POSTED_IN[entity.name]]
    return {guid(row, ledger.layout.group or "id") for row in ledger.all()}


def complete(company: Company, entity: Entity, row: Record, flows: Mapping[str, Flow]) -> Record:
    """Return a row as it is shown, with the given fields computed."""
    kept = _SHORT_VIEWS.get(entity.name)
    shown = {name: row[name] for name in kept} if kept else row
    if not flows:
        return shown
    merged = {**shown, **{name: flow(company, row) for name, flow in flows.items()}}
    return {name: merged[name] for name in entity.fields if name in merged} if kept else merged


class ComputedRows(Sequence[Record]):
    """Rows of a table whose computed fields are worked out only for the rows that are looked at."""

    def __init__(self, company: Company, entity: Entity, rows: Sequence[Record], flows: Mapping[str, Flow]) -> None:
        """Wrap ``rows``, which stay in the table."""
        self._company, self._entity, self._rows, self._flows = company, entity, rows, flows

    @property
    def stored(self) -> Sequence[Record]:
        """The rows as the table has them, without what is computed."""
        return self._rows

    @property
    def computed(self) -> frozenset[str]:
        """The names of the fields that are worked out on reading."""
        return frozenset(self._flows)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields that are worked out on reading, in the order of `values_of`."""
        return tuple(self._flows)

    def values_of(self, row: Record) -> tuple[object, ...]:
        """Return what the computed fields of a stored row are now."""
        return tuple(flow(self._company, row) for flow in self._flows.values())

    def wrap(self, rows: Sequence[Record]) -> "ComputedRows":
        """Return other stored rows of the same table, computed in the same way."""
        return ComputedRows(self._company, self._entity, rows, self._flows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> "ComputedRows": ...

    def __getitem__(self, index: int | slice) -> "Record | ComputedRows":
        """Return one row, computed, or a part, still to be computed."""
        if isinstance(index, slice):
            return ComputedRows(self._company, self._entity, self._rows[index], self._flows)
        return complete(self._company, self._entity, self._rows[index], self._flows)

    def __iter__(self) -> Iterator[Record]:
        """Yield the rows, computed one by one."""
        return (complete(self._company, self._entity, row, self._flows) for row in self._rows)
