"""Texts made when rows are loaded, so that a page of them that nobody has read yet is joined instead of written."""

import operator
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final
from weakref import WeakKeyDictionary

from linkspan.simulator.books.batch import Batch
from linkspan.simulator.books.fields import NO_ID
from linkspan.simulator.books.rules.flows import posted_to
from linkspan.simulator.books.table import Record, Table
from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.odata.representation import ETAG, encode

_MOST_FORMS: Final = 50

Values = tuple[object, ...]
"""The computed fields of a row, in the order in which the entity's flows have them."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How stored rows of a table are written now.

    `stamp` changes whenever a computed field of one of them may have, `values_of` tells these fields of a row, and
    `write` returns the text of a row with them. `select` names the fields that are written, None all.
    """

    stamp: tuple[int, ...]
    select: tuple[str, ...] | None
    values_of: Callable[[Record], Values]
    write: Callable[[Record, Values], bytes]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is known of the texts of a batch at this moment.

    `heads` has the etag and the own fields of each row, `ends` how many bytes these and all before are, `tails` by kind
    what stands behind them in rows that nothing was posted to; their computed fields are `values`. `posted` holds the
    places of the others, in order. `trim` takes own fields that are not selected out of a head.
    """

    batch: Batch
    heads: Sequence[bytes]
    ends: "array[int]"
    tails: Mapping[int, bytes]
    values: Mapping[int, Values]
    posted: Sequence[int]
    trim: "_Trim | None"

    def run(self, rows: Sequence[Record]) -> "Run | Joined | None":
        """Return the texts of rows that follow each other in the batch.

        None for other rows, and where something was posted to one of them.
        """
        start, count = self.batch.find(rows[0]), len(rows)
        if start is None:
            return None
        loaded = self.batch.rows[start : start + count]
        if len(loaded) < count or not all(map(operator.is_, loaded, rows)) or self._is_posted(start, count):
            return None
        if self.trim is None:
            return Run(self, start, start + count)
        kinds = self.batch.kinds[start : start + count]
        return Joined(self._joined(map(self.trim, self.heads[start : start + count]), kinds))

    def one(self, row: Record) -> tuple[Values, bytes] | None:
        """Return computed fields and text (a comma before it) of one row; None as for `run`."""
        place = self.batch.find(row)
        if place is None or self._is_posted(place, 1):
            return None
        kind, head = self.batch.kinds[place], self.heads[place]
        return self.values[kind], (head if self.trim is None else self.trim(head)) + self.tails[kind]

    def join(self, start: int, end: int) -> bytes:
        """Return the texts, a comma before each, of the rows at these places; only where heads are not trimmed."""
        return self._joined(self.heads[start:end], self.batch.kinds[start:end])

    def _joined(self, heads: Iterable[bytes], kinds: Sequence[int]) -> bytes:
        parts = [b""] * (2 * len(kinds))
        parts[::2] = heads
        parts[1::2] = map(self.tails.__getitem__, kinds)
        return b"".join(parts)

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
        return self.texts.join(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Joined:
    """The texts of rows that follow each other, of a few fields each."""

    texts: bytes

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self.texts)

    def data(self) -> bytes:
        """Return the texts, a comma before each."""
        return self.texts


class _Trim:
    """Takes fields out of a head."""

    def __init__(self, own: Sequence[str], kept: Collection[str]) -> None:
        # A quote inside a JSON text has a backslash before it: these marks are nowhere but at the fields.
        marks = [f',"{name}":'.encode() for name in own]
        self._cuts: list[tuple[bytes, bytes | None]] = []
        for name, start, end in zip(own, marks, [*marks[1:], None], strict=True):
            if name not in kept:
                joins = self._cuts and self._cuts[-1][1] == start
                self._cuts.append((self._cuts.pop()[0] if joins else start, end))

    def __call__(self, head: bytes) -> bytes:
        for start, end in self._cuts:
            place = head.index(start)
            head = head[:place] + (head[head.index(end, place) :] if end is not None else b"")
        return head


class _Form:
    """The tails for one selection of fields, and for which state of the books they were written."""

    def __init__(self, own: Sequence[str], select: Collection[str] | None) -> None:
        self.own = own
        self.trim = None if select is None or set(own) <= set(select) else _Trim(own, select)
        self.values: dict[int, Values] = {}
        self.tails: dict[int, bytes] = {}
        self.stamp: tuple[int, ...] = ()

    def renew(self, samples: Mapping[int, Record], table: Table, writing: Writing) -> None:
        """Write the tails again where a computed field has changed."""
        if writing.stamp == self.stamp and self.tails:
            return
        self.stamp = writing.stamp
        values = {kind: writing.values_of(row) for kind, row in samples.items()}
        if values == self.values and self.tails:
            return
        self.values = values
        self.tails = {
            kind: writing.write(row, values[kind])[self._head_size(row, table) :] for kind, row in samples.items()
        }

    def _head_size(self, row: Record, table: Table) -> int:
        head = b"," + _head(row, self.own, table)
        return len(head if self.trim is None else self.trim(head)) - 1


class _Prepared:
    """What was written when a batch was loaded, and for which state of the books its tails were written."""

    def __init__(self, batch: Batch, table: Table) -> None:
        self.own = batch.own
        self.heads = [b"," + _head(row, batch.own, table) for row in batch.rows]
        self.ends = array("Q", accumulate(map(len, self.heads)))
        firsts = dict(zip(reversed(batch.kinds), reversed(batch.rows), strict=True))
        # Nothing is ever posted to this id: such a row is like all rows of its kind that nothing was posted to.
        self.samples: dict[int, Record] = {kind: {**row, "id": NO_ID} for kind, row in firsts.items()}
        self.posted: list[int] = []
        self.stamp: tuple[int, ...] = ()
        self.forms: OrderedDict[tuple[str, ...] | None, _Form] = OrderedDict()

    def texts(self, batch: Batch, company: Company, entity: Entity, writing: Writing) -> Texts:
        """Return what holds now; `batch` is not kept, so that it can go when its table does."""
        table = company.tables[entity.name]
        stamp = (*writing.stamp, table.mutations)
        if stamp != self.stamp:
            rows = [table.get(owner) for owner in posted_to(company, entity)]
            places = [batch.find(row) for row in rows if row is not None]
            self.posted = sorted(place for place in places if place is not None)
            self.stamp = stamp
        form = self._form(writing.select)
        form.renew(self.samples, table, writing)
        return Texts(batch, self.heads, self.ends, form.tails, form.values, self.posted, form.trim)

    def _form(self, select: tuple[str, ...] | None) -> _Form:
        form = self.forms.pop(select, None) or _Form(self.own, select)
        self.forms[select] = form
        if len(self.forms) > _MOST_FORMS:
            self.forms.popitem(last=False)
        return form


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
        table = company.tables[entity.name]
        # Views of the table's rows by another name have other fields.
        batch = table.batch if table.entity is entity else None
        prepared = self._known.get(batch) if batch is not None else None
        if batch is None or prepared is None:
            return None
        return prepared.texts(batch, company, entity, writing)


def _head(row: Record, own: Sequence[str], table: Table) -> bytes:
    """Return the beginning of a row's text, up to where its kind begins."""
    return encode({ETAG: table.etag_of(row), **{name: row[name] for name in own}})[:-1]
