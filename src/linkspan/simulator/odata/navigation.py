"""Walks an address through the books: from set to record, over navigations, and into expanded records."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from linkspan.simulator.books.rules import semantics
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company, Environment
from linkspan.simulator.contract import Contract, Entity, Link
from linkspan.simulator.faults import query_syntax, record_not_found
from linkspan.simulator.odata import condition
from linkspan.simulator.odata.address import Step
from linkspan.simulator.odata.literals import EMPTY_GUID
from linkspan.simulator.odata.options import Expansion, Query
from linkspan.simulator.odata.paging import cut_page
from linkspan.simulator.odata.representation import Body, write_records


class Navigator:
    """Reads the records of one environment and company for the length of one request."""

    def __init__(self, environment: Environment, company: Company | None, contract: Contract, root: str) -> None:
        """`company` is None when the address is about the companies themselves; `root` is the API's outside address."""
        self._environment = environment
        self._company = company
        self._contract = contract
        self._root = root
        self._seen: dict[tuple[str, UUID], Record | None] = {}

    @property
    def company(self) -> Company:
        """The company of the address; raises 404 for an address without one."""
        if self._company is None:
            raise query_syntax()
        return self._company

    def owner(self, steps: Sequence[Step]) -> Record | None:
        """Return the record that the last step hangs on, None for a set of the company; raises 404 if it is missing."""
        parent: Record | None = None
        for step in steps[:-1]:
            parent = self.one(step, parent)
        return parent

    def rows(self, step: Step, parent: Record | None, query: Query) -> Sequence[Record]:
        """Return the records of a set in primary-key order, not yet filtered, with the fields that `query` needs."""
        if step.entity.name == "company":
            return self._environment.company_rows()
        return semantics.read(self.company, step.entity, parent=parent, wanted=_fixed(query), fields=_needed(query))

    def one(self, step: Step, parent: Record | None) -> Record:
        """Return the one record of a step; raises 404 where it is missing."""
        if step.key is not None:
            key: object = step.key
            found = self._keyed(step, step.key, parent)
        elif step.link is not None and parent is not None:
            key = parent[step.link.own_field]
            found = self.linked(step.entity, step.link, parent)
        else:
            raise query_syntax()
        if found is None:
            raise record_not_found(step.entity.table, str(key))
        return found

    def linked(self, entity: Entity, link: Link, parent: Mapping[str, object]) -> Record | None:
        """Return the record at the end of a single-valued navigation, or None."""
        value = parent[link.own_field]
        if not isinstance(value, UUID) or value == EMPTY_GUID:
            return None
        place = (entity.name, value)
        if place not in self._seen:
            self._seen[place] = semantics.read_one(self.company, entity, value)
        return self._seen[place]

    def etag_of(self, entity: Entity, record: condition.Record) -> str:
        """Return the etag of a record."""
        table = self._environment.directory if entity.name == "company" else self.company.tables[entity.name]
        return table.etag_of(dict(record))

    def bodies(self, records: Sequence[condition.Record], entity: Entity, query: Query) -> list[Body]:
        """Return the records as the query wants them written."""
        root = self._root if self._company is None else f"{self._root}/companies({self._company.id})"
        return write_records(records, entity, query, etag_of=self.etag_of, expand=self._expanded, root=root)

    def _keyed(self, step: Step, key: UUID, parent: Record | None) -> Record | None:
        if step.entity.name == "company":
            return self._environment.directory.get(key)
        found = semantics.read_one(self.company, step.entity, key, parent=parent)
        if found is None or parent is None or step.link is None:
            return found
        return found if found[step.link.target_field] == parent[step.link.own_field] else None

    def _expanded(self, record: condition.Record, expansion: Expansion) -> tuple[object, int | None]:
        target, query = expansion.target, expansion.query
        if not expansion.link.many:
            found = self.linked(target, expansion.link, record)
            return (None if found is None else self.bodies([found], target, query)[0]), None
        rows = self.rows(Step(target, expansion.link, None), dict(record), query)
        page = cut_page(rows, query, max(len(rows), 1), entity=target, contract=self._contract)
        return self.bodies(page.rows, target, query), page.total if query.count else None


def _fixed(query: Query) -> dict[str, object]:
    """Return the fields that the filter mentions, each with the one value it lets pass, or None."""
    where = query.where
    return {} if where is None else {name: where.equals.get(name) for name in where.fields}


def _needed(query: Query) -> frozenset[str] | None:
    """Return the fields that answering `query` needs; None for all."""
    if query.select is None:
        return None
    filtered = query.where.fields if query.where is not None else frozenset()
    return filtered.union(query.select, (order.field for order in query.order))
