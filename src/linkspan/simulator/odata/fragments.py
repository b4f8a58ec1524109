"""Pages kept as JSON text: a page asked for again costs no encoding, and a write costs that of its own record."""

import operator
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from linkspan.simulator.books.table import Record

_CHUNK: Final = 500
_MOST_BYTES: Final = 256 * 1024 * 1024
SMALLEST_PAGE: Final = 100
"""Records below which a page is not worth keeping."""

Encoder = Callable[[Sequence[Record], Sequence[tuple[object, ...]]], Sequence[bytes]]
"""Returns the JSON texts of stored rows with the values of their computed fields."""
FlowReader = Callable[[Record], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """What a page is written from.

    `rows` are the stored rows: a write puts another object in the place of the one it changes, so the same object means
    the same text. `values_of` tells the computed fields of a row, and `stamp` changes whenever one of them may have.
    """

    rows: Sequence[Record]
    stamp: tuple[int, ...]
    values_of: FlowReader
    encode: Encoder


@dataclass(slots=True)
class _Chunk:
    """Some consecutive records: `data` is a comma and a record's text for each, `ends` where each text ends."""

    rows: list[Record]
    values: list[tuple[object, ...]]
    data: bytes
    ends: "array[int]"

    def text(self, place: int) -> bytes:
        start = self.ends[place - 1] if place else 0
        return self.data[start : self.ends[place]]


@dataclass(slots=True)
class _Page:
    stamp: tuple[int, ...]
    chunks: list[_Chunk] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(len(chunk.data) for chunk in self.chunks)


class PageStore:
    """The pages last written, up to a fixed number of bytes; those not asked for longest go first."""

    def __init__(self) -> None:
        """Start empty."""
        self._pages: OrderedDict[Hashable, _Page] = OrderedDict()
        self._bytes = 0

    def pieces(self, key: Hashable, source: Source) -> tuple[bytes, ...]:
        """Return the records of a page as JSON texts joined by commas, in several pieces; `key` names page and form."""
        old = self._pages.pop(key, None)
        self._bytes -= old.size if old is not None else 0
        page = _renewed(old, source)
        self._pages[key] = page
        self._bytes += page.size
        while self._bytes > _MOST_BYTES and len(self._pages) > 1:
            _, dropped = self._pages.popitem(last=False)
            self._bytes -= dropped.size
        first, *others = [chunk.data for chunk in page.chunks]
        return (first[1:], *others)


def _renewed(old: _Page | None, source: Source) -> _Page:
    rows = source.rows
    page = _Page(source.stamp)
    if old is None:
        page.chunks = [_written(list(part), source, {}) for part in _parts(rows)]
        return page
    trusted = old.stamp == source.stamp
    known: dict[int, tuple[_Chunk, int]] | None = None
    for place, part in enumerate(_parts(rows)):
        before = old.chunks[place] if place < len(old.chunks) else None
        if before is not None and _is_same(before, part, source, trusted=trusted):
            page.chunks.append(before)
            continue
        if known is None:
            known = {id(row): (chunk, at) for chunk in old.chunks for at, row in enumerate(chunk.rows)}
        page.chunks.append(_written(list(part), source, known))
    return page


def _parts(rows: Sequence[Record]) -> Iterator[Sequence[Record]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def _is_same(chunk: _Chunk, rows: Sequence[Record], source: Source, *, trusted: bool) -> bool:
    if len(chunk.rows) != len(rows) or not all(map(operator.is_, chunk.rows, rows)):
        return False
    return trusted or chunk.values == [source.values_of(row) for row in rows]


def _written(rows: list[Record], source: Source, known: dict[int, tuple[_Chunk, int]]) -> _Chunk:
    """Return a chunk of these rows, with the text of `known` ones where that still holds."""
    values = [source.values_of(row) for row in rows]
    texts: list[bytes | None] = []
    for row, computed in zip(rows, values, strict=True):
        chunk, place = known.get(id(row), (None, 0))
        holds = chunk is not None and chunk.values[place] == computed
        texts.append(chunk.text(place) if chunk is not None and holds else None)
    fresh = [place for place, text in enumerate(texts) if text is None]
    made = source.encode([rows[place] for place in fresh], [values[place] for place in fresh])
    for place, text in zip(fresh, made, strict=True):
        texts[place] = b"," + text
    return _joined(rows, values, [text for text in texts if text is not None])


def _joined(rows: list[Record], values: list[tuple[object, ...]], texts: list[bytes]) -> _Chunk:
    ends = array("Q")
    total = 0
    for text in texts:
        total += len(text)
        ends.append(total)
    return _Chunk(rows, values, b"".join(texts), ends)
