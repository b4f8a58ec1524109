"""`linkspan keys`: the vault's own keys."""

from dataclasses import asdict
from typing import Annotated

import typer

from linkspan.cli.opening import in_hall, root_settings, stop
from linkspan.cli.output import console, print_facts, print_json
from linkspan.cli.profile import AsJson
from linkspan.cli.progress import progress
from linkspan.errors import LinkspanError
from linkspan.usecases.hall import Hall
from linkspan.usecases.rotate_keys import KeyRotation, rotate_keys

app = typer.Typer(help="The vault's keys: what seals secrets and tokens.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Rotate the keys that seal secrets and tokens (API keys: `linkspan key`)."""


@app.command()
def rotate(
    new_master_key: Annotated[
        bool, typer.Option("--new-master-key", help="Put a new master key into the key file first.")
    ] = False,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Afterwards, drop the master keys before it from the key file.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Wrap every data key by the present master key, give each project a new one, and seal every secret anew.

    Servers go on running. It may be stopped and run again at any point. Back the key file and the database up together.
    """
    from linkspan.providerauth.master_key import add_master_key, drop_old_master_keys

    settings = root_settings()
    try:
        if new_master_key:
            add_master_key(settings)
    except LinkspanError as error:
        stop(error)

    async def story(hall: Hall) -> KeyRotation:
        with progress("sealing secrets anew", as_json=as_json) as told:
            return await rotate_keys(hall, told)

    done = in_hall(story, settings=settings)
    dropped = drop_old_master_keys(settings) if drop_old else 0
    if as_json:
        print_json({**asdict(done), "master_keys_dropped": dropped})
        return
    print_facts(
        {
            "master key": done.master_key_id,
            "data keys wrapped anew": str(done.rewrapped),
            "new data keys": str(done.added),
            "secrets sealed anew": str(done.resealed),
            "data keys dropped": str(done.dropped),
            "master keys dropped": str(dropped),
        }
    )
    console.print("Back up the database together with its master key now.")
