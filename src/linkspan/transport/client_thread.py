"""The HTTP client's own thread: while many requests are under way it works when the event loop waits, and does not break in on it."""

import os
import sys
from contextlib import suppress
from pathlib import Path

# From so many requests at once until so few are left.
_MANY, _FEW = 6, 2
_TASKS = Path("/proc/self/task")
_NAME = "pyreqwest"


class ClientThread:
    """Counts the requests under way, and tells the system how their thread is to be treated.

    Where it shares a core with the event loop, each request and each answer lets it break in there, only to wait for the interpreter
    lock: a tenth of the cost of a call. Under load it stands behind instead, which `sched(7)` calls SCHED_BATCH: it does not take the
    processor from a running thread just because it has something to do. Its share of the processor stays the same. With few requests
    under way it is an ordinary thread, for then it would only wait for other programs, milliseconds long. Other systems than Linux, and
    sandboxes that forbid it, go without.
    """

    def __init__(self) -> None:
        self._under_way = 0
        self._behind = False
        self._ids: tuple[int, ...] | None = None

    def begin(self) -> None:
        """A request leaves."""
        self._under_way += 1
        if self._under_way >= _MANY and not self._behind:
            self._stand(behind=True)

    def end(self) -> None:
        """A request is over."""
        self._under_way -= 1
        if self._behind and self._under_way <= _FEW:
            self._stand(behind=False)

    def _stand(self, *, behind: bool) -> None:
        self._behind = behind
        if sys.platform != "linux":
            return
        if self._ids is None:
            self._ids = _ids()
        for thread in self._ids:
            with suppress(OSError):
                os.sched_setscheduler(thread, os.SCHED_BATCH if behind else os.SCHED_OTHER, os.sched_param(0))


def _ids() -> tuple[int, ...]:
    """The threads of the client in this process, which it has started by its first request."""
    with suppress(OSError):
        return tuple(int(task.name) for task in _TASKS.iterdir() if _name_of(task) == _NAME)
    return ()


def _name_of(task: Path) -> str:
    with suppress(OSError):
        return (task / "comm").read_text().strip()
    return ""
