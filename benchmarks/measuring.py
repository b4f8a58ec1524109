"""How a server is measured: started on one core, loaded by wrk from the other, its CPU time read from the kernel."""

import http.client
import json
import os
import re
import subprocess
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

SERVER_CORE, LOAD_CORE = 1, 0
LUA = Path(__file__).with_name("wrk.lua")
_TICKS = os.sysconf("SC_CLK_TCK")
# Linkspan writes its log behind the calls, at the latest after half a second: that work is counted for the calls that caused it.
_AFTER = 0.7


@dataclass(frozen=True, slots=True)
class Ask:
    """The call that a row is asked again and again, and words that a right answer holds."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    expected: str = "Tidewater Stores"


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement: calls per second, latencies in milliseconds, CPU in milliseconds per call."""

    per_second: float
    p50: float
    p99: float
    cpu: float


class Process(AbstractContextManager["Process"]):
    """A program on one core for as long as the block lasts; its messages go into a file of `folder`."""

    def __init__(self, name: str, command: list[str], folder: Path, *, core: int) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        self._command = ["taskset", "-c", str(core), *command]
        self._running: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LINKSPAN_")}
        with self._log.open("w") as log:
            self._running = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.communicate(timeout=30)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running.pid if self._running else 0

    def line(self) -> dict[str, str]:
        """The JSON line that the program prints when it serves. Raises RuntimeError with its messages if it ends instead."""
        text = self._running.stdout.readline() if self._running and self._running.stdout else ""
        if not text:
            raise RuntimeError(f"{self.name} did not start:\n{self._log.read_text()[-2000:]}")
        return dict(json.loads(text))

    def cpu_seconds(self) -> float:
        """CPU time used so far by the process and the processes it has started, threads included."""
        return sum(_cpu_of(pid) for pid in _family(self.pid))

    def wait_until_answering(self, ask: Ask, seconds: float = 60) -> None:
        """Wait for the first right answer. Raises RuntimeError with the program's messages if it does not come."""
        until, last = time.monotonic() + seconds, "no answer"
        while time.monotonic() < until:
            try:
                check(ask)
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                last = str(error)
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"{self.name}: {last}\n{self._log.read_text()[-2000:]}")


def check(ask: Ask) -> None:
    """Ask once. Raises RuntimeError unless the answer is right: a server that refuses quickly must not win."""
    parts = urlsplit(ask.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request(ask.method, parts.path, ask.body.replace("@ID@", "1") or None, dict(ask.headers))
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    finally:
        connection.close()
    if answer.status != http.client.OK or ask.expected not in text:
        raise RuntimeError(f"{ask.url} answered {answer.status}: {text[:300]}")


def measure(server: Process, ask: Ask, *, concurrency: int, seconds: float) -> Measured:
    """Load a server for some seconds. Raises RuntimeError if any answer was not a success."""
    before = server.cpu_seconds()
    told = _wrk(ask, concurrency=concurrency, seconds=seconds)
    time.sleep(_AFTER)
    spent = server.cpu_seconds() - before
    check(ask)
    if told["errors"]:
        raise RuntimeError(f"{server.name}: {told['errors']:.0f} of {told['calls']:.0f} calls failed")
    per_second = told["calls"] / told["microseconds"] * 1e6
    return Measured(per_second, told["p50"] / 1000, told["p99"] / 1000, spent / told["calls"] * 1000)


def _wrk(ask: Ask, *, concurrency: int, seconds: float) -> dict[str, float]:
    headers = "\n".join(f"{name}: {value}" for name, value in ask.headers.items())
    environment = os.environ | {"BENCH_METHOD": ask.method, "BENCH_HEADERS": headers, "BENCH_BODY": ask.body}
    command = [
        "taskset",
        "-c",
        str(LOAD_CORE),
        "wrk",
        "-t1",
        f"-c{concurrency}",
        f"-d{max(1, round(seconds))}s",
        "--timeout",
        "10s",
    ]
    done = subprocess.run(
        [*command, "-s", str(LUA), ask.url],
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=True,
    )
    found = re.search(r"BENCH (\{.*\})", done.stdout)
    if found is None:
        raise RuntimeError(f"wrk said: {done.stdout[-500:]}{done.stderr[-500:]}")
    return dict(json.loads(found[1]))


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the program's name (proc(5): the first is field 3)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_of(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _family(pid: int) -> list[int]:
    parents = {int(path.name): _stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found = [pid]
    for one in found:
        found.extend(child for child, fields in parents.items() if fields and int(fields[1]) == one)
    return found
