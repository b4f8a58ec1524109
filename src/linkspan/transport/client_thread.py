"""The HTTP client's own thread: it works while the event loop waits, and does not break in on it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def behind_the_event_loop() -> Iterator[None]:
    """A thread that is started in the block does not take the processor from a running one just because it has something to do.

    Where the two share a core, the client's thread else breaks in on the event loop at each request and each answer, only to wait for
    the interpreter lock: a fifth of the cost of a call. What it may use of the processor stays the same. A thread inherits this from
    the one that starts it; `sched(7)` calls it SCHED_BATCH. Other systems than Linux, and sandboxes that forbid it, go without.
    """
    if sys.platform != "linux" or os.sched_getscheduler(0) != os.SCHED_OTHER:
        yield
        return
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    try:
        yield
    finally:
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
