"""Curves over time: a firm one and a dashed one, each with marks of its own shape, and a limit if there is one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from linkspan.doors.look.pictures.frame import HEIGHT, Frame, TimeAxis
from linkspan.doors.look.pictures.marks import joined, mark
from linkspan.doors.look.pictures.picture import Cell, Picture, svg, swatch
from linkspan.doors.look.pictures.scale import sane, steps

LOOKS = ("firm", "dashed")
"""How the first and the second curve are drawn."""
# More marks than these would be a second line.
_MOST_MARKS = 16


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: its name, and a value for each part of the axis, None where there is nothing to say."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """How values are measured: how one is said, the smallest step of the scale, and the value that must not be passed."""

    say: Callable[[float], str]
    least: float = 1.0
    limit: float | None = None
    limit_name: str = ""


def curves(key: str, title: str, told: str, axis: TimeAxis, *lines: Curve, measure: Measure) -> Picture:
    """One or two curves over the same time."""
    known = [sane(value) for line in lines for value in line.values if value is not None]
    frame = Frame(axis, steps(max([*known, measure.limit or 0.0]), least=measure.least))
    drawn = [_curve(frame, look, line) for look, line in zip(LOOKS, lines, strict=False)]
    limit = []
    if measure.limit is not None:
        limit = [
            mark("path", d=f"M{frame.x(0):.1f} {frame.y(measure.limit):.1f}H{frame.x(axis.parts):.1f}", class_="limit")
        ]
    rows: list[tuple[Cell, ...]] = [
        (axis.at(part), *("" if value is None else measure.say(sane(value)) for value in values))
        for part, values in enumerate(zip(*(line.values for line in lines), strict=True))
        if any(value is not None for value in values)
    ]
    drawing = svg(key, title, told, frame.drawn(measure.say), *limit, *drawn, height=HEIGHT)
    legend = [(swatch(_sample(look)), line.name) for look, line in zip(LOOKS, lines, strict=False)]
    if measure.limit is not None:
        legend.append((swatch(mark("path", d="M0 6H24", class_="limit")), measure.limit_name))
    return Picture(key, title, told, drawing, ("From", *(line.name for line in lines)), rows, legend, days=axis.days)


def _curve(frame: Frame, look: str, line: Curve) -> Markup:
    stretches = list(_stretches(frame, line.values))
    paths = [
        mark("path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in stretch), class_=f"curve {look}")
        for stretch in stretches
        if len(stretch) > 1
    ]
    few = sum(len(stretch) for stretch in stretches) <= _MOST_MARKS
    points = [_point(look, *point) for stretch in stretches if few or len(stretch) == 1 for point in stretch]
    return joined([*paths, *points])


def _stretches(frame: Frame, values: Sequence[float | None]) -> Iterator[list[tuple[float, float]]]:
    """The runs of neighbouring points: where there is nothing to say, the curve is broken."""
    stretch: list[tuple[float, float]] = []
    for part, value in enumerate(values):
        if value is not None:
            stretch.append((frame.x(part + 0.5), frame.y(sane(value))))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _point(look: str, x: float, y: float) -> Markup:
    """A dot on the firm curve, a diamond on the dashed one."""
    if look == LOOKS[0]:
        return mark("circle", cx=x, cy=y, r=3.0, class_=f"point {look}")
    return mark("path", d=f"M{x:.1f} {y - 4:.1f}l4 4l-4 4l-4-4z", class_=f"point {look}")


def _sample(look: str) -> Markup:
    return joined([mark("path", d="M0 6H24", class_=f"curve {look}"), _point(look, 12.0, 6.0)])
