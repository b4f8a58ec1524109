"""Reads the hand-written lists of the demo companies."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any, cast

_FOLDER = Path(__file__).resolve().parent


@cache
def rows_of(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a list of this folder, such as ``customers``; columns are parted by bars."""
    with (_FOLDER / f"{name}.psv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE))


@cache
def _codes() -> dict[str, list[list[Any]]]:
    return cast("dict[str, list[list[Any]]]", json.loads((_FOLDER / "codes.json").read_text(encoding="utf-8")))


def codes_of(entity: str) -> list[list[Any]]:
    """Return the rows of one small table as lists of values."""
    return _codes()[entity]
