"""The pytest plugin: observes every process of a run, and fails the run when a secret is found in what it stored or said."""

import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from secret_watch.hearing import output_without_own_places
from secret_watch.observer import watch
from secret_watch.record import FOLDER, RECORD

if TYPE_CHECKING:
    from secret_search.search import Tally

WATCHED = Path(__file__).parents[1] / "watched"
_RESULT = pytest.StashKey[tuple["Tally", float]]()
_SHOWN = 40


def pytest_configure(config: pytest.Config) -> None:
    """Open the folder of this run, which workers and child processes are told by the environment."""
    if importlib.util.find_spec("ahocorasick_rs") is None:
        message = "the tests need what requirements-dev.lock has: pip install --require-hashes -r requirements-dev.lock"
        raise pytest.UsageError(message)
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="linkspan-secrets-")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(WATCHED), os.environ.get("PYTHONPATH")]))
    watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what a test logged and printed."""
    report = yield
    for name, text in report.sections:
        told = text.encode(errors="replace")
        # A test may print the link that it was given.
        told = output_without_own_places("account link", told) if "stdout" in name else told
        RECORD.said("log", f"{item.nodeid} ({name})", told)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Search, when every worker has ended; a finding fails the run."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly or exitstatus not in {0, 1}:
        return
    from secret_search.search import search

    began, folder = time.monotonic(), Path(os.environ[FOLDER])
    tally = search(folder, [config._tmp_path_factory.getbasetemp()])
    config.stash[_RESULT] = tally, time.monotonic() - began
    if tally.findings or tally.unseen:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was searched, and what was found where."""
    if _RESULT not in config.stash:
        return
    tally, seconds = config.stash[_RESULT]
    found = sorted(str(finding) for finding in tally.findings.values())
    for line in [*tally.unseen, *found[:_SHOWN]]:
        terminalreporter.write_line(f"SECRET: {line}", red=True)
    if len(found) > _SHOWN:
        terminalreporter.write_line(f"SECRET: and {len(found) - _SHOWN} more", red=True)
    bad = bool(tally.findings or tally.unseen)
    terminalreporter.write_line(tally.line(seconds), red=bad, green=not bad)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the folder away, unless it explains a finding."""
    folder = os.environ.get(FOLDER)
    if hasattr(config, "workerinput") or not folder or "KEEP_TEST_SECRETS" in os.environ:
        return
    tally = config.stash.get(_RESULT, None)
    if tally is None or not tally[0].findings:
        shutil.rmtree(folder, ignore_errors=True)
