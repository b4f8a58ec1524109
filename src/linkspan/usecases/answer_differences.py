"""How two answers to the same question differ, place by place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linkspan.engine import json_text

MOST = 100
_LONGEST = 200
_VERSION = "@odata.etag"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which answers differ; a side is None where it has no such place."""

    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Differences:
    """The first 100 of them; `more` tells that there are others. `versions`: how many etags and times of change differ, which always do."""

    found: list[Difference]
    more: bool
    versions: int


def differences_of(before: object, after: object, *, modified_field: str | None = None) -> Differences:
    """Compare two answers as JSON data. Records of lists are matched by their `id`, else by their place; numbers are compared by value."""
    found: list[Difference] = []
    versions = 0
    always = [name for name in (_VERSION, modified_field) if name]
    for one in _compared("", before, after):
        if any(one.place == name or one.place.endswith(f".{name}") for name in always):
            versions += 1
        elif len(found) == MOST:
            return Differences(found, more=True, versions=versions)
        else:
            found.append(one)
    return Differences(found, more=False, versions=versions)


def _compared(place: str, before: object, after: object) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            inside = f"{place}.{name}" if place else str(name)
            if name not in before or name not in after:
                yield Difference(inside, _side(before, name), _side(after, name))
            else:
                yield from _compared(inside, before[name], after[name])
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compared_lists(place, before, after)
    elif isinstance(before, bool) != isinstance(after, bool) or before != after:
        yield Difference(place or "answer", _text(before), _text(after))


def _compared_lists(place: str, before: list[object], after: list[object]) -> Iterator[Difference]:
    first, second = _by_id(before), _by_id(after)
    if first is None or second is None:
        first = {str(index): one for index, one in enumerate(before)}
        second = {str(index): one for index, one in enumerate(after)}
    for name in dict.fromkeys((*first, *second)):
        inside = f"{place}[{name}]"
        if name not in first or name not in second:
            yield Difference(inside, _side(first, name), _side(second, name))
        else:
            yield from _compared(inside, first[name], second[name])


def _by_id(rows: list[object]) -> dict[str, object] | None:
    """The records by their ids; None where one has none, or two have the same."""
    found: dict[str, object] = {}
    for row in rows:
        name = row.get("id") if isinstance(row, Mapping) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = row
    return found


def _side(record: Mapping[str, object], name: str) -> str | None:
    return _text(record[name]) if name in record else None


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json_text.dump(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
