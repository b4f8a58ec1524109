"""`linkspan apply`: makes a project what a file says."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from linkspan.cli.opening import in_hall, stop
from linkspan.cli.operator import operator
from linkspan.cli.output import console, plain
from linkspan.cli.profile import ProjectOption
from linkspan.errors import LinkspanError
from linkspan.model import Secret
from linkspan.settings import environment_text
from linkspan.usecases.hall import Hall


def apply(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML file with profiles, keys, webhooks.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would change, and change nothing.")] = False,
    project: ProjectOption = None,
) -> None:
    """Make profiles, API keys and webhooks what a file says; what it does not name is left alone.

    Secrets stand in it as env:NAME or file:PATH (beside the file). Texts of new keys and signing secrets are printed, this once.
    """
    from linkspan.usecases.apply_project import MADE, Difference, compare_project
    from linkspan.usecases.project_file import read_project_file

    try:
        wanted = read_project_file(file.read_text(), resolver(file.parent))
    except LinkspanError as error:
        stop(error)

    async def story(hall: Hall) -> int:
        found = await compare_project(hall, await operator(hall, project), wanted)
        for difference in found:
            _print(difference)
            if not dry_run:
                _print_secret(await difference.carry_out())
        return len(found)

    def _print(difference: Difference) -> None:
        console.print(plain(f"{difference.deed} {difference.thing}"))
        for name, before, after in difference.fields:
            console.print(
                plain(f"    {name}: {after}" if difference.deed == MADE else f"    {name}: {before} -> {after}")
            )

    count = in_hall(story)
    done = "would change" if dry_run else "changed"
    console.print(f"{count} {'thing' if count == 1 else 'things'} {done}." if count else "Nothing to change.")


def resolver(folder: Path) -> Callable[[str], str]:
    """Reads what `env:NAME` and `file:PATH` name, paths from `folder`; a ValueError says what is wrong."""

    def resolve(reference: str) -> str:
        kind, _, name = reference.partition(":")
        if kind == "env" and name:
            value = environment_text(name)
            if value is None:
                msg = f"the environment has no {name}"
                raise ValueError(msg)
            return value
        if kind == "file" and name:
            try:
                return (folder / name).read_text().rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                msg = f"{name} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}"
                raise ValueError(msg) from None
        msg = "a secret stands here as env:NAME or file:PATH, never itself"
        raise ValueError(msg)

    return resolve


def _print_secret(secret: Secret | None) -> None:
    if secret is not None:
        console.print(f"    shown once: {secret.reveal()}")
