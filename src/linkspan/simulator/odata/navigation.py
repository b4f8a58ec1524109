"""Walks an address through the books: from set to record, over navigations, and into expanded records."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from linkspan.simulator.books.fields import guid
from linkspan.simulator.books.rules.flows import ComputedRows, flow_stamp
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, Link
from linkspan.simulator.faults import query_syntax, record_not_found
from linkspan.simulator.odata import condition
from linkspan.simulator.odata.address import Step
from linkspan.simulator.odata.exchange import Desk, MetadataLevel
from linkspan.simulator.odata.fragments import SMALLEST_PAGE, Piece, Source
from linkspan.simulator.odata.full_metadata import annotated
from linkspan.simulator.odata.keys import Key, row_id
from linkspan.simulator.odata.literals import EMPTY_GUID
from linkspan.simulator.odata.options import Expansion, Query
from linkspan.simulator.odata.paging import Finder, cut_page
from linkspan.simulator.odata.prepared import Writing
from linkspan.simulator.odata.representation import Body, encode, write_records


class Navigator:
    """Reads the records of one environment and company for the length of one request."""

    def __init__(self, desk: Desk, company: Company | None, level: MetadataLevel) -> None:
        """`company` is None when the address is about the companies themselves."""
        self._desk = desk
        self._environment = desk.environment
        self._company = company
        self._contract = desk.contract
        self._root = desk.root
        self._level = level
        self._pages = desk.pages
        self._seen: dict[tuple[object, ...], Record | None] = {}

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
        return self._desk.shelf.read(
            self.company,
            step.entity,
            parent=parent,
            link=step.link,
            wanted=_fixed(query),
            limits=query.where.limits if query.where is not None else (),
            fields=_needed(query),
        )

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
        if found is None or any(found[name] != value for name, value in step.also):
            raise record_not_found(step.entity.table, str(key))
        return found

    def linked(self, entity: Entity, link: Link, parent: Mapping[str, object]) -> Record | None:
        """Return the record at the end of a single-valued navigation, or None."""
        value = parent[link.own_field]
        if value in {EMPTY_GUID, ""}:
            return None
        place = (entity.name, link.target_field, value, *(parent[own] for own in link.also))
        if place not in self._seen:
            self._seen[place] = self._desk.shelf.read_linked(self.company, entity, link, dict(parent))
        return self._seen[place]

    def etag_of(self, entity: Entity, record: condition.Record) -> str:
        """Return the etag of a record."""
        if entity.name == "company":
            return self._environment.directory.etag_of(dict(record))
        return self._desk.shelf.etag_of(self.company, entity, record)

    def bodies(self, records: Sequence[condition.Record], entity: Entity, query: Query) -> list[Body]:
        """Return the records as the query wants them written."""
        root = self._root if self._company is None else f"{self._root}/companies({self._company.id})"
        bodies = write_records(records, entity, query, etag_of=self.etag_of, expand=self._expanded, root=root)
        if self._level == "full":
            return [annotated(body, entity, self._contract, root) for body in bodies]
        return bodies

    def finder(self, step: Step, rows: Sequence[Record]) -> Finder:
        """Return how to find the place of a record among `rows`: by key where they are a whole table."""
        stored = rows.stored if isinstance(rows, ComputedRows) else rows
        key = step.entity.key[0]

        def find(record_id: UUID) -> int | None:
            if step.entity.name != "company":
                table = self.company.tables.get(step.entity.name)
                place = table.index_of(record_id) if table is not None else None
                if place is not None and place < len(stored) and stored[place][key] == record_id:
                    return place
            return next((place for place, row in enumerate(stored) if row_id(step.entity, row) == record_id), None)

        return find

    def kept_pieces(self, rows: Sequence[Record], entity: Entity, query: Query) -> Sequence[Piece]:
        """Return the JSON of a large page of records, from the store; nothing where pages of them cannot be kept."""
        if len(rows) < SMALLEST_PAGE or entity.name == "company" or _has_stream(entity, query):
            return ()
        stamp = flow_stamp(self.company, entity)
        stored = rows.stored if isinstance(rows, ComputedRows) else rows
        table = self.company.tables.get(entity.name)
        if stamp is None or table is None or stored[0] is not table.get(table.identity_of(stored[0])):
            return ()

        names = rows.names if isinstance(rows, ComputedRows) else ()

        def encode_rows(some: Sequence[Record], values: Sequence[tuple[object, ...]]) -> list[bytes]:
            shown = [{**row, **dict(zip(names, own, strict=True))} for row, own in zip(some, values, strict=True)]
            return [encode(body) for body in self.bodies(shown, entity, query)]

        values_of = rows.values_of if isinstance(rows, ComputedRows) else _no_values
        writing = Writing(stamp, query.select or None, values_of, lambda row, values: encode_rows([row], [values])[0])
        texts = self._pages.prepared.find(self.company, entity, writing)
        key = (id(table), entity.name, query.select, stored[0][entity.key[0]])
        return self._pages.pieces(key, Source(stored, stamp, values_of, encode_rows, texts))

    def _keyed(self, step: Step, key: Key, parent: Record | None) -> Record | None:
        if step.entity.name == "company":
            return self._environment.directory.get(key) if isinstance(key, UUID) else None
        if len(step.entity.key) > 1:
            return self._by_parts(step, {step.entity.key[0]: key, **dict(step.also)}, parent)
        found = self._desk.shelf.read_one(self.company, step.entity, key, parent=parent)
        if found is None or parent is None or step.link is None:
            return found
        pairs = {step.link.own_field: step.link.target_field, **step.link.also}
        return found if all(found[target] == parent[own] for own, target in pairs.items()) else None

    def _name_of(self, record: condition.Record) -> str:
        """Return the name of the company of the address, or of the company that a record is about."""
        return self._company.name if self._company is not None else str(record["name"])

    def _by_parts(self, step: Step, parts: Mapping[str, Key], parent: Record | None) -> Record | None:
        rows = self._desk.shelf.read(self.company, step.entity, parent=parent, link=step.link, wanted=parts)
        return next((row for row in rows if all(row[name] == value for name, value in parts.items())), None)

    def _expanded(self, record: condition.Record, expansion: Expansion) -> tuple[object, int | None]:
        target, query = expansion.target, expansion.query
        self._desk.access.check(target, "GET", self._name_of(record), self._desk.switches.permission_refusal)
        if self._company is None:
            return self._expanded_company(record, expansion)
        if not expansion.link.many:
            found = self.linked(target, expansion.link, record)
            return (None if found is None else self.bodies([found], target, query)[0]), None
        rows = self.rows(Step(target, expansion.link, None), dict(record), query)
        page = cut_page(rows, query, max(len(rows), 1), entity=target, contract=self._contract)
        return self.bodies(page.rows, target, query), page.total if query.count else None

    def _expanded_company(self, record: condition.Record, expansion: Expansion) -> tuple[object, int | None]:
        """Return a set of the company that `record` is about."""
        company = self._environment.companies[guid(record)]
        inner, target, query = Navigator(self._desk, company, self._level), expansion.target, expansion.query
        rows = inner.rows(Step(target, None, None), None, query)
        page = cut_page(rows, query, max(len(rows), 1), entity=target, contract=self._contract)
        return inner.bodies(page.rows, target, query), page.total if query.count else None


def _has_stream(entity: Entity, query: Query) -> bool:
    return any(entity.fields[name].type == "stream" for name in query.select or entity.fields)


def _no_values(_row: Record) -> tuple[object, ...]:
    return ()


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
