"""Long work shows how far it is: a bar on a terminal, JSON lines for programs, silence elsewhere; what is stopped leaves nothing half."""

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from demo_process import clean_environment, running_demo
from linkspan.cli.opening import write_lines
from linkspan.storage.upgrade import back_up


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("progress")
    with running_demo(folder):
        pass
    return folder


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "linkspan.cli.app", "--data-dir", str(folder), *words]


def on_a_terminal(words: Sequence[str]) -> tuple[str, str]:
    """Standard output (a pipe), and what came on standard error (a terminal)."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, env=clean_environment(TERM="xterm"))
    os.close(theirs)
    seen = read_all(ours)
    told = process.communicate(timeout=30)[0].decode()
    assert 0 == process.returncode, seen
    return told, seen


def read_all(terminal: int) -> str:
    seen = b""
    while part := read_some(terminal):
        seen += part
    os.close(terminal)
    return seen.decode()


def read_some(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other end has closed
        return b""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=40, check=True, env=clean_environment())


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("words", "title", "result"),
    [
        (("keys", "rotate"), "sealing secrets anew", "secrets sealed anew"),
        (("backup", "{new}"), "copying the database", "Copied the database"),
    ],
)
def test_a_terminal_shows_a_bar_and_a_pipe_shows_none(
    installation: Path, tmp_path: Path, words: tuple[str, ...], title: str, result: str
) -> None:
    first, second = ([each.format(new=tmp_path / name) for each in words] for name in ("one.db", "two.db"))
    told, seen = on_a_terminal(command(installation, *first))
    quiet = run(*command(installation, *second))

    assert title in seen
    assert "100%" in seen
    assert result in told
    assert title not in told
    assert result in quiet.stdout
    assert "" == quiet.stderr


@pytest.mark.sqlite
def test_programs_get_lines_of_json_and_the_result_last(installation: Path, tmp_path: Path) -> None:
    rotated = run(*command(installation, "keys", "rotate", "--json")).stdout
    copied = run(*command(installation, "backup", str(tmp_path / "copy.db"), "--json")).stdout
    *steps, done = [json.loads(line) for line in rotated.splitlines()]
    *pages, copy = [json.loads(line) for line in copied.splitlines()]

    assert {"sealing secrets anew"} == {step["progress"] for step in steps}
    assert steps[-1]["done"] == steps[-1]["total"] >= done["resealed"] >= 3
    assert pages[-1]["done"] == pages[-1]["total"]
    assert {"file": str(tmp_path / "copy.db"), "bytes": (tmp_path / "copy.db").stat().st_size} == copy


@pytest.mark.sqlite
def test_doctor_tells_programs_each_check(installation: Path) -> None:
    done = subprocess.run(
        command(installation, "doctor", "--json"), capture_output=True, text=True, timeout=40, check=False,
        env=clean_environment(LINKSPAN_ALLOW_PRIVATE_ADDRESSES="true"),
    )  # fmt: skip
    (checks,) = json.loads(done.stdout.splitlines()[-1]).values()
    failed = [check for check in checks if check["state"] == "failed"]

    # The simulator is gone, so that something is broken, and says what to do.
    assert 1 == done.returncode
    assert {"account", "profile"} <= {check["name"] for check in checks}
    assert failed
    assert [] == [check["name"] for check in failed if not check["next_step"]]


def test_the_simulator_shows_that_it_invents_customers_and_ends_on_ctrl_c() -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "linkspan.cli.app", "sim", "--port", "0", "--customers", "20000"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, env=clean_environment(TERM="xterm"))
    os.close(theirs)
    for line in process.stdout or ():
        if line.startswith(b"user "):
            break
    process.send_signal(signal.SIGINT)
    seen = read_all(ours)
    process.communicate(timeout=30)

    assert "inventing 20000 customers" in seen
    assert "Traceback" not in seen


def large(file: Path) -> str:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE things (number INTEGER PRIMARY KEY, body BLOB)")
        database.executemany("INSERT INTO things (body) VALUES (randomblob(4000))", [()] * 7_000)
    return f"sqlite:///{file}"


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        assert [("ok",)] == database.execute("PRAGMA integrity_check").fetchall()
        return int(database.execute("SELECT count(*) FROM things").fetchone()[0])


@pytest.mark.sqlite
def test_a_copy_is_of_one_moment_however_much_is_written_meanwhile(tmp_path: Path) -> None:
    url, steps = large(tmp_path / "busy.db"), list[tuple[int, int]]()

    def write(done: int, total: int) -> None:
        steps.append((done, total))
        with closing(sqlite3.connect(tmp_path / "busy.db")) as database, database:
            database.execute("INSERT INTO things (body) VALUES ('later')")

    back_up(url, tmp_path / "copy.db", write)

    assert 3 <= len(steps) <= 6
    assert sorted(steps) == steps
    assert 7_000 == count(tmp_path / "copy.db")
    assert 7_000 + len(steps) == count(tmp_path / "busy.db")


@pytest.mark.sqlite
def test_a_stopped_copy_leaves_no_file(tmp_path: Path) -> None:
    url = large(tmp_path / "busy.db")

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(url, tmp_path / "copy.db", interrupt)

    assert not (tmp_path / "copy.db").exists()
    assert 7_000 == count(tmp_path / "busy.db")


def test_a_stopped_export_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from linkspan.engine import json_text

    def interrupted(_record: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(json_text, "dump", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_lines(tmp_path / "log.jsonl", [{"a": 1}])

    assert not (tmp_path / "log.jsonl").exists()
