"""Pictures: whatever the figures are, a well-formed drawing with words and a table, and nothing of a label becomes markup."""

import math
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from linkspan.doors.look.pictures.causes import Share, causes
from linkspan.doors.look.pictures.columns import columns
from linkspan.doors.look.pictures.curves import Curve, Measure, curves
from linkspan.doors.look.pictures.frame import HEIGHT, TimeAxis
from linkspan.doors.look.pictures.marks import mark
from linkspan.doors.look.pictures.picture import WIDTH, Picture
from linkspan.doors.look.pictures.scale import duration, percent, short, steps
from linkspan.doors.look.pictures.timeline import Happening, Stretch, timeline

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AXIS = TimeAxis(NOON, timedelta(minutes=30), 4)
HOSTILE = '"><script>alert(1)</script>\x00\u2028<b onload=x>'


def parsed(picture: Picture) -> ET.Element:
    """The drawing, which must be one well-formed image with a name and a description, and hold no style and no script."""
    root = ET.fromstring(str(picture.drawing))  # noqa: S314 - our own drawing

    assert "img" == root.get("role")
    assert [f"{picture.key}-t", f"{picture.key}-d"] == str(root.get("aria-labelledby")).split()
    assert [picture.title, picture.told.replace("\x00", "\ufffd")] == [root[0].text, root[1].text]
    assert [] == [each.tag for each in root.iter() if each.tag in {"script", "style", "b"} or each.get("style")]
    return root


def rects(root: ET.Element, kind: str) -> list[tuple[float, float]]:
    """Where bars of a class begin and how high they are."""
    return [
        (float(each.get("y", "")), float(each.get("height", "")))
        for each in root.iter("rect")
        if each.get("class") == kind
    ]


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (100, [0, 50, 100]),
        (101, [0, 50, 100, 150]),
        (9_999, [0, 5000, 10_000]),
        (-5, [0, 1]),
        (math.nan, [0, 1]),
        (math.inf, [0, 1]),
    ],
)
def test_steps_are_round_and_reach_the_highest(highest, expected):
    assert expected == steps(highest)


@pytest.mark.parametrize("highest", [0.3, 5, 63, 999, 12_345, 8.1e9, 3e15, 1e300])
def test_steps_are_never_many(highest):
    found = steps(highest)

    assert 2 <= len(found) <= 6
    assert found[-1] >= highest


@pytest.mark.parametrize(
    ("say", "value", "expected"),
    [
        (short, 0, "0"),
        (short, 950, "950"),
        (short, 1200, "1.2k"),
        (short, 34_000_000, "34M"),
        (short, 2e15, "2000T"),
        (duration, 4.26, "4.3 ms"),
        (duration, 850, "850 ms"),
        (duration, 1500, "1.5 s"),
        (duration, 600_000, "10 min"),
        (percent, 0.25, "25%"),
        (percent, 0.002, "0.2%"),
    ],
)
def test_numbers_are_said_in_few_letters(say, value, expected):
    assert expected == say(value)


def test_nothing_drawn_is_said_so():
    for picture in (
        columns("volume", "Runs", AXIS, [(0, 0)] * 4),
        curves("latency", "Time", "Nothing ran.", AXIS, Curve("p50", [None] * 4), measure=Measure(duration)),
        causes("causes", "Errors", []),
    ):
        root = parsed(picture)

        assert "Nothing ran" in picture.told or "No run failed" in picture.told
        assert [] == list(picture.rows)
        assert [] == [each for each in root.iter() if each.get("class") in {"done", "failed", "bar"}]


def test_columns_are_as_high_as_their_figures():
    picture = columns("volume", "Runs", AXIS, [(10, 0), (0, 0), (10, 10), (20, 5)])
    root = parsed(picture)
    done, failed = rects(root, "done"), rects(root, "failed")

    assert "40 runs, of which 15 failed." == picture.told
    assert [78.0, 117.0] == [high for _, high in done]
    assert [78.0, 39.0] == [high for _, high in failed]
    assert done[1][0] == pytest.approx(failed[1][0] + failed[1][1])
    assert [(NOON, "10", "0"), (AXIS.at(2), "10", "10"), (AXIS.at(3), "20", "5")] == list(picture.rows)
    assert {"url(#volume-hatch)"} == {each.get("fill") for each in root.iter("rect") if each.get("class") == "failed"}


def test_one_failure_among_a_million_is_seen():
    root = parsed(columns("volume", "Runs", AXIS, [(1_000_000, 1), (1, 0), (0, 0), (0, 0)]))

    assert all(high >= 1.5 for _, high in rects(root, "failed") + rects(root, "done"))


@pytest.mark.parametrize("value", [0.0, 1e-9, 1.0, 6e4, 1e12, 1e300, -1.0, math.inf, math.nan])
def test_every_value_lies_within_the_drawing(value):
    root = parsed(
        curves("latency", "Time", "Words.", AXIS, Curve("p50", [value, None, 1.0, 2.0]), measure=Measure(duration))
    )
    numbers = [float(number) for each in root.iter("circle") for number in (each.get("cx", ""), each.get("cy", ""))]

    assert 6 == len(numbers)
    assert all(0 <= number <= max(WIDTH, HEIGHT) for number in numbers)


def test_a_curve_is_broken_where_nothing_is_known():
    lines = (Curve("p50", [1.0, None, 3.0, 4.0]), Curve("p95", [None, None, 9.0, None]))
    picture = curves("latency", "Time", "Words.", AXIS, *lines, measure=Measure(duration))
    root = parsed(picture)

    assert ["curve firm"] == [each.get("class") for each in root.iter("path") if "curve" in each.get("class", "")]
    assert 3 == len(list(root.iter("circle")))
    assert [(NOON, "1 ms", ""), (AXIS.at(2), "3 ms", "9 ms"), (AXIS.at(3), "4 ms", "")] == list(picture.rows)


def test_a_limit_is_on_the_scale_even_if_nothing_comes_near():
    measure = Measure(percent, 0.25, 1.0, "the limit")
    picture = curves("limits", "Limits", "Words.", AXIS, Curve("Requests", [0.01] * 4), measure=measure)
    root = parsed(picture)

    assert 1 == len([each for each in root.iter("path") if each.get("class") == "limit"])
    assert ["0%", "25%", "50%", "75%", "100%"] == [each.text for each in root.iter("text")][:5]
    assert ["Requests", "the limit"] == [name for _, name in picture.legend]


def test_hostile_labels_stay_text():
    shares = [Share(HOSTILE, HOSTILE, 3, NOON), Share("x" * 500, "long", 1, NOON)]
    for picture in (
        causes("causes", HOSTILE.replace("\x00", ""), shares),
        curves("c", "T", HOSTILE.replace("\x00", ""), AXIS, Curve(HOSTILE, [1.0] * 4), measure=Measure(short)),
    ):
        text = str(picture.drawing)

        assert parsed(picture) is not None
        assert "<script" not in text
        assert "\x00" not in text
    assert max(len(str(each.text)) for each in parsed(causes("causes", "T", shares)).iter("text")) <= 46


def test_attributes_are_escaped_too():
    assert '<a class="x&#34; onload=&#34;y" view-x="1.5"/>' == str(
        mark("a", class_='x" onload="y', view_x=1.5, no=None)
    )


def test_moments_are_told_to_the_script_and_to_whoever_has_none():
    hours, days = parsed(columns("a", "Runs", AXIS, [(1, 0)] * 4)), TimeAxis(NOON, timedelta(days=1), 4)
    said = [each for each in hours.iter("text") if each.get("data-at")]
    dated = parsed(columns("a", "Runs", days, [(1, 0)] * 4))

    assert ["12:00", "12:30", "13:00", "13:30"] == [each.text for each in said]
    assert [NOON + timedelta(minutes=30) * number for number in range(4)] == [
        datetime.fromisoformat(each.get("data-at", "")) for each in said
    ]
    assert {"23 Nov", "24 Nov", "25 Nov", "26 Nov"} <= {each.text for each in dated.iter("text")}
    assert None is re.search("data-at", ET.tostring(dated, encoding="unicode"))


def test_a_timeline_has_what_held_and_what_happened():
    events = [
        Happening(NOON - timedelta(hours=9), "diamond", "linked", "Linked"),
        Happening(NOON + timedelta(minutes=30), "dot", "refreshed", "Token refreshed"),
        Happening(NOON + timedelta(minutes=60), "cross", "refused", "Refused", HOSTILE),
    ]
    held = [Stretch(NOON - timedelta(hours=9), NOON + timedelta(minutes=30)), Stretch(NOON, NOON)]
    picture = timeline(("grant", "Access", "Words."), AXIS, held, events, holds="token valid")
    root = parsed(picture)
    bands = [each for each in root.iter("rect") if each.get("class") == "held"]

    assert [85.0, 1.5] == [float(each.get("width", "")) for each in bands if each.get("y")]
    assert ["token valid", "refreshed", "refused"] == [name for _, name in picture.legend]
    assert ["Refused", "Token refreshed"] == [row[1] for row in picture.rows]
    assert "<script" not in str(picture.drawing)


def test_a_timeline_of_nothing_is_drawn_too():
    picture = timeline(("grant", "Access", "Words."), AXIS, [], [], holds="token valid")

    assert parsed(picture) is not None
    assert ([], []) == (list(picture.rows), list(picture.legend))
