"""The HTTP client's thread stands behind the event loop while much is under way, and only then; where that is forbidden, nothing else changes."""

import os
import subprocess
import sys

import pytest

from linkspan.transport import client_thread
from linkspan.transport.client_thread import ClientThread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the policy is Linux's")

CLIENT = """
import os
from pathlib import Path
from pyreqwest.client import ClientBuilder
from linkspan.transport.client_thread import ClientThread

client, thread = ClientBuilder().build(), ClientThread()

def told():
    for task in sorted(Path("/proc/self/task").iterdir()):
        behind = os.sched_getscheduler(int(task.name)) == os.SCHED_BATCH
        yield f"{(task / 'comm').read_text().strip() == 'pyreqwest'}:{behind}"

for count in (5, 6, 3, 2):
    while thread._under_way < count:
        thread.begin()
    while thread._under_way > count:
        thread.end()
    print(count, *told())
"""


def test_the_clients_thread_and_no_other_stands_behind_under_load() -> None:
    told = subprocess.run([sys.executable, "-c", CLIENT], capture_output=True, text=True, check=True).stdout

    assert ["5 False:False True:False", "6 False:False True:True", "3 False:False True:True", "2 False:False True:False"] == (
        told.splitlines()
    )  # fmt: skip


def test_it_is_told_once_each_time_and_not_at_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(client_thread, "_ids", lambda: (7,))
    monkeypatch.setattr(os, "sched_setscheduler", lambda _, policy, __: told.append(policy))
    thread = ClientThread()
    for _ in range(2):
        for _ in range(20):
            thread.begin()
        for _ in range(20):
            thread.end()

    assert [os.SCHED_BATCH, os.SCHED_OTHER] * 2 == told


def test_a_sandbox_that_forbids_it_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def forbid(thread: int, *_: object) -> None:
        asked.append(thread)
        raise PermissionError

    monkeypatch.setattr(client_thread, "_ids", lambda: (7,))
    monkeypatch.setattr(os, "sched_setscheduler", forbid)
    thread = ClientThread()
    for _ in range(20):
        thread.begin()
    for _ in range(20):
        thread.end()

    assert [7, 7] == asked


def test_a_system_without_proc_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_thread, "_TASKS", client_thread._TASKS / "nowhere")
    thread = ClientThread()
    for _ in range(20):
        thread.begin()

    assert () == thread._ids
