"""How a command gets at the installation: settings from the root options, the hall opened for one story, errors told to people."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import typer
from typer._click.globals import get_current_context  # typer carries its own click

from linkspan.cli.output import print_error
from linkspan.errors import LinkspanError
from linkspan.settings import Settings, load_settings
from linkspan.usecases.hall import Hall

T = TypeVar("T")


def root_settings(**given: object) -> Settings:
    """The settings of this command: its own options, then the root's `--data-dir`, then the environment."""
    root = get_current_context().find_root().obj or {}
    try:
        return load_settings(**{**root, **{name: value for name, value in given.items() if value is not None}})
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
        return asyncio.run(run())
    except LinkspanError as error:
        stop(error)


def stop(error: LinkspanError) -> NoReturn:
    """End the command with what happened, where, and what to do next."""
    print_error(error)
    raise typer.Exit(1)
