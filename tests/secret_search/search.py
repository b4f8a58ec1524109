"""The search at the end of a run of the tests: each secret that came into being, in everything that was stored and said."""

import bisect
import json
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import ahocorasick_rs

from secret_search.postgres_rows import database_name
from secret_search.windows import windows

_SQLITE = b"SQLite format 3\0"
_AROUND = 60
# What stands against a piece may be more of its secret.
_ENDS_IN_RUN, _BEGINS_WITH_RUN = re.compile(rb"[\w+/~-]+\Z"), re.compile(rb"\A[\w+/~-]+")
# What people make up may share its beginning with a harmless text; no text of this length does.
_LONG = 64
# The file that holds the master key, beside the database that it opens, with mode 0600.
_NOT_OURS = {"site-packages", "node_modules", "__pycache__"}
_KEY_FILES = re.compile(r"\.?master\.key.*")


@dataclass(frozen=True, slots=True)
class Birth:
    """Where a secret came into being (`module:function`), and whether it was drawn at random."""

    site: str
    drawn: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret seen: where it came into being, where it was seen, and what stood around it, without it."""

    site: str
    place: str
    around: str

    def __str__(self) -> str:
        return f"a secret of {self.site} in {self.place}: {self.around}"


@dataclass
class Tally:
    """What was searched; `counts` by kind."""

    secrets: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)

    def found(self, site: str, place: str, around: str) -> None:
        """Count a secret that was seen; one for each place and birth is kept."""
        self.findings.setdefault((site, place), Finding(site, place, around))

    def line(self, seconds: float) -> str:
        """The closing line."""
        what = ", ".join(f"{self.counts[kind]:,} {word}" for kind, word in _WORDS.items())
        outcome = f"{len(self.findings)} found" if self.findings else "none found"
        return f"secrets search: {self.secrets:,} secrets looked for in {what}: {outcome} ({seconds:.1f} s)"


_WORDS = {
    "files": "files of data folders", "columns": "database columns", "log": "log lines", "output": "lines of output",
    "answer": "answers", "error": "errors", "address": "addresses",
}  # fmt: skip


class Searcher:
    """Finds any of many secrets in one pass."""

    def __init__(self, born: dict[str | bytes, Birth]) -> None:
        self._sites: dict[bytes, str] = {}
        for secret, birth in born.items():
            for window in windows(secret, whole=not birth.drawn and len(secret) < _LONG):
                self._sites.setdefault(window, birth.site)
        self._windows = list(self._sites) or [b"\0 nothing was born \0"]
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            self._windows, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )

    def find(self, data: bytes) -> Iterator[tuple[int, str, str]]:
        """For each secret seen: where in the data, where it was born, what stands around it."""
        for number, start, end in self._automaton.find_matches_as_indexes(data):
            before = _ENDS_IN_RUN.sub(b"", data[max(0, start - _AROUND) : start])
            after = _BEGINS_WITH_RUN.sub(b"", data[end : end + _AROUND])
            around = (before + b"***" + after).decode("latin-1")
            yield start, self._sites.get(self._windows[number], "?"), re.sub(r"[^ -~]+", " ", around)


def read_births(folder: Path) -> dict[str | bytes, Birth]:
    """Every secret with its birth."""
    born: dict[str | bytes, Birth] = {}
    for file in folder.glob("born-*"):
        for line in file.read_bytes().splitlines():
            told = json.loads(line)
            secret = told.get("text") or bytes.fromhex(told["hex"])
            if told["drawn"] or secret not in born:
                born[secret] = Birth(told["site"], told["drawn"])
    return born


def search(folder: Path, data: Iterable[Path]) -> Tally:
    """Search what was said (in `folder`), every database and data folder below `data`, and every database that was opened elsewhere."""
    born = read_births(folder)
    tally, searcher = Tally(len(born)), Searcher(born)
    searched = _search_said(folder, searcher, tally)
    opened = {json.loads(line) for file in folder.glob("made-*") for line in file.read_bytes().splitlines()}
    files = {path.resolve() for root in data for path in _data_files(root)}
    for address in sorted(opened):
        if address.startswith("sqlite"):
            path = Path(address.partition(":///")[2])
            files |= {file.resolve() for file in path.parent.glob(f"{path.name}*")}
        elif (name := database_name(address)) not in searched:
            tally.unseen.append(f"the PostgreSQL database {name} was opened, and never searched")
    for path in sorted(files):
        _search_file(path, searcher, tally)
    return tally


def _search_said(folder: Path, searcher: Searcher, tally: Tally) -> set[str]:
    """Search what every process said; gives the PostgreSQL databases among it."""
    databases = set()
    for file in folder.glob("said-*"):
        data = file.read_bytes()
        starts, heads = [], []
        for start, head in _records(data):
            starts.append(start)
            heads.append(head)
            kind = head["kind"]
            lines = data.count(b"\n", start, start + head["length"]) + 1
            tally.counts[kind] += lines if kind in {"log", "output"} else 1
            tally.counts["columns"] += head.get("columns", 0)
            databases.add(head.get("database"))
        for offset, site, around in searcher.find(data):
            head = heads[bisect.bisect_right(starts, offset) - 1]
            tally.found(site, f"{head['kind']} {head['place']}", around)
    return {name for name in databases if name}


def _records(data: bytes) -> Iterator[tuple[int, dict[str, object]]]:
    here = 0
    while here < len(data):
        end = data.index(b"\n", here)
        head = json.loads(data[here:end])
        yield end + 1, head
        here = end + 1 + head["length"] + 1


def _data_files(root: Path) -> Iterator[Path]:
    """Every SQLite database with the files that SQLite keeps beside it, and every file of a folder in which Linkspan keeps its data."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _NOT_OURS]
        files = [file for file in (Path(folder, name) for name in names) if file.is_file()]
        databases = tuple(file.name for file in files if _is_sqlite(file))
        kept = "master.key" in names
        for file in files:
            if not _KEY_FILES.fullmatch(file.name) and (kept or file.name.startswith(databases)):
                yield file


def _is_sqlite(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
    return False


def _search_file(path: Path, searcher: Searcher, tally: Tally) -> None:
    data = path.read_bytes()
    tally.counts["files"] += 1
    if data.startswith(_SQLITE):
        tally.counts["columns"] += _columns(path)
    for _, site, around in searcher.find(data):
        tally.found(site, f"file {path}", around)


def _columns(path: Path) -> int:
    query = "SELECT count(*) FROM sqlite_schema AS s, pragma_table_info(s.name) WHERE s.type = 'table'"
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        return int(connection.execute(query).fetchone()[0])
    return 0
