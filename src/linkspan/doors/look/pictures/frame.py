"""The frame that pictures over time share: steps on the left, moments below, and where a value is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from linkspan.doors.look.pictures.marks import joined, mark
from linkspan.doors.look.pictures.picture import WIDTH

HEIGHT = 196.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 8.0, 12.0, 168.0
_MOMENTS = 4
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Time in `parts` equal parts from `start` (UTC) on."""

    start: datetime
    part: timedelta
    parts: int

    @property
    def days(self) -> bool:
        """Whether a part is a whole day, which is said as a date."""
        return self.part >= _DAY

    def at(self, part: int) -> datetime:
        """When a part begins."""
        return self.start + self.part * part

    def said(self, at: datetime) -> str:
        """A moment in few letters, in UTC; a script says it in the reader's own time."""
        if self.days or self.part * self.parts > _DAY:
            return f"{at.day} {at:%b}"
        return f"{at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things are in the drawing; `ticks` are the steps of the left side, from 0 up."""

    axis: TimeAxis
    ticks: Sequence[float]

    @property
    def width(self) -> float:
        """The width of one part."""
        return (WIDTH - _LEFT - _RIGHT) / self.axis.parts

    def x(self, part: float) -> float:
        """Where a part begins."""
        return _LEFT + self.width * part

    def y(self, value: float) -> float:
        """The height of a value; what does not fit is drawn at the top."""
        top = self.ticks[-1]
        return _BOTTOM - (_BOTTOM - _TOP) * min(max(value, 0.0) / top, 1.0)

    def drawn(self, say: Callable[[float], str]) -> Markup:
        """The lines, the numbers and the moments."""
        lines = [
            mark("path", d=f"M{_LEFT:.0f} {self.y(tick):.1f}H{WIDTH - _RIGHT:.0f}", class_="rule")
            for tick in self.ticks
        ]
        numbers = [
            mark("text", say(tick), x=_LEFT - 6, y=self.y(tick) + 4, text_anchor="end", class_="said")
            for tick in self.ticks
        ]
        return joined([*lines, *numbers, *(self._moment(number) for number in range(_MOMENTS))])

    def _moment(self, number: int) -> Markup:
        """One of the moments below: at the beginning of its part, which a short line shows."""
        part = self.axis.parts * number // _MOMENTS
        at, x = self.axis.at(part), self.x(part)
        local = None if self.axis.days else at.isoformat()
        line = mark("path", d=f"M{x:.1f} {_BOTTOM:.0f}v5", class_="rule")
        text = mark(
            "text", self.axis.said(at), x=x, y=HEIGHT - 10, text_anchor="middle", class_="said",
            data_at=local, data_said="day" if self.axis.part * self.axis.parts > _DAY else "time",
        )  # fmt: skip
        return joined([line, text])
