"""`linkspan mcp`: the MCP door over standard input and output, and the configuration of desktop clients that start it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkspan.cli import mcp_permits
from linkspan.cli.log_output import configure_log_output
from linkspan.cli.opening import in_hall, root_settings, stop
from linkspan.cli.operator import operator
from linkspan.cli.output import complaints, console
from linkspan.errors import ConfigurationError, InvalidInputError, LinkspanError, Mistake

if TYPE_CHECKING:
    from linkspan.usecases.hall import Hall

_LONGEST_LINE = 16 * 1024 * 1024

app = typer.Typer(
    help="Serve MCP over standard input and output, set a desktop client up to do so, or see which clients are signed in."
)
app.add_typer(mcp_permits.app, name="permits")

AccountOption = Annotated[
    list[str] | None, typer.Option("--account", help="Linked account; may be repeated. Default: all of the project.")
]
StyleOption = Annotated[str, typer.Option("--param-style", help="nested, flat_prefixed or flat_smart.")]
ProjectOption = Annotated[str | None, typer.Option(help="Project id, if there are several.")]


@app.callback(invoke_without_command=True)
def mcp(
    context: typer.Context,
    account: AccountOption = None,
    param_style: StyleOption = "nested",
    project: ProjectOption = None,
) -> None:
    """Serve the tools of linked accounts over standard input and output until the input ends."""
    if context.invoked_subcommand is not None:
        return
    from linkspan.doors.mcp.stdio import serve_lines
    from linkspan.doors.mcp.visit import ParamStyle, ToolMode, Visit

    if param_style not in list(ParamStyle):
        stop(InvalidInputError(mistakes=[Mistake("--param-style", f"must be one of {', '.join(ParamStyle)}")]))
    settings = root_settings()
    configure_log_output(settings)

    async def story(hall: "Hall") -> None:
        caller = await operator(hall, project)
        visit = Visit(caller, tuple(account or ()), ParamStyle(param_style), ToolMode.INDIVIDUAL)
        await serve_lines(hall, visit, _lines(), _write)

    in_hall(story, settings=settings)


@app.command("install")
def install(
    client: Annotated[str, typer.Argument(help="claude-desktop, claude-code, cursor or vscode.")],
    account: AccountOption = None,
    project: ProjectOption = None,
    file: Annotated[Path | None, typer.Option(help="Configuration file, in place of the client's usual one.")] = None,
    show: Annotated[bool, typer.Option("--print", help="Print the entry and change nothing.")] = False,
) -> None:
    """Add Linkspan to a client's configuration; everything else in the file stays as it is."""
    from linkspan.cli.mcp_clients import CLIENTS, entry_text, write_entry

    try:
        if client not in CLIENTS:
            raise InvalidInputError(mistakes=[Mistake("client", f"must be one of {', '.join(CLIENTS)}")])
        arguments = ["--data-dir", str(root_settings().data_dir.resolve()), "mcp"]
        arguments += [word for name in account or () for word in ("--account", name)]
        arguments += ["--project", project] if project else []
        entry = {"command": str(Path(sys.argv[0]).resolve()), "args": arguments}
        if show:
            console.out(entry_text(client, entry), highlight=False)
            return
        target = file or CLIENTS[client].file()
        write_entry(client, target, entry)
    except LinkspanError as error:
        stop(error)
    except OSError as error:
        stop(ConfigurationError(f"Cannot write the configuration: {error.strerror}."))
    console.print(f"Wrote {target}. Restart the client to see the tools.", highlight=False)


async def _lines() -> AsyncIterator[bytes]:
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while line := await reader.readline():
            yield line
    except ValueError:
        complaints.print(f"A message was longer than {_LONGEST_LINE} bytes.")


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
