"""Pages kept as JSON text: a page asked for again costs no encoding, and a write costs that of its own record."""

import operator
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, Protocol

from linkspan.simulator.books.table import Record
from linkspan.simulator.odata.prepared import PreparedTexts, Texts

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
    `texts` are what was prepared of them.
    """

    rows: Sequence[Record]
    stamp: tuple[int, ...]
    values_of: FlowReader
    encode: Encoder
    texts: Texts | None = None


class Piece(Protocol):
    """The texts of some consecutive records, a comma before each."""

    @property
    def size(self) -> int:
        """The number of bytes."""
        ...

    def data(self) -> bytes:
        """Return the texts."""
        ...


@dataclass(frozen=True, slots=True)
class Pieces:
    """A large body: what stands before and behind its records, and these in pieces that are made one by one."""

    head: bytes
    records: Sequence[Piece]
    tail: bytes

    @property
    def size(self) -> int:
        """The number of bytes; the comma before the first record is not sent."""
        return len(self.head) + sum(piece.size for piece in self.records) - 1 + len(self.tail)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body."""
        yield self.head
        comma = 1
        for piece in self.records:
            yield piece.data()[comma:]
            comma = 0
        yield self.tail


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some consecutive records: `joined` is a comma and a record's text for each, `ends` where each text ends."""

    rows: list[Record]
    values: list[tuple[object, ...]]
    joined: bytes
    ends: "array[int]"

    @property
    def size(self) -> int:
        return len(self.joined)

    def data(self) -> bytes:
        return self.joined

    def text(self, place: int) -> bytes:
        start = self.ends[place - 1] if place else 0
        return self.joined[start : self.ends[place]]


@dataclass(slots=True)
class _Page:
    """The chunks of a page by their place; prepared texts have none."""

    stamp: tuple[int, ...]
    chunks: dict[int, _Chunk] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(chunk.size for chunk in self.chunks.values())


class PageStore:
    """The pages last written, up to a fixed number of bytes; those not asked for longest go first.

    `prepared` has the texts of records that came in great number.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.prepared = PreparedTexts()
        self._pages: OrderedDict[Hashable, _Page] = OrderedDict()
        self._bytes = 0

    def pieces(self, key: Hashable, source: Source) -> Sequence[Piece]:
        """Return the records of a page; `key` names page and form."""
        old = self._pages.pop(key, None) or _Page(())
        self._bytes -= old.size
        page = _Page(source.stamp)
        pieces = _renewed(old, page, source)
        self._pages[key] = page
        self._bytes += page.size
        while self._bytes > _MOST_BYTES and len(self._pages) > 1:
            _, dropped = self._pages.popitem(last=False)
            self._bytes -= dropped.size
        return pieces


def _renewed(old: _Page, page: _Page, source: Source) -> Sequence[Piece]:
    """Fill a page, from the `old` one where that still holds, and return all its pieces."""
    trusted = old.stamp == source.stamp
    known: dict[int, tuple[_Chunk, int]] | None = None
    pieces: list[Piece] = []
    for place, part in enumerate(_parts(source.rows)):
        run = source.texts.run(part) if source.texts is not None else None
        if run is not None:
            pieces.append(run)
            continue
        chunk = old.chunks.get(place)
        if chunk is None or not _holds(chunk, part, source, trusted=trusted):
            known = _texts_by_row(old.chunks.values()) if known is None else known
            chunk = _written(list(part), source, known)
        page.chunks[place] = chunk
        pieces.append(chunk)
    return pieces


def _parts(rows: Sequence[Record]) -> Iterator[Sequence[Record]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def _holds(chunk: _Chunk, rows: Sequence[Record], source: Source, *, trusted: bool) -> bool:
    if len(chunk.rows) != len(rows) or not all(map(operator.is_, chunk.rows, rows)):
        return False
    return trusted or chunk.values == [source.values_of(row) for row in rows]


def _texts_by_row(chunks: Iterable[_Chunk]) -> dict[int, tuple[_Chunk, int]]:
    return {id(row): (chunk, at) for chunk in chunks for at, row in enumerate(chunk.rows)}


def _written(rows: list[Record], source: Source, known: Mapping[int, tuple[_Chunk, int]]) -> _Chunk:
    """Return a chunk of these rows, with the text of `known` and prepared ones where that still holds."""
    values: list[tuple[object, ...]] = []
    texts: list[bytes | None] = []
    for row in rows:
        computed, text = _found(row, source, known)
        values.append(computed)
        texts.append(text)
    fresh = [place for place, text in enumerate(texts) if text is None]
    made = source.encode([rows[place] for place in fresh], [values[place] for place in fresh])
    for place, text in zip(fresh, made, strict=True):
        texts[place] = b"," + text
    return _joined(rows, values, [text for text in texts if text is not None])


def _found(
    row: Record, source: Source, known: Mapping[int, tuple[_Chunk, int]]
) -> tuple[tuple[object, ...], bytes | None]:
    """Return the computed fields of a row and, where it is known, its text."""
    prepared = source.texts.one(row) if source.texts is not None else None
    if prepared is not None:
        return prepared
    computed = source.values_of(row)
    chunk, place = known.get(id(row), (None, 0))
    holds = chunk is not None and chunk.values[place] == computed
    return computed, chunk.text(place) if chunk is not None and holds else None


def _joined(rows: list[Record], values: list[tuple[object, ...]], texts: list[bytes]) -> _Chunk:
    ends = array("Q", accumulate(map(len, texts)))
    return _Chunk(rows, values, b"".join(texts), ends)
