"""How far a long work is: a bar for people on a terminal, JSON lines for programs, nothing for whoever else reads."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from linkspan.cli.output import complaints, print_json

Told = Callable[[int, int], None]
"""Called with what is done and what there is in all, in units of the work."""

_BETWEEN_LINES = 0.5


@contextmanager
def progress(what: str, *, as_json: bool = False) -> Iterator[Told]:
    """Show how far the work in the block is; until it is told for the first time, only that it goes on.

    The bar is on standard error, and only if that is a terminal; it is gone when the work ends, however it ends. With `as_json` there are
    lines `{"progress": what, "done": 1, "total": 9}` on standard output, two a second at most, before the command's own result.
    """
    if as_json:
        yield _lines(what)
    elif sys.stderr.isatty():
        with _bar(what) as told:
            yield told
    else:
        yield _nothing


def _nothing(_done: int, _total: int) -> None:
    """Nobody looks on."""


def _lines(what: str) -> Told:
    last = 0.0

    def told(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done >= total or now - last >= _BETWEEN_LINES:
            last = now
            print_json({"progress": what, "done": done, "total": total})

    return told


@contextmanager
def _bar(what: str) -> Iterator[Told]:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=complaints, transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
