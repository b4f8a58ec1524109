"""A run's answer on a page: a table and JSON, cut to what a browser bears, and honest about the cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from linkspan.doors.console.call_texts import pretty
from linkspan.engine import json_text
from linkspan.engine.call import Result

MOST_ROWS = 200
MOST_COLUMNS = 60
_LONGEST_CELL = 160
_LONGEST_TEXT = 2_000
_MOST_CHARACTERS = 150_000
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class ResultView:
    """What is shown: `rows` are texts under `columns`, None for no value; `cut` tells that there is more than is shown."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    numbers: frozenset[str]
    json: str
    total: int
    cut: bool
    is_list: bool


def view_of(result: Result, columns: Sequence[str] = ()) -> ResultView:
    """The view of an answer; `columns`: the fields of a list that people use, put first where the answer has them."""
    data = result.data
    if not isinstance(data, list):
        record = data if isinstance(data, Mapping) else {}
        pairs = [(name, _cell(value)) for name, value in list(record.items())[:MOST_COLUMNS]]
        cut = Cut()
        text = pretty(cut.of(data))
        return ResultView(
            ("Field", "Value"), pairs, frozenset(), text, 1, cut.happened or len(record) > len(pairs), is_list=False
        )
    shown = data[:MOST_ROWS]
    present = dict.fromkeys(name for row in shown for name in row if name != "@odata.etag")
    names = [*(name for name in columns if name in present), *(name for name in present if name not in columns)]
    kept = names[:MOST_COLUMNS]
    rows = [[_cell(row.get(name)) for name in kept] for row in shown]
    numbers = frozenset(name for name in kept if any(_is_number(row.get(name)) for row in shown))
    cut = Cut()
    text = pretty(cut.of(shown))
    return ResultView(kept, rows, numbers, text, len(data), cut.happened or len(data) > len(shown), is_list=True)


def json_for_page(value: object) -> str:
    """JSON data for people, exact in its numbers, as much of it as a page bears."""
    return pretty(Cut().of(value))


@dataclass(slots=True)
class Cut:
    """Copies JSON data as far as there is room, and notes whether that was all."""

    left: int = _MOST_CHARACTERS
    happened: bool = False

    def of(self, value: object, depth: int = 0) -> object:
        """The value, or what of it fits."""
        if isinstance(value, str):
            return self._text(value)
        self.left -= 8
        if depth >= _DEEPEST and isinstance(value, Mapping | list):
            self.happened = True
            return "…"
        if isinstance(value, Mapping):
            return self._record(value, depth)
        if isinstance(value, list):
            kept: list[object] = []
            for one in value:
                if self._full:
                    break
                kept.append(self.of(one, depth + 1))
            return kept
        return value

    @property
    def _full(self) -> bool:
        self.happened = self.happened or self.left <= 0
        return self.left <= 0

    def _record(self, value: Mapping[str, object], depth: int) -> dict[str, object]:
        kept: dict[str, object] = {}
        for name, one in value.items():
            if self._full:
                break
            self.left -= len(name)
            kept[name] = self.of(one, depth + 1)
        return kept

    def _text(self, value: str) -> str:
        room = max(0, min(_LONGEST_TEXT, self.left))
        self.left -= min(len(value), room) + 4
        if len(value) <= room:
            return value
        self.happened = True
        return f"{value[:room]}… ({len(value) - room} more characters)"


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return json_text.plain(value)
    text = value if isinstance(value, str) else json_text.dump(Cut(left=_LONGEST_CELL * 2).of(value)).decode()
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
