"""`linkspan backup`: a copy of the SQLite database, made while it is in use."""

from pathlib import Path
from typing import Annotated

import typer

from linkspan.cli.opening import root_settings, stop
from linkspan.cli.output import console, print_json
from linkspan.cli.profile import AsJson
from linkspan.cli.progress import progress
from linkspan.errors import LinkspanError


def backup(
    target: Annotated[Path, typer.Argument(help="New file to copy the database to.")], as_json: AsJson = False
) -> None:
    """Copy the SQLite database to a new file, while servers run; the copy is useless without the master key."""
    from linkspan.providerauth.master_key import key_file
    from linkspan.storage.upgrade import back_up
    from linkspan.wiring import database_address

    settings = root_settings()
    try:
        with progress("copying the database", as_json=as_json) as told:
            back_up(database_address(settings), target, told)
    except LinkspanError as error:
        stop(error)
    if as_json:
        print_json({"file": str(target), "bytes": target.stat().st_size})
        return
    console.print(f"Copied the database to {target}.", highlight=False)
    if settings.master_key is None and settings.kms_key is None:
        console.print(f"Keep the key file apart from it, and as safe: {key_file(settings)}", highlight=False)
