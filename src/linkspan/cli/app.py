"""The `linkspan` command: one sub-command for each thing an operator does."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from linkspan.cli import (
    account,
    apply,
    audit,
    backup,
    connector,
    contract,
    demo,
    doctor,
    errors,
    guide,
    key,
    keys,
    logs,
    mcp,
    member,
    owner,
    profile,
    project,
    run,
    sdk,
    serve,
    sim,
    webhook,
)
from linkspan.cli.opening import remember_root

app = typer.Typer(name="linkspan", no_args_is_help=True, pretty_exceptions_enable=False)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"linkspan {version('linkspan')}")
        raise typer.Exit


@app.callback(
    epilog="Settings come from LINKSPAN_… variables, described in docs/settings.md. Start with: linkspan demo --headless"
)
def root(
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder of the database and the key file (LINKSPAN_DATA_DIR).")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Link customers' business systems once, then run typed, least-privilege actions on them."""
    remember_root(data_dir=data_dir)


START, SET_UP, WORK, OPERATE = "Start", "Set up", "Work", "Look after it"
app.command("demo", rich_help_panel=START)(demo.demo)
app.command("up", rich_help_panel=START)(serve.up)
app.command("sim", rich_help_panel=START)(sim.sim)
app.command("guide", rich_help_panel=SET_UP)(guide.guide)
app.add_typer(profile.app, name="profile", rich_help_panel=SET_UP)
app.add_typer(key.app, name="key", rich_help_panel=SET_UP)
app.add_typer(project.app, name="project", rich_help_panel=SET_UP)
app.add_typer(member.app, name="member", rich_help_panel=SET_UP)
app.command("apply", rich_help_panel=SET_UP)(apply.apply)
app.add_typer(account.app, name="account", rich_help_panel=WORK)
app.command("run", rich_help_panel=WORK)(run.run)
app.add_typer(mcp.app, name="mcp", rich_help_panel=WORK)
connector.app.command("contract")(contract.contract)
app.add_typer(connector.app, name="connector", rich_help_panel=WORK)
app.add_typer(sdk.app, name="sdk", rich_help_panel=WORK)
app.add_typer(webhook.app, name="webhook", rich_help_panel=WORK)
app.add_typer(logs.app, name="logs", rich_help_panel=OPERATE)
app.add_typer(audit.app, name="audit", rich_help_panel=OPERATE)
app.add_typer(owner.app, name="owner", rich_help_panel=OPERATE)
app.command("doctor", rich_help_panel=OPERATE)(doctor.doctor)
app.command("errors", rich_help_panel=OPERATE)(errors.errors)
app.add_typer(keys.app, name="keys", rich_help_panel=OPERATE)
app.command("backup", rich_help_panel=OPERATE)(backup.backup)
app.command("migrate", rich_help_panel=OPERATE)(serve.migrate)

if __name__ == "__main__":
    app()
