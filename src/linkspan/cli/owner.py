"""`linkspan owner`: all data of one origin owner."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from linkspan.cli.opening import in_hall, write_lines
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_facts, print_json
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.cli.progress import progress
from linkspan.storage.owner_store import Erased
from linkspan.usecases.hall import Hall

app = typer.Typer(help="An origin owner: the customer in the integrator's own system.", no_args_is_help=True)

OwnerId = Annotated[str, typer.Argument(help="Your own id of the customer.")]


@app.command()
def export(
    owner_id: OwnerId,
    target: Annotated[Path, typer.Argument(help="New file to write, one JSON record a line.")],
    project: ProjectOption = None,
) -> None:
    """Write every record of an owner to a file: accounts, grants without tokens, runs, writes, sessions, events."""
    from linkspan.usecases.owner_data import export_owner

    async def story(hall: Hall) -> list[dict[str, object]]:
        return [record async for record in await export_owner(hall, await operator(hall, project), owner_id)]

    with progress("reading the owner's records"):
        count = write_lines(target, in_hall(story))
    console.print(f"Wrote {count} records to {target}.")


@app.command()
def erase(
    owner_id: OwnerId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """Erase every record of an owner, for good."""
    from linkspan.usecases.owner_data import erase_owner

    if not yes:
        typer.confirm(f"Erase all data of owner {owner_id!r} for good?", abort=True, err=True)

    async def story(hall: Hall) -> Erased:
        return await erase_owner(hall, await operator(hall, project), owner_id)

    counts: dict[str, object] = dict(asdict(in_hall(story)))
    print_json(counts) if as_json else print_facts({name: str(count) for name, count in counts.items()})


@app.command()
def page(
    owner_id: OwnerId,
    expires_in: Annotated[int, typer.Option(help="Seconds that the link opens, 60 to 86400.")] = 900,
    agents: Annotated[
        str | None, typer.Option(help="Let the owner sign MCP clients in by this link: read or write at most.")
    ] = None,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """Print a link to the page on which an owner sees, links again and revokes what they have linked."""
    from linkspan.usecases.owner_page import OwnerLink, open_owner_page

    async def story(hall: Hall) -> OwnerLink:
        return await open_owner_page(hall, await operator(hall, project), owner_id, expires_in, agents=agents or "")

    link = in_hall(story)
    told: dict[str, object] = {"url": link.url, "expires_at": link.expires_at.isoformat()}
    print_json(told) if as_json else print_facts(told)
