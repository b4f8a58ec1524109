"""The `linkspan` command: one sub-command for each thing an operator does."""

from pathlib import Path
from typing import Annotated

import typer

from linkspan.cli import account, connector, demo, doctor, errors, guide, key, logs, profile, project, run, serve
from linkspan.cli.opening import remember_root

app = typer.Typer(
    name="linkspan",
    help="Link customers' business systems once, then run typed, least-privilege actions on them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder of the database and the key file (LINKSPAN_DATA_DIR).")
    ] = None,
) -> None:
    """Settings come from LINKSPAN_… variables; see docs/settings.md."""
    remember_root(data_dir=data_dir)


app.command("up")(serve.up)
app.command("demo")(demo.demo)
app.command("sim")(serve.sim)
app.command("run")(run.run)
app.command("doctor")(doctor.doctor)
app.command("migrate")(serve.migrate)
app.command("guide")(guide.guide)
app.command("errors")(errors.errors)
app.add_typer(project.app, name="project")
app.add_typer(profile.app, name="profile")
app.add_typer(account.app, name="account")
app.add_typer(key.app, name="key")
app.add_typer(connector.app, name="connector")
app.add_typer(logs.app, name="logs")

if __name__ == "__main__":
    app()
