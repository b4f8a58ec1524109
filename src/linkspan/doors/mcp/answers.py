"""What a model reads: one copy of the content, without what says nothing, never longer than a budget."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from linkspan.connectors.action import Action
from linkspan.engine import json_text
from linkspan.engine.call import Result
from linkspan.errors import LinkspanError
from linkspan.usecases.run_action import Answer

BUDGET = 24_000
"""Longest text of rows in characters, about 8,000 tokens; what does not fit is reached by the cursor."""

_ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_SAYS_NOTHING = frozenset({"", _ZERO_GUID, "0001-01-01", "0001-01-01T00:00:00Z"})
_NOTES = "@odata."

Row = Mapping[str, object]
# Writes some rows as text.
Writer = Callable[[Sequence[Row]], str]


def answer_texts(action: Action, answer: Answer, form: str) -> list[str]:
    """The content of a tool's answer: one text, for CSV with a second one that says where the list goes on."""
    result = answer.result
    if isinstance(result.data, list):
        return _list_texts(result, form)
    told: dict[str, object] = {"data": result.data if form == "full" else slim(result.data)}
    if action.verb.writes:
        told["run_id"] = answer.run_id
    if answer.replayed:
        told["replayed"] = True
    if result.concurrency is not None:
        told["concurrency"] = result.concurrency
    return [_json(told)]


def error_text(error: LinkspanError) -> str:
    """A failure for a model: what happened, what to do, and whether to fix, wait, ask a person or stop."""
    told: dict[str, object] = {
        "code": error.code,
        "message": error.message,
        "advice": error.advice.value,
        "next_step": error.next_step,
        "who": error.who.value if error.who else None,
        "link": error.link,
        "mistakes": [str(mistake) for mistake in error.mistakes],
        "run_id": error.run_id,
        "first_run_id": error.first_run_id,
        "candidate_ids": list(error.candidates),
        "retry_after": error.retry_after,
        "provider_says": error.provider and {"status": error.provider.status, "code": error.provider.code, "message": error.provider.message},
    }  # fmt: skip
    return _json({"error": {name: value for name, value in told.items() if value not in (None, [], "")}})


def slim(value: object) -> object:
    """A record, or records, without nulls, blanks, empty GUIDs and dates, and etags."""
    if isinstance(value, list):
        return [slim(item) for item in value]
    if not isinstance(value, dict):
        return value
    # Written for speed: every field of every row comes by here.
    kept: dict[str, object] = {}
    for name, item in value.items():
        kind = type(item)
        if kind is str:
            if item in _SAYS_NOTHING:
                continue
        elif kind is dict or kind is list:
            item = slim(item)  # noqa: PLW2901  the field's own value is not needed again
        elif item is None:
            continue
        if name[:7] != _NOTES:
            kept[name] = item
    return kept


def _says_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in _SAYS_NOTHING)


def _list_texts(result: Result, form: str) -> list[str]:
    rows: Sequence[Row] = result.data if isinstance(result.data, list) else ()
    kept = len(rows)
    while True:
        rest = result.next if kept == len(rows) else result.cursor_after(kept)
        texts = _written(rows[:kept], form, _beside(result, rest))
        length = sum(map(len, texts))
        if length <= BUDGET or kept <= 1:
            return texts
        kept = max(1, min(kept - 1, kept * BUDGET // length))


def _beside(result: Result, rest: str | None) -> dict[str, object]:
    beside: dict[str, object] = {}
    if result.count is not None:
        beside["count"] = result.count
    if rest is not None:
        beside["next"] = rest
    return beside


def _written(rows: Sequence[Row], form: str, beside: dict[str, object]) -> list[str]:
    if form == "full":
        return [_json({"data": rows, **beside})]
    if form == "json":
        return [_json({"data": slim(list(rows)), **beside})]
    columns = columns_of(rows)
    if form == "csv":
        return [_csv(rows, columns), *([_json(beside)] if beside else [])]
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    return [_json({"columns": columns, "rows": cells, **beside})]


def columns_of(rows: Sequence[Row]) -> list[str]:
    """The fields that say something in at least one row, in the order in which they come."""
    names = dict.fromkeys(name for row in rows for name in row if not name.startswith("@odata."))
    return [name for name in names if any(not _says_nothing(row.get(name)) for row in rows)]


def _cell(value: object) -> object:
    return None if _says_nothing(value) else slim(value)


def _csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(row.get(name)) for name in columns])
    return text.getvalue()


def _csv_cell(value: object) -> str:
    if _says_nothing(value):
        return ""
    if isinstance(value, Decimal):
        return json_text.plain(value)
    return value if isinstance(value, str) else _json(slim(value))


def _json(value: object) -> str:
    return json_text.dump(value).decode()
