"""The log that all tables of a world share: it counts and dates their writes, undoes them, and tells of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID, uuid4

from linkspan.simulator.books.changes import ChangeFeed, ChangeKind

if TYPE_CHECKING:
    from linkspan.simulator.books.table import Table


class TimeSource(Protocol):
    """Where writes get their time from."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class WriteLog:
    """What all tables of a world share: the clock, the source of ids, the counter behind etags, the undo log."""

    def __init__(self, clock: TimeSource, before: "WriteLog | None" = None) -> None:
        """Start with no transaction open; ``before`` is the log of the world this one is a copy of."""
        self.clock = clock
        self.new_id: Callable[[], UUID] = uuid4
        self._writes: int = before._writes if before is not None else 0  # noqa: SLF001  its etags must not come again
        self.changes = ChangeFeed()
        self._undo: list[Callable[[], None]] = []
        self._depth = 0

    def next_version(self) -> int:
        """Return a number that no row of this world has had before."""
        self._writes += 1
        return self._writes

    def stamp(self) -> datetime:
        """Return the present time in the provider's resolution of one millisecond."""
        now = self.clock.now().astimezone(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def remember(self, undo: Callable[[], None]) -> None:
        """Keep a way back for the write just done, if a transaction is open."""
        if self._depth:
            self._undo.append(undo)

    def note(self, table: "Table", kind: ChangeKind, row_id: UUID) -> None:
        """Tell of a write, at once or at the end of the transaction that is open."""
        self.changes.note(table, kind, row_id, self.stamp)
        if not self._depth:
            self.changes.tell()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Undo every write inside when the block raises; may be nested."""
        mark, told = len(self._undo), self.changes.mark()
        self._depth += 1
        try:
            yield
        except BaseException:
            while len(self._undo) > mark:
                self._undo.pop()()
            self.changes.cut(told)
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo.clear()
                self.changes.tell()
