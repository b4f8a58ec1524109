"""An answer of any size becomes a page of a bounded size that says it is not all."""

import time
from decimal import Decimal

from linkspan.doors.console.result_view import MOST_ROWS, view_of
from linkspan.engine.call import Result

BEARABLE = 400_000


def test_sixty_megabytes_in_rows_are_cut_quickly() -> None:
    rows = [{"id": str(index), "text": "x" * 600} for index in range(100_000)]
    before = time.process_time()
    view = view_of(Result(rows))

    assert time.process_time() - before < 2
    assert (MOST_ROWS, 100_000, True) == (len(view.rows), view.total, view.cut)
    assert len(view.json) < BEARABLE
    assert all(len(cell or "") < 200 for row in view.rows for cell in row)


def test_sixty_megabytes_in_one_value_are_cut_quickly() -> None:
    view = view_of(Result({"picture": "x" * 60_000_000, "name": "Lamp"}))

    assert view.cut
    assert "more characters)" in view.json
    assert len(view.json) < 3_000
    assert ("name", "Lamp") == view.rows[1]


def test_wide_and_deep_answers_are_cut_too() -> None:
    deep: object = "bottom"
    for _ in range(500):
        deep = {"in": deep}
    wide = {f"f{index}": "y" * 50 for index in range(100_000)}

    assert view_of(Result({"deep": deep})).cut
    view = view_of(Result(wide))
    assert view.cut
    assert len(view.json) < BEARABLE
    assert len(view.rows) < 100


def test_small_answers_are_whole_and_exact() -> None:
    rows = [{"@odata.etag": "W/x", "number": "1", "balance": Decimal("0.00000010"), "blocked": None, "open": True}]
    view = view_of(Result(rows), ("balance", "number", "absent"))

    assert not view.cut
    assert ["balance", "number", "blocked", "open"] == list(view.columns)
    assert [["0.00000010", "1", None, "yes"]] == view.rows
    assert {"balance"} == view.numbers
    assert '"balance": 0.00000010' in view.json
    assert "@odata.etag" in view.json


def test_an_answer_of_nothing_is_no_table() -> None:
    assert [[], []] == [list(view_of(Result(data)).rows) for data in (None, [])]
