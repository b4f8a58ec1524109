"""Rows that were made together: most of what they say is the same, and who writes them out need not say it again."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linkspan.simulator.books.table import Record


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Batch:
    """Rows as they were loaded, in primary-key order; a later write puts another row into the table, never into here.

    Rows of one kind are equal in all fields but `own`, the first ones of their entity. `kinds` holds the kind of each
    row by its place, counted from 0. `place_of` tells from a row's key at which place it would be, None for others.
    """

    rows: Sequence["Record"]
    own: tuple[str, ...]
    kinds: "array[int]"
    place_of: Callable[["Record"], int | None]

    def find(self, row: "Record") -> int | None:
        """Return the place of a row that is still the one loaded, None for any other."""
        place = self.place_of(row)
        return place if place is not None and place < len(self.rows) and self.rows[place] is row else None
