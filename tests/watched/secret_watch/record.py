"""Where a watched process writes down what it saw: secrets as they come into being, and everything that is said.

One file of each kind for each process, written at once, since a process may be killed at any moment. Standard library only: every
Python process that a test starts loads it.
"""

import json
import os
import re
import threading
from binascii import hexlify

SHORTEST = 12
"""What has fewer characters is a word, and found everywhere."""
_WORDS = re.compile(r"[A-Za-z]+( [A-Za-z]+)+")
FOLDER = "TEST_SECRETS_DIR"
"""The environment variable that names the folder of this run of the tests."""


class Record:
    """Appends to the files of this process; what was written once is not written again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._where: tuple[int, str] | None = None
        self._files: dict[str, int] = {}
        self._known: set[object] = set()

    def born(self, value: str | bytes, site: str, *, drawn: bool = False) -> None:
        """Note a secret and the place of its birth, `module:function`; `drawn`: at random, so that no part of it is anything else."""
        if value in self._known or len(value) < SHORTEST or (isinstance(value, str) and _WORDS.fullmatch(value)):
            return
        line = {"text": value} if isinstance(value, str) else {"hex": hexlify(value).decode()}
        self._write("born", value, [json.dumps(line | {"site": site, "drawn": drawn}).encode() + b"\n"])

    def said(self, kind: str, place: str, data: bytes, **more: object) -> None:
        """Note what was said: its kind (`log`, `answer`, `address`, `error`, `output`, `rows`), where, and the bytes."""
        if not data:
            return
        mark = (kind, place.partition(" ")[0], hash(data)) if "columns" not in more else object()
        if mark in self._known:
            return
        head = json.dumps({"kind": kind, "place": place, "length": len(data), **more}).encode()
        self._write("said", mark, [head, b"\n", data, b"\n"])

    def made(self, address: str) -> None:
        """Note a database that was opened."""
        self._write("made", ("made", address), [json.dumps(address).encode() + b"\n"])

    def _write(self, name: str, mark: object, parts: list[bytes]) -> None:
        folder = os.environ.get(FOLDER)
        if not folder:
            return
        with self._lock:
            if self._where != (os.getpid(), folder):  # after a fork, or in a run within the run
                self._where, self._files, self._known = (os.getpid(), folder), {}, set()
            if mark in self._known:
                return
            if name not in self._files:
                path = os.path.join(folder, f"{name}-{os.getpid()}-{hexlify(os.urandom(4)).decode()}")  # noqa: PTH118
                self._files[name] = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.write(self._files[name], b"".join(parts))
            self._known.add(mark)


RECORD = Record()
