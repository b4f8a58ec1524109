"""`linkspan audit`: who changed what."""

from pathlib import Path
from typing import Annotated

import typer

from linkspan.audit_records import AuditEntry
from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_json, print_table
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.cli.progress import progress
from linkspan.usecases.hall import Hall

app = typer.Typer(help="The audit log: who changed what, append-only.", no_args_is_help=True)


@app.command("list")
def list_(
    subject: Annotated[str | None, typer.Option(help="Only of this profile, key, account or webhook.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Only behind this position.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 100,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """List changes, oldest first, with the names of the fields given; values are never in it."""
    from linkspan.usecases.audit import read_audit

    async def story(hall: Hall) -> list[AuditEntry]:
        return await read_audit(hall, await operator(hall, project), after=after, limit=limit, subject_id=subject)

    found = in_hall(story)
    if as_json:
        print_json([facts(entry) for entry in found])
        return
    rows = [
        (
            e.position,
            e.note.at.strftime("%Y-%m-%d %H:%M:%S"),
            e.note.key_id or e.note.source,
            e.note.event,
            e.note.subject_id,
            " ".join(e.note.fields),
        )
        for e in found
    ]
    print_table(("position", "time (UTC)", "who", "what", "of", "fields"), rows, empty="Nothing was changed yet.")


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="New file to write, one JSON entry a line.")],
    project: ProjectOption = None,
) -> None:
    """Write the whole audit log to a file."""
    from linkspan.cli.opening import write_lines
    from linkspan.usecases.audit import export_audit

    async def story(hall: Hall) -> list[dict[str, object]]:
        caller = await operator(hall, project)
        return [facts(entry) async for group in export_audit(hall, caller) for entry in group]

    with progress("reading the audit log"):
        count = write_lines(target, in_hall(story))
    console.print(f"Wrote {count} entries to {target}.")


def facts(entry: AuditEntry) -> dict[str, object]:
    """An entry as JSON shows it."""
    note = entry.note
    return {
        "position": entry.position, "at": note.at.isoformat(), "source": note.source, "key_id": note.key_id,
        "event": note.event, "subject_id": note.subject_id, "fields": list(note.fields),
    }  # fmt: skip
