"""`linkspan up` and `linkspan migrate`: what an operator starts."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from linkspan.cli.log_output import configure_log_output
from linkspan.cli.opening import in_hall, root_settings, stop
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_facts
from linkspan.errors import ConfigurationError, LinkspanError
from linkspan.settings import Settings
from linkspan.usecases.hall import Hall

Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one (LINKSPAN_PORT).")]
DataDir = Annotated[Path | None, typer.Option(help="Folder of the database and the key file (LINKSPAN_DATA_DIR).")]


def up(
    host: Annotated[str | None, typer.Option(help="Address to listen on (LINKSPAN_HOST).")] = None,
    port: Port = None,
    public_url: Annotated[
        str | None, typer.Option(help="The https address people and providers use (LINKSPAN_PUBLIC_URL).")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Start the server.

    The first start makes the database, the key file, a project and an API key, which is printed once.
    """
    from linkspan.server import listening_socket, serve

    settings = root_settings(host=host, port=port, public_url=public_url, data_dir=data_dir)
    try:
        bound = listening_socket(settings)
    except OSError as error:
        stop(ConfigurationError(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}."))
    settings = with_port(settings, bound.getsockname()[1])

    async def story(hall: Hall) -> None:
        await first_key(hall)
        code = await owner_code(hall)
        await serve(hall, bound, lambda: tell_addresses(settings, code))

    configure_log_output(settings)
    in_hall(story, settings=settings)


def with_port(settings: Settings, port: int) -> Settings:
    """The settings with the port that was really bound."""
    return settings.model_copy(update={"port": port})


async def first_key(hall: Hall) -> None:
    """On the first start, make an API key and show it."""
    from linkspan.usecases.create_key import NewKey, create_key
    from linkspan.usecases.read_keys import list_keys

    caller = await operator(hall)
    if await list_keys(hall, caller):
        return
    _, text = await create_key(hall, caller, NewKey(name="first key"))
    console.print("First start. Your API key, shown only now:")
    console.print(f"  {text.reveal()}")
    console.print("Next: follow the set-up guide below, then run: linkspan profile create, linkspan account link\n")


async def owner_code(hall: Hall) -> str | None:
    """The code of the console's first owner while nobody can sign in there."""
    from linkspan.usecases.console_sign_in import awaits_first_owner, first_owner_code

    return first_owner_code(hall).reveal() if await awaits_first_owner(hall) else None


def tell_addresses(settings: Settings, code: str | None = None) -> None:
    """The address of each door; `code` makes the console's first owner."""
    base = settings.base_url
    print_facts(
        {
            "listening": base,
            "console": f"{base}/console" + (f" (first owner's code: {code})" if code else ""),
            "set-up guide": f"{base}/connectors/dynamics365bc/guides/connector-profile/oauth-2-0",
            "REST": f"{base}/v1",
            "OpenAPI": f"{base}/v1/openapi.json",
            "RPC": f"{base}/actions/rpc",
            "data": settings.data_dir,
        }
    )


def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to this version's schema, as `up` does at its start.

    SQLite is copied into the data folder's backups first. A schema that is newer than this version is refused.
    """
    from linkspan.wiring import migrate_storage

    settings = root_settings(data_dir=data_dir)
    try:
        done = asyncio.run(migrate_storage(settings))
    except LinkspanError as error:
        stop(error)
    console.print(
        f"Schema {done.before or 'none'} -> {done.after}." + (f" Back-up: {done.backup}" if done.backup else ""),
        highlight=False,
    )
