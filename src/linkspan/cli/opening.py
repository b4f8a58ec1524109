"""How a command gets at the installation: settings from the root options, the hall opened for one story, errors told to people."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn, TypeVar

import typer

from linkspan.cli.output import print_error
from linkspan.errors import InvalidInputError, LinkspanError
from linkspan.settings import Settings, load_settings
from linkspan.usecases.hall import Hall

T = TypeVar("T")
# What the root command was given before the sub-command's name; one command runs in a process.
_given_to_root: ContextVar[Mapping[str, object]] = ContextVar("given_to_root", default=MappingProxyType({}))


def remember_root(**given: object) -> None:
    """Keep the root's own options for the sub-command that follows."""
    _given_to_root.set({name: value for name, value in given.items() if value is not None})


def root_settings(**given: object) -> Settings:
    """The settings of this command: its own options, then the root's `--data-dir`, then the environment."""
    try:
        return load_settings(
            **{**_given_to_root.get(), **{name: value for name, value in given.items() if value is not None}}
        )
    except LinkspanError as error:
        stop(error)


def in_hall(story: Callable[[Hall], Awaitable[T]], *, settings: Settings | None = None) -> T:
    """Open the hall, run one story, close it. A LinkspanError ends the command with its text and exit code 1."""
    from linkspan.wiring import opened_hall

    chosen = settings or root_settings()

    async def run() -> T:
        async with opened_hall(chosen) as hall:
            return await story(hall)

    try:
        with asyncio.Runner(loop_factory=_quick_loop()) as runner:
            return runner.run(run())
    except LinkspanError as error:
        stop(error)


def _quick_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop's event loop, which answers a call for about half the CPU; None (asyncio's own) where uvloop is not offered."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def stop(error: LinkspanError) -> NoReturn:
    """End the command with what happened, where, and what to do next."""
    print_error(error)
    raise typer.Exit(1)


def write_lines(target: Path, records: Sequence[object]) -> int:
    """Write each record as a line of JSON to a new file that only its owner can read: how many. A file that is there stops the command."""
    from linkspan.engine.json_text import dump

    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(dump(record) + b"\n" for record in records)
    except KeyboardInterrupt:
        target.unlink(missing_ok=True)  # half a file looks like a whole one
        raise
    except OSError as error:
        stop(InvalidInputError(f"{target} cannot be written: {error.strerror}.", next_step="Name a new file."))
    return len(records)
