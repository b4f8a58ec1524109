"""A timeline: stretches on which something held, and what happened, each kind on a line and with a shape of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from markupsafe import Markup

from linkspan.doors.look.pictures.frame import HEIGHT, Frame, TimeAxis
from linkspan.doors.look.pictures.marks import mark
from linkspan.doors.look.pictures.picture import Cell, Picture, svg, swatch

_BAND = (0.5, 0.9)
_LEAST = 1.5


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened: `shape` is a key of SHAPES, `kind` what the legend calls all of that shape, `name` what this one is called."""

    at: datetime
    shape: str
    kind: str
    name: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time on which something held."""

    start: datetime
    end: datetime


def _diamond(x: float, y: float) -> Markup:
    return mark("path", d=f"M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6-6z", class_="event begun")


def _dot(x: float, y: float) -> Markup:
    return mark("circle", cx=x, cy=y, r=3.5, class_="event renewed")


def _triangle(x: float, y: float) -> Markup:
    return mark("path", d=f"M{x:.1f} {y - 6:.1f}l6 11h-12z", class_="event trouble")


def _cross(x: float, y: float) -> Markup:
    return mark("path", d=f"M{x - 5:.1f} {y - 5:.1f}l10 10m0-10l-10 10", class_="event over")


SHAPES: Mapping[str, Callable[[float, float], Markup]] = MappingProxyType(
    {"diamond": _diamond, "dot": _dot, "triangle": _triangle, "cross": _cross}
)


def timeline(
    names: tuple[str, str, str], axis: TimeAxis, held: Sequence[Stretch], events: Sequence[Happening], *, holds: str
) -> Picture:
    """What held when, below it the moments; the table has the events in full, newest first. `names`: key, title, what there is to see."""
    key, title, told = names
    frame = Frame(axis, [0.0, 1.0])
    bands = [_band(frame, each) for each in held]
    shown = [each for each in events if axis.start <= each.at < axis.at(axis.parts)]
    spots = [SHAPES[each.shape](_x(frame, each.at), frame.y(0.25)) for each in shown]
    rows: list[tuple[Cell, ...]] = [(each.at, each.name, each.more) for each in reversed(shown)]
    drawing = svg(key, title, told, frame.drawn(_nothing), *bands, *spots, height=HEIGHT)
    kinds = {each.shape: each.kind for each in shown}
    legend = [(swatch(SHAPES[shape](12.0, 6.0)), kinds[shape]) for shape in SHAPES if shape in kinds]
    if held:
        legend = [(swatch(mark("rect", x=0.0, y=1.0, width=24.0, height=10.0, class_="held")), holds), *legend]
    return Picture(key, title, told, drawing, ("When", "What", "More"), rows, legend)


def _band(frame: Frame, stretch: Stretch) -> Markup:
    left, right = _x(frame, stretch.start), _x(frame, stretch.end)
    top, bottom = frame.y(_BAND[1]), frame.y(_BAND[0])
    return mark("rect", x=left, y=top, width=max(right - left, _LEAST), height=bottom - top, class_="held")


def _x(frame: Frame, at: datetime) -> float:
    """Where a moment is; what lies outside is at the edge."""
    axis = frame.axis
    return frame.x(min(max((at - axis.start) / axis.part, 0.0), float(axis.parts)))


def _nothing(_: float) -> str:
    """The lanes have no numbers."""
    return ""
