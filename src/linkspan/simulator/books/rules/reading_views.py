"""How a request looks at rows that are computed on reading: below what parent, and narrowed by which filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from linkspan.simulator.books.dates import days_from
from linkspan.simulator.books.table import Record

Limit = tuple[str, str, object]
"""A comparison that every wanted row passes: field, operator, value."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a report is about, both ends included; ``first`` is None when only the end is given."""

    first: date | None
    last: date

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in the span."""
        return (self.first is None or self.first <= day) and day <= self.last


@dataclass(frozen=True, slots=True)
class View:
    """One look: the parent record, the fields that a filter mentions with the value each is fixed to, and its limits."""

    parent: Record | None = None
    wanted: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    limits: Sequence[Limit] = ()

    def span(self, name: str, today: date) -> Span:
        """Return the days that a filter on this date field names; without one, everything up to today."""
        exact = self.wanted.get(name)
        if isinstance(exact, date):
            return Span(None, exact)
        first, last = None, None
        for field_name, operator, value in self.limits:
            if field_name != name or not isinstance(value, date):
                continue
            if operator in {"ge", "gt"}:
                first = days_from(value, 1) if operator == "gt" else value
            elif operator in {"le", "lt"}:
                last = days_from(value, -1) if operator == "lt" else value
        if last is None:
            last = max(today, first) if first is not None else today
        return Span(first, last)
