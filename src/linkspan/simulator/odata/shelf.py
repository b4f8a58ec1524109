"""What the OData side needs of whoever keeps the records of a route: the books, or an environment's administration."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from linkspan.simulator.books.rules.reading_views import Limit
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity, Field, Link


class Shelf(Protocol):
    """Keeps records; each write is whole or not at all. What the parts mean is told at the books' own functions."""

    def create(
        self, company: Company, entity: Entity, payload: Mapping[str, object], *, parent: Record | None = None
    ) -> Record:
        """Create a record."""
        ...

    def update(self, company: Company, entity: Entity, record: Record, changes: Mapping[str, object]) -> Record:
        """Change a record."""
        ...

    def delete(self, company: Company, entity: Entity, record: Record) -> None:
        """Delete a record."""
        ...

    def operate(self, company: Company, entity: Entity, record: Record, operation: str) -> Record | None:
        """Run a bound action and return the record that it made."""
        ...

    def read(  # noqa: PLR0913  what a look at rows is made of, all by keyword
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
        """Return records in primary-key order."""
        ...

    def read_one(self, company: Company, entity: Entity, key: object, *, parent: Record | None = None) -> Record | None:
        """Return a record by the first part of its key."""
        ...

    def read_linked(self, company: Company, entity: Entity, link: Link, parent: Record) -> Record | None:
        """Return the record at the end of a single-valued navigation."""
        ...

    def etag_of(self, company: Company, entity: Entity, record: Mapping[str, object]) -> str:
        """Return the etag of a record."""
        ...

    def read_content(self, company: Company, entity: Entity, record: Record, field: Field) -> bytes:
        """Return the bytes of a stream."""
        ...

    def write_content(self, company: Company, entity: Entity, record: Record, *, field: Field, data: bytes) -> None:
        """Replace the bytes of a stream."""
        ...
