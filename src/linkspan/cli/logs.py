"""`linkspan logs`: what ran, and each provider request of it."""

from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import print_facts, print_json, print_table
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.model import Run, ToolFeedback
from linkspan.usecases.hall import Hall

app = typer.Typer(help="The log of runs, with every provider request as a step.", no_args_is_help=True)


@app.command("list")
def list_(
    account: Annotated[str | None, typer.Option(help="Only this account.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only runs that failed.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 50,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """List runs, newest first."""
    from linkspan.storage.run_store import RunFilter
    from linkspan.usecases.read_runs import RunPage, read_runs

    wanted = RunFilter(account_id=account, action=action, failed=True if failed else None, limit=limit)

    async def story(hall: Hall) -> RunPage:
        return await read_runs(hall, await operator(hall, project), wanted)

    found = in_hall(story).runs
    if as_json:
        print_json([facts(run) for run in found])
        return
    rows = [
        (
            r.started_at.strftime("%Y-%m-%d %H:%M:%S"),
            r.id,
            r.action,
            r.status,
            r.error_code or "",
            f"{r.duration_ms:.0f} ms",
        )
        for r in found
    ]
    print_table(("time (UTC)", "run", "action", "status", "error", "took"), rows, empty="No run yet.")


@app.command()
def show(
    run_id: Annotated[str, typer.Argument(help="Run id: in every answer and error, and in `linkspan logs list`.")],
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """Show one run with its steps."""
    from linkspan.usecases.read_runs import read_run

    async def story(hall: Hall) -> Run:
        return await read_run(hall, await operator(hall, project), run_id)

    run = in_hall(story)
    if as_json:
        print_json(facts(run))
        return
    told = facts(run)
    del told["steps"]
    print_facts(told)
    rows = [(s.index, s.method, s.url, s.status or s.error, f"{s.duration_ms:.0f} ms", s.request_id) for s in run.steps]
    print_table(
        ("step", "method", "address", "status", "took", "provider request id"),
        rows,
        empty="Nothing was sent to the provider.",
    )


@app.command()
def bodies(run_id: Annotated[str, typer.Argument(help="Run id.")], project: ProjectOption = None) -> None:
    """Print what a run was asked and answered, where bodies are kept (LINKSPAN_BODIES_KEPT_DAYS)."""
    from linkspan.usecases.run_bodies import read_bodies

    async def story(hall: Hall) -> dict[str, object]:
        return await read_bodies(hall, await operator(hall, project), run_id)

    print_json(in_hall(story))


@app.command()
def feedback(
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 50,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """List what agents said of the tools that they used, newest first."""
    from linkspan.usecases.tool_feedback import read_feedback

    async def story(hall: Hall) -> list[ToolFeedback]:
        return await read_feedback(hall, await operator(hall, project), limit=limit)

    found = in_hall(story)
    rows = [(one.at.strftime("%Y-%m-%d %H:%M:%S"), one.account_id, " ".join(one.tools), one.text) for one in found]
    if as_json:
        names = ("at", "account", "tools", "text")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    print_table(("time (UTC)", "account", "tools", "feedback"), rows, empty="No agent has said anything yet.")


def facts(run: Run) -> dict[str, object]:
    """A run as JSON shows it."""
    steps = [
        {"index": s.index, "method": s.method, "url": s.url, "status": s.status, "duration_ms": round(s.duration_ms, 3),
         "started_at": s.started_at.isoformat(), "request_id": s.request_id, "error": s.error}
        for s in run.steps
    ]  # fmt: skip
    return {
        "id": run.id, "action": run.action, "account_id": run.account_id, "door": run.door, "status": run.status,
        "error_code": run.error_code, "error_message": run.error_message, "rows": run.rows,
        "started_at": run.started_at.isoformat(), "duration_ms": round(run.duration_ms, 3), "steps": steps,
    }  # fmt: skip
