"""`linkspan sdk`: a typed client of just what a connector profile enables."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkspan.cli.opening import in_hall, stop
from linkspan.cli.operator import operator
from linkspan.cli.output import console
from linkspan.cli.profile import ProjectOption
from linkspan.cli.progress import progress
from linkspan.errors import InvalidInputError, LinkspanError, NotFoundError
from linkspan.model import Profile
from linkspan.usecases.hall import Hall

if TYPE_CHECKING:
    from linkspan.cli.typed_client.kept import Kept
    from linkspan.cli.typed_client.module import Wanted

app = typer.Typer(help="Python clients with the types of one connector profile.", no_args_is_help=True)


@app.callback()
def sdk() -> None:
    """Python clients with the types of one connector profile."""


@app.command()
def generate(
    profile: Annotated[str, typer.Option(help="Profile id, or its name.")],
    output: Annotated[Path | None, typer.Option(help="File to write. Default: CONNECTOR_client.py here.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what is new, with exit code 1 if anything is.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file that was not written by this, or was changed.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Write a typed client of the actions that a profile enables, custom fields included.

    The same actions give the same file. What has changed in the profile since the file was written is told.
    """
    with progress("reading profile and custom fields"):
        wanted = in_hall(lambda hall: _wanted(hall, profile, project))
    path = output or Path(f"{wanted.connector.key}_client.py")
    try:
        _check(path, wanted) if check else _write(path, wanted, force=force)
    except LinkspanError as error:
        stop(error)


def _write(path: Path, wanted: "Wanted", *, force: bool) -> None:
    from linkspan.cli.typed_client.kept import write_client
    from linkspan.cli.typed_client.module import client_text

    before = None if force else _kept(path)
    if before is not None and before.touched:
        told = "Move what was changed elsewhere, or give --force to overwrite it."
        raise InvalidInputError(f"{path} was changed since it was written.", next_step=told)
    write_client(path, client_text(wanted))
    if before is not None:
        _tell_news(before, wanted)
    console.print(f"Wrote {path} with {len(wanted.actions)} actions.", highlight=False, soft_wrap=True)


def _check(path: Path, wanted: "Wanted") -> None:
    before = _kept(path)
    if before is None:
        raise NotFoundError(f"There is no {path}.", next_step="Write it without --check.")
    if _tell_news(before, wanted):
        console.print(f"{path} is not what the profile enables now.", highlight=False, soft_wrap=True)
        raise typer.Exit(1)
    console.print(f"{path} is what the profile enables.", highlight=False, soft_wrap=True)


def _tell_news(before: "Kept", wanted: "Wanted") -> bool:
    from linkspan.cli.typed_client.kept import news
    from linkspan.cli.typed_client.module import action_digest

    found = news(before.actions, {action.id: action_digest(action) for action in wanted.actions})
    for line in found.lines():
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    return bool(found)


def _kept(path: Path) -> "Kept | None":
    from linkspan.cli.typed_client.kept import read_client

    return read_client(path)


async def _wanted(hall: Hall, name: str, project: str | None) -> "Wanted":
    """What the profile enables. Raises NotFoundError, InvalidInputError for a name that several have."""
    from linkspan.cli.typed_client.module import Wanted
    from linkspan.usecases.offer_actions import enabled_actions
    from linkspan.usecases.read_profiles import list_profiles

    found = _named(await list_profiles(hall, await operator(hall, project)), name)
    connector = hall.catalog.connector(found.connector)
    return Wanted(connector, found.name, enabled_actions(connector, found))


def _named(profiles: list[Profile], name: str) -> Profile:
    found = [one for one in profiles if one.id == name] or [one for one in profiles if one.name == name]
    if len(found) == 1:
        return found[0]
    told = "linkspan profile list shows them all."
    if not found:
        raise NotFoundError(f"There is no connector profile {name!r} in this project.", next_step=told)
    ids = ", ".join(one.id for one in found)
    raise InvalidInputError(f"Several connector profiles are called {name!r}: {ids}.", next_step="Name one by its id.")
