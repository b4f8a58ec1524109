"""Columns over time: how many went well, and on top of them, hatched, how many failed."""

from collections.abc import Sequence

from markupsafe import Markup

from linkspan.doors.look.pictures.frame import HEIGHT, Frame, TimeAxis
from linkspan.doors.look.pictures.marks import joined, mark
from linkspan.doors.look.pictures.picture import Picture, svg, swatch
from linkspan.doors.look.pictures.scale import sane, short, steps

# A value that is there is seen, however small it is beside the others.
_LEAST = 1.5
_GAP = 0.16


def columns(key: str, title: str, axis: TimeAxis, counts: Sequence[tuple[int, int]]) -> Picture:
    """Runs over time: for each part of the axis how many there were and how many of these failed."""
    highest = max((runs for runs, _ in counts), default=0)
    frame = Frame(axis, steps(highest))
    told = _told(counts)
    bars = [_column(frame, key, part, each) for part, each in enumerate(counts) if each[0]]
    rows = [
        (axis.at(part), f"{runs:,}", f"{failed:,}") for part, (runs, failed) in enumerate(counts) if runs
    ]  # fmt: skip
    drawing = svg(key, title, told, _hatch(key), frame.drawn(short), *bars, height=HEIGHT)
    legend = [
        (swatch(mark("rect", width=24.0, height=12.0, class_="done")), "done"),
        (swatch(mark("rect", width=24.0, height=12.0, class_="failed", fill=f"url(#{key}-hatch)")), "failed"),
    ]
    return Picture(key, title, told, drawing, ("From", "Runs", "Failed"), rows, legend, days=axis.days)


def _told(counts: Sequence[tuple[int, int]]) -> str:
    runs, failed = sum(each[0] for each in counts), sum(each[1] for each in counts)
    if not runs:
        return "Nothing ran in this time."
    return f"{runs:,} {'run' if runs == 1 else 'runs'}, of which {failed:,} failed."


def _column(frame: Frame, key: str, part: int, count: tuple[int, int]) -> Markup:
    runs, failed = count
    left, width = frame.x(part + _GAP / 2), frame.width * (1 - _GAP)
    floor = frame.y(0)
    high = max(floor - frame.y(sane(failed)), _LEAST) if failed else 0.0
    low = max(floor - frame.y(sane(runs)) - high, _LEAST) if runs > failed else 0.0
    marks = []
    if low:
        marks.append(mark("rect", x=left, y=floor - low, width=width, height=low, class_="done"))
    if high:
        marks.append(
            mark(
                "rect",
                x=left,
                y=floor - low - high,
                width=width,
                height=high,
                class_="failed",
                fill=f"url(#{key}-hatch)",
            )
        )
    return joined(marks)


def _hatch(key: str) -> Markup:
    """Stripes, so that nobody has to tell red from green."""
    stripes = mark("path", d="M-1 5L5 -1M1 7L7 1M-1 1L1 -1", class_="stripe")
    ground = mark("rect", width=6.0, height=6.0, class_="ground")
    return mark(
        "defs",
        mark("pattern", ground, stripes, id=f"{key}-hatch", width=6.0, height=6.0, patternUnits="userSpaceOnUse"),
    )
