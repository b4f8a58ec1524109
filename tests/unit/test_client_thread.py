"""The HTTP client's thread stands behind the event loop; where the system forbids that, everything works as before."""

import os
import subprocess
import sys
from threading import Thread

import pytest

from linkspan.transport.client_thread import behind_the_event_loop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the policy is Linux's")

CLIENT = """
import os, sys
from datetime import timedelta
from pathlib import Path
from linkspan.transport.pyreqwest_client import builder_of, built

built(builder_of(timedelta(seconds=1)))
for task in Path("/proc/self/task").iterdir():
    print((task / "comm").read_text().strip() == "pyreqwest", os.sched_getscheduler(int(task.name)) == os.SCHED_BATCH)
"""


def policy_of_new_thread() -> int:
    found: list[int] = []
    thread = Thread(target=lambda: found.append(os.sched_getscheduler(0)))
    thread.start()
    thread.join()
    return found[0]


def test_threads_started_meanwhile_stand_behind_and_the_starter_does_not() -> None:
    with behind_the_event_loop():
        inside = policy_of_new_thread()

    assert inside == os.SCHED_BATCH
    assert policy_of_new_thread() == os.SCHED_OTHER
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_an_error_in_the_block_leaves_the_starter_as_it_was() -> None:
    with pytest.raises(ValueError, match="broken"), behind_the_event_loop():
        raise ValueError("broken")

    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_a_sandbox_that_forbids_it_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", forbid)
    with behind_the_event_loop():
        inside = policy_of_new_thread()

    assert inside == os.SCHED_OTHER


def test_the_clients_own_thread_is_such_a_one_and_no_other() -> None:
    told = subprocess.run([sys.executable, "-c", CLIENT], capture_output=True, text=True, check=True).stdout.split("\n")

    assert ["False False", "True True"] == sorted(filter(None, told))
