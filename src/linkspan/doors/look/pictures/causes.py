"""Bars beside names: what happened how often, most often first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from linkspan.doors.look.pictures.marks import joined, mark
from linkspan.doors.look.pictures.picture import WIDTH, Picture, svg
from linkspan.doors.look.pictures.scale import sane, short

_ROW = 36.0
_COUNT = 52.0
_LONGEST = 46
_LEAST = 2.0


@dataclass(frozen=True, slots=True)
class Share:
    """One bar: its name, what the name means, how often, and when last."""

    name: str
    meaning: str
    count: int
    last_at: datetime


def causes(key: str, title: str, shares: Sequence[Share]) -> Picture:
    """Errors by cause."""
    told = "No run failed in this time."
    if shares:
        first = shares[0]
        told = f"Most frequent: {first.name}, {first.count:,} {'time' if first.count == 1 else 'times'}."
    most = max((share.count for share in shares), default=1)
    bars = [_bar(number, share, most) for number, share in enumerate(shares)]
    empty = [] if shares else [mark("text", told, x=0.0, y=22.0, class_="said")]
    drawing = svg(key, title, told, *bars, *empty, height=max(_ROW * len(shares), _ROW))
    rows = [(share.name, share.meaning, f"{share.count:,}", share.last_at) for share in shares]
    return Picture(key, title, told, drawing, ("Cause", "Meaning", "Runs", "Last"), rows)


def _bar(number: int, share: Share, most: int) -> Markup:
    top = _ROW * number
    room = WIDTH - _COUNT
    long = max(room * sane(share.count) / max(most, 1), _LEAST)
    name = share.name if len(share.name) <= _LONGEST else share.name[: _LONGEST - 1] + "…"
    return joined(
        [
            mark("text", name, x=0.0, y=top + 13, class_="name"),
            mark("rect", x=0.0, y=top + 19, width=room, height=10.0, rx=3.0, class_="groove"),
            mark("rect", x=0.0, y=top + 19, width=long, height=10.0, rx=3.0, class_="bar"),
            mark("text", short(share.count), x=WIDTH, y=top + 29, text_anchor="end", class_="name"),
        ]
    )
