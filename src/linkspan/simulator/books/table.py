"""One table of a company: rows in primary-key order, found by id or key, with etags, undo and cheap copies."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from linkspan.simulator.books.batch import Batch
from linkspan.simulator.books.etags import etag_by_version
from linkspan.simulator.books.write_log import WriteLog
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import same_key_exists

Record = dict[str, object]
"""Field name to value: str, Decimal, int, bool, date, datetime, UUID, or an enum's wire member name.

A record that came out of a table is shared by readers, snapshots and other worlds: build a new one, never change it.
"""

SortKey = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table finds, orders and names its rows.

    ``group`` names the UUID field that leads the order (lines by document); ``order`` the fields after it, which
    together with it are the primary key. ``captions`` are the provider's words for ``order`` in messages.
    ``identity`` names the fields that make the row's id: normally ``id``; two ids are joined by exclusive or.
    """

    caption: str
    order: tuple[str, ...]
    captions: tuple[str, ...]
    group: str | None = None
    identity: tuple[str, ...] = ("id",)
    stamped: bool = True

    def key_of(self, record: Record) -> SortKey:
        """Return the primary key of a record as a comparable tuple."""
        own = tuple(record[name] for name in self.order)
        return own if self.group is None else (cast("UUID", record[self.group]).int, *own)

    def key_text(self, record: Record) -> str:
        """Return the primary key as messages show it."""
        pairs = zip(self.captions, self.order, strict=True)
        return ",".join(f"{caption}='{record[name]}'" for caption, name in pairs)


@dataclass(slots=True)
class _Rows:
    """The rows of one table in one state; shared between copies until one of them writes."""

    by_id: dict[UUID, Record] = field(default_factory=dict)
    keys: list[SortKey] = field(default_factory=list)
    ordered: list[Record] = field(default_factory=list)
    versions: dict[UUID, int] = field(default_factory=dict)
    mutations: int = 0
    batch: Batch | None = None
    shared: bool = False

    def copy(self) -> "_Rows":
        copied = (self.by_id.copy(), self.keys.copy(), self.ordered.copy(), self.versions.copy())
        return _Rows(*copied, self.mutations, self.batch)


class Table:
    """The rows of one entity in one company."""

    def __init__(self, entity: Entity | None, layout: Layout, log: WriteLog, rows: "_Rows | None" = None) -> None:
        """Make a table; ``entity`` is None for internal tables that the API does not show."""
        self.entity = entity
        self.layout = layout
        self._log = log
        self._rows = rows if rows is not None else _Rows()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows.ordered)

    @property
    def mutations(self) -> int:
        """Return a number that changes with every write and never comes again, for caches of sums."""
        return self._rows.mutations

    @property
    def batch(self) -> Batch | None:
        """Return the last rows that were loaded as a batch, as they were then."""
        return self._rows.batch

    def get(self, row_id: UUID) -> Record | None:
        """Return the row with this id."""
        return self._rows.by_id.get(row_id)

    def all(self) -> Sequence[Record]:
        """Return all rows in primary-key order, without copying; valid until the next write."""
        return self._rows.ordered

    def index_of(self, row_id: UUID) -> int | None:
        """Return the position of a row in ``all()``."""
        row = self._rows.by_id.get(row_id)
        return None if row is None else bisect_left(self._rows.keys, self.layout.key_of(row))

    def find(self, *key: object) -> Record | None:
        """Return the row with this primary key; a leading group is given as its UUID."""
        wanted = tuple(part.int if isinstance(part, UUID) else part for part in key)
        at = bisect_left(self._rows.keys, wanted)
        found = at < len(self._rows.keys) and self._rows.keys[at] == wanted
        return self._rows.ordered[at] if found else None

    def group(self, owner: UUID) -> Sequence[Record]:
        """Return the rows whose group field has this value, in order."""
        leading, keys = owner.int, self._rows.keys
        start = bisect_left(keys, (leading,))
        if start == len(keys) or keys[start][0] != leading:
            return ()
        end = bisect_left(keys, (leading + 1,), lo=start)
        return self._rows.ordered[start:end]

    def etag_of(self, record: Record) -> str:
        """Return the opaque etag of a row, which changes with every write."""
        row_id = self.identity_of(record)
        return etag_by_version(row_id, self._rows.versions.get(row_id, 0))

    def identity_of(self, record: Record) -> UUID:
        """Return the id under which a row is stored."""
        first, *others = self.layout.identity
        found = cast("UUID", record[first])
        return found if not others else UUID(int=found.int ^ cast("UUID", record[others[0]]).int)

    def insert(self, record: Record) -> Record:
        """Add a row and return it as stored; raises the same-key fault when the key is taken."""
        row = self._stamped(record)
        key = self.layout.key_of(row)
        rows = self._own()
        at = bisect_left(rows.keys, key)
        row_id = self.identity_of(row)
        if (at < len(rows.keys) and rows.keys[at] == key) or row_id in rows.by_id:
            raise same_key_exists(self.layout.caption, self.layout.key_text(row))
        self._put(at, key, row)
        self._touch(row_id)
        self._log.remember(lambda: self._forget(row_id))
        self._log.note(self, "created", row_id)
        return row

    def replace(self, record: Record) -> Record:
        """Put a changed row in the place of the one with its id and return it as stored."""
        row = self._stamped(record)
        row_id = self.identity_of(row)
        old = self._rows.by_id[row_id]
        key = self.layout.key_of(row)
        if key != self.layout.key_of(old) and self._has_key(key):
            raise same_key_exists(self.layout.caption, self.layout.key_text(row))
        version = self._rows.versions.get(row_id, 0)
        self._swap(row)
        self._touch(row_id)
        self._log.remember(lambda: self._put_back(old, version, present=True))
        self._log.note(self, "updated", row_id)
        return row

    def remove(self, row_id: UUID) -> None:
        """Take a row out; raises KeyError when there is none."""
        version = self._rows.versions.get(row_id, 0)
        old = self._take(row_id)
        self._log.remember(lambda: self._put_back(old, version, present=False))
        self._log.note(self, "deleted", row_id)

    def load(self, records: Sequence[Record], batch: Batch | None = None) -> None:
        """Fill with many finished rows at once, outside transactions and without stamping; keys must be free.

        ``batch`` tells what the rows have in common.
        """
        rows = self._own()
        key_of = self.layout.key_of
        pairs = list(zip(rows.keys, rows.ordered, strict=True))
        pairs.extend((key_of(record), record) for record in records)
        pairs.sort(key=lambda pair: pair[0])
        rows.keys = [key for key, _ in pairs]
        rows.ordered = [record for _, record in pairs]
        rows.by_id.update((self.identity_of(record), record) for record in records)
        rows.batch = batch if batch is not None else rows.batch
        rows.mutations = self._log.next_version()

    def fork(self, log: WriteLog) -> "Table":
        """Return a copy for another world that shares the rows until one side writes."""
        self._rows.shared = True
        return Table(self.entity, self.layout, log, self._rows)

    def freeze(self) -> object:
        """Return the present state, to give to ``thaw`` later."""
        self._rows.shared = True
        return self._rows

    def thaw(self, state: object) -> None:
        """Return to a state from ``freeze``."""
        self._rows = cast("_Rows", state)

    def _own(self) -> _Rows:
        if self._rows.shared:
            self._rows = self._rows.copy()
        return self._rows

    def _has_key(self, key: SortKey) -> bool:
        at = bisect_left(self._rows.keys, key)
        return at < len(self._rows.keys) and self._rows.keys[at] == key

    def _stamped(self, record: Record) -> Record:
        if not self.layout.stamped:
            return record
        return {**record, "lastModifiedDateTime": self._log.stamp()}

    def _touch(self, row_id: UUID) -> None:
        self._rows.versions[row_id] = self._log.next_version()

    def _put(self, at: int, key: SortKey, row: Record) -> None:
        rows = self._own()
        rows.keys.insert(at, key)
        rows.ordered.insert(at, row)
        rows.by_id[self.identity_of(row)] = row
        rows.mutations = self._log.next_version()

    def _take(self, row_id: UUID) -> Record:
        rows = self._own()
        row = rows.by_id.pop(row_id)
        at = bisect_left(rows.keys, self.layout.key_of(row))
        del rows.keys[at], rows.ordered[at]
        rows.mutations = self._log.next_version()
        return row

    def _forget(self, row_id: UUID) -> None:
        self._take(row_id)

    def _swap(self, row: Record) -> None:
        self._take(self.identity_of(row))
        key = self.layout.key_of(row)
        self._put(bisect_left(self._rows.keys, key), key, row)

    def _put_back(self, old: Record, version: int, *, present: bool) -> None:
        if present:
            self._swap(old)
        else:
            key = self.layout.key_of(old)
            self._put(bisect_left(self._rows.keys, key), key, old)
        self._rows.versions[self.identity_of(old)] = version
