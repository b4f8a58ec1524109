"""A recorded exchange, the file that holds many of them, and what makes a request the same as a recorded one."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

import msgspec

FORMAT: Final = "linkspan-simulator-recording-1"
ROUTING: Final = frozenset({"aid", "tenant"})
"""Options that servers add to the links of their pages; they say nothing of what is asked for."""

Likeness = tuple[str, str, tuple[tuple[str, str], ...], str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request and its redacted answer.

    `path` is relative to the API's root and decoded, `query` encoded, `prefer` the header of that name. `body` is
    the answer's text; of bytes only their number is kept (`octets`).
    """

    method: str
    path: str
    query: str
    status: int
    prefer: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    octets: int = 0

    @property
    def likeness(self) -> Likeness:
        """What a request must equal to get this answer."""
        return likeness(self.method, self.path, self.query, self.prefer)


def likeness(method: str, path: str, query: str, prefer: str) -> Likeness:
    """Return what two requests for the same thing have in common: the order of options and their encoding do not count."""
    options = (pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0].lower() not in ROUTING)
    return method.upper(), path.strip("/"), tuple(sorted(options)), prefer.lower().replace(" ", "")


class RecordingFile:
    """Exchanges line by line as JSON, each written as soon as it is known; the file is its owner's only."""

    def __init__(self, path: Path) -> None:
        """Create the file; raises FileExistsError rather than mix two recordings, whose redactions differ."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._write({"format": FORMAT})

    def add(self, one: Recorded) -> None:
        """Write one exchange."""
        self._write(one)

    def close(self) -> None:
        """Write nothing more."""
        self._file.close()

    def _write(self, line: Recorded | Mapping[str, str]) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()


def read_recording(lines: Iterable[bytes]) -> list[Recorded]:
    """Return the exchanges of a recording file; raises ValueError (also msgspec's) for a file of another kind."""
    content = [line for line in lines if line.strip()]
    if not content or msgspec.json.decode(content[0]) != {"format": FORMAT}:
        raise ValueError(f"The file does not start with the format {FORMAT}.")
    return [msgspec.json.decode(line, type=Recorded) for line in content[1:]]
