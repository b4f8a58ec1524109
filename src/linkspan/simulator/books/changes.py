"""Tells a listener which rows were written, once the transaction that wrote them has succeeded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from linkspan.simulator.books.table import Table

ChangeKind = Literal["created", "updated", "deleted"]


@dataclass(frozen=True, slots=True)
class Change:
    """One write of one row, with its moment in simulated time."""

    table: "Table"
    kind: ChangeKind
    row_id: UUID
    at: datetime


class ChangeFeed:
    """Collects the changes of a transaction; costs nothing while nobody listens."""

    def __init__(self) -> None:
        """Start without a listener."""
        self.listener: Callable[[Sequence[Change]], None] | None = None
        self._held: list[Change] = []

    def note(self, table: "Table", kind: ChangeKind, row_id: UUID, now: Callable[[], datetime]) -> None:
        """Hold a change until `tell`."""
        if self.listener is not None:
            self._held.append(Change(table, kind, row_id, now()))

    def mark(self) -> int:
        """Return the place that `cut` can return to."""
        return len(self._held)

    def cut(self, mark: int) -> None:
        """Forget the changes since `mark`: they were undone."""
        del self._held[mark:]

    def tell(self) -> None:
        """Hand over what is held."""
        if not self._held:
            return
        held, self._held = self._held, []
        if self.listener is not None:
            self.listener(held)
