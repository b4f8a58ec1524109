"""What a picture is: the drawing, what it says in words, its legend, and the same figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from linkspan.doors.look.pictures.marks import mark

Cell = str | datetime
WIDTH = 400.0
"""Units across every drawing: on a phone a unit is a little less than a pixel, so that texts stay readable."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture. `key` is unique on its page; `told` says in a sentence what there is to see; `head` and `rows` are the table.

    A table's first column names its rows. `days`: moments of the table are whole days in UTC.
    """

    key: str
    title: str
    told: str
    drawing: Markup
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    legend: Sequence[tuple[Markup, str]] = ()
    days: bool = False


def svg(key: str, title: str, told: str, *content: Markup, height: float) -> Markup:
    """The drawing as one image with a title and a description, for whoever does not see it."""
    return mark(
        "svg",
        mark("title", title, id=f"{key}-t"),
        mark("desc", told, id=f"{key}-d"),
        *content,
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
        view_box=f"0 0 {WIDTH:.0f} {height:.0f}",
        class_="drawing",
    )


def swatch(*content: Markup) -> Markup:
    """A sample of a mark, for the legend."""
    return mark("svg", *content, view_box="0 0 24 12", aria_hidden="true", class_="swatch")
