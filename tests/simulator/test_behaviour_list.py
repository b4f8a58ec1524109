"""Every behaviour that a list names has a test of its name, and the lists, the tests and the exceptions agree."""

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
BEHAVIOURS = HERE / "behaviours"
LEAST_OTHER, MOST_EXCUSED = 214, 20


def pairs_in(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["group"], row["name"]) for row in csv.DictReader(file, delimiter="\t")]


def bearers_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield group and name of each test that bears them."""
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and "__" in node.name:
                group, _, name = node.name.removeprefix("test_").partition("__")
                yield group, name


NEEDED, OTHER = pairs_in(BEHAVIOURS / "needed.tsv"), pairs_in(BEHAVIOURS / "other.tsv")
EXCUSED = pairs_in(HERE / "not_over_http.tsv")
TESTS = list(bearers_in(BEHAVIOURS))


def test_the_lists_are_whole():
    assert (369, 321) == (len(set(NEEDED)), len(set(OTHER)))
    assert not set(NEEDED) & set(OTHER)


def test_every_needed_behaviour_has_a_test_or_an_excuse():
    assert not sorted(set(NEEDED) - set(TESTS) - set(EXCUSED))


def test_enough_other_behaviours_have_a_test():
    assert LEAST_OTHER <= len(set(OTHER) & set(TESTS))


def test_every_test_bears_a_listed_name_and_no_name_twice():
    assert not sorted(set(TESTS) - set(NEEDED) - set(OTHER))
    assert sorted(set(TESTS)) == sorted(TESTS)


def test_excuses_are_few_and_true():
    with (HERE / "not_over_http.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))

    assert MOST_EXCUSED >= len(rows)
    assert all(len(row["reason"]) > 20 for row in rows)
    assert not set(EXCUSED) & set(TESTS)
    assert set(EXCUSED) <= set(NEEDED) | set(OTHER)
