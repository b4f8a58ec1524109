"""`linkspan connector contract`: a service's own description against a connector, and a connector out of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkspan.cli.opening import root_settings, stop
from linkspan.cli.output import console, plain, print_json, print_table
from linkspan.cli.progress import progress
from linkspan.errors import LinkspanError

if TYPE_CHECKING:
    from linkspan.connectors.drift import Drift


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def contract(
    source: Annotated[Path, typer.Option("--from", help="A $metadata document of the service, saved as a file.")],
    against: Annotated[str, typer.Option(help="The connector to compare with.")] = "dynamics365bc",
    into: Annotated[
        Path | None, typer.Option(help="Write a connector of your own into this new folder, named by its key.")
    ] = None,
    api: Annotated[
        str | None, typer.Option(help="With --into: the document is that of a custom API, publisher/group/version.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a service's $metadata with a connector's contract and name the actions that break; exit code 1 if any does.

    With --into, write a connector that has the service's custom fields, or its custom API, as actions.
    """
    from linkspan.connectors.catalog import load_catalog, operator_folders, packaged_folders
    from linkspan.connectors.compiler import compile_connector
    from linkspan.connectors.contract_file import contract_of
    from linkspan.connectors.derived import write_derived
    from linkspan.connectors.drift import drift
    from linkspan.connectors.loader import read_connector
    from linkspan.connectors.metadata import read_metadata

    try:
        own = root_settings().connector_dirs
        with progress("reading connector and metadata"):
            connector = load_catalog(own).connector(against)
            live = read_metadata(source)
        if into is not None:
            base = next(one for one in [*packaged_folders(), *operator_folders(own)] if one.name == against)
            write_derived(base, live, into, api=api)
            made = compile_connector(read_connector(into))
            console.print(
                f"wrote {plain(into)}: {len(made.actions)} actions; name it in LINKSPAN_CONNECTOR_DIRS to use it."
            )
            return
        found = drift(connector, contract_of(live))
    except LinkspanError as error:
        stop(error)
    if as_json:
        print_json([{"kind": one.kind, "what": one.what, "breaks": list(one.breaks)} for one in found])
    else:
        _print(found)
    if any(one.breaks for one in found):
        raise typer.Exit(1)


def _print(found: "list[Drift]") -> None:
    rows = [(one.kind, plain(one.what), ", ".join(one.breaks)) for one in found]
    print_table(("", "at the service", "breaks"), rows, empty="The service is as the connector expects it.")
    broken = {action for one in found for action in one.breaks}
    if found:
        console.print(f"{len(found)} differences; {len(broken)} actions break.")
