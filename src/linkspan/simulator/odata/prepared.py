"""Texts made when rows are loaded, so that a page of them that nobody has read yet is joined instead of written."""

import operator
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from weakref import WeakKeyDictionary

from linkspan.simulator.books.batch import Batch
from linkspan.simulator.books.fields import NO_ID
from linkspan.simulator.books.rules.flows import posted_to
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.odata.representation import ETAG, encode

Values = tuple[object, ...]
"""The computed fields of a row, in the order in which the entity's flows have them."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How stored rows of a table are written now.

    `stamp` changes whenever a computed field of one of them may have, `values_of` tells these fields of a row, and
    `write` returns the text of a row with them.
    """

    stamp: tuple[int, ...]
    values_of: Callable[[Record], Values]
    write: Callable[[Record, Values], bytes]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is known of the texts of a batch at this moment.

    `heads` has the etag and the own fields of each row, `ends` how many bytes these and all before are, `tails` by kind
    what stands behind them in rows that nothing was posted to; their computed fields are `values`. `posted` holds the
    places of the others, in order.
    """

    batch: Batch
    heads: Sequence[bytes]
    ends: "array[int]"
    tails: Mapping[int, bytes]
    values: Mapping[int, Values]
    posted: Sequence[int]

    def run(self, rows: Sequence[Record]) -> "Run | None":
        """Return the texts of rows that follow each other in the batch.

        None for other rows, and where something was posted to one of them.
        """
        start, count = self.batch.find(rows[0]), len(rows)
        if start is None:
            return None
        loaded = self.batch.rows[start : start + count]
        if len(loaded) < count or not all(map(operator.is_, loaded, rows)) or self._is_posted(start, count):
            return None
        return Run(self, start, start + count)

    def one(self, row: Record) -> tuple[Values, bytes] | None:
        """Return computed fields and text (a comma before it) of one row; None as for `run`."""
        place = self.batch.find(row)
        if place is None or self._is_posted(place, 1):
            return None
        kind = self.batch.kinds[place]
        return self.values[kind], self.heads[place] + self.tails[kind]

    def _is_posted(self, start: int, count: int) -> bool:
        at = bisect_left(self.posted, start)
        return at < len(self.posted) and self.posted[at] < start + count


@dataclass(frozen=True, slots=True)
class Run:
    """The texts of rows that follow each other, joined only when they are sent: what is sent at once is still in the cache."""

    texts: Texts
    start: int
    end: int

    @property
    def size(self) -> int:
        """The number of bytes."""
        ends, kinds = self.texts.ends, self.texts.batch.kinds[self.start : self.end]
        heads = ends[self.end - 1] - (ends[self.start - 1] if self.start else 0)
        return heads + sum(map(len, map(self.texts.tails.__getitem__, kinds)))

    def data(self) -> bytes:
        """Return the texts, a comma before each."""
        parts = [b""] * (2 * (self.end - self.start))
        parts[::2] = self.texts.heads[self.start : self.end]
        parts[1::2] = map(self.texts.tails.__getitem__, self.texts.batch.kinds[self.start : self.end])
        return b"".join(parts)


class _Prepared:
    """What was written when a batch was loaded, and for which state of the books its tails were written."""

    def __init__(self, batch: Batch, table: Table) -> None:
        self.own = batch.own
        self.heads = [b"," + _head(row, batch.own, table) for row in batch.rows]
        self.ends = array("Q", accumulate(map(len, self.heads)))
        firsts = dict(zip(reversed(batch.kinds), reversed(batch.rows), strict=True))
        # Nothing is ever posted to this id: such a row is like all rows of its kind that nothing was posted to.
        self.samples: dict[int, Record] = {kind: {**row, "id": NO_ID} for kind, row in firsts.items()}
        self.values: dict[int, Values] = {}
        self.tails: dict[int, bytes] = {}
        self.posted: list[int] = []
        self.stamp: tuple[int, ...] = ()

    def texts(self, batch: Batch, company: Company, entity: Entity, writing: Writing) -> Texts:
        """Return what holds now; `batch` is not kept, so that it can go when its table does."""
        table = company.tables[entity.name]
        stamp = (*writing.stamp, table.mutations)
        if stamp != self.stamp:
            self._renew(table, writing)
            rows = [table.get(owner) for owner in posted_to(company, entity)]
            places = [batch.find(row) for row in rows if row is not None]
            self.posted = sorted(place for place in places if place is not None)
            self.stamp = stamp
        return Texts(batch, self.heads, self.ends, self.tails, self.values, self.posted)

    def _renew(self, table: Table, writing: Writing) -> None:
        values = {kind: writing.values_of(row) for kind, row in self.samples.items()}
        if values == self.values:
            return
        self.values = values
        self.tails = {
            kind: writing.write(row, values[kind])[len(_head(row, self.own, table)) :]
            for kind, row in self.samples.items()
        }


class PreparedTexts:
    """The prepared texts of all batches, for as long as these exist."""

    def __init__(self) -> None:
        """Start without any."""
        self._known: WeakKeyDictionary[Batch, _Prepared] = WeakKeyDictionary()

    def prepare(self, table: Table) -> None:
        """Write the rows of the batch that was loaded into a table, as far as that can be done before they are asked for."""
        if table.batch is not None:
            self._known[table.batch] = _Prepared(table.batch, table)

    def find(self, company: Company, entity: Entity, writing: Writing) -> Texts | None:
        """Return the texts of the batch in an entity's table, None where none were prepared."""
        batch = company.tables[entity.name].batch
        prepared = self._known.get(batch) if batch is not None else None
        if batch is None or prepared is None:
            return None
        return prepared.texts(batch, company, entity, writing)


def _head(row: Record, own: Sequence[str], table: Table) -> bytes:
    """Return the beginning of a row's text, up to where its kind begins."""
    return encode({ETAG: table.etag_of(row), **{name: row[name] for name in own}})[:-1]
