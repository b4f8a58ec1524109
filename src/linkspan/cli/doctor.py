"""`linkspan doctor`: is this installation sound, and if an account is named, what is the first thing to fix there."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, plain
from linkspan.cli.profile import ProjectOption
from linkspan.usecases.hall import Hall

if TYPE_CHECKING:
    from linkspan.usecases.check_account import Check

MARKS = {
    "ok": ("ok     ", "green"),
    "warning": ("warning", "yellow"),
    "failed": ("failed ", "red"),
    "not_tried": ("-      ", "dim"),
}


def doctor(
    account: Annotated[str | None, typer.Argument(help="Account id; all accounts without it.")] = None,
    project: ProjectOption = None,
) -> None:
    """Check accounts in order and say what to fix first; exit code 1 if something is broken.

    In order: account, profile, secret, redirect, tenant, consent, token, environment, company, permission.
    """
    from linkspan.usecases.check_account import check_account, first_to_fix
    from linkspan.usecases.read_accounts import list_accounts

    async def story(hall: Hall) -> "dict[str, list[Check]]":
        caller = await operator(hall, project)
        ids = [account] if account else [each.id for each in await list_accounts(hall, caller)]
        return {each: await check_account(hall, caller, each) for each in ids}

    found = in_hall(story)
    if not found:
        console.print("The installation opens; no account is linked yet.")
    failed = False
    for name, checks in found.items():
        console.print(name, style="bold")
        for check in checks:
            failed = failed or check.state == "failed"
            console.print(Text.assemble("  ", MARKS[check.state], f" {check.name}: {plain(check.what)}"))
            if check.state == "warning" and check.next_step:
                console.print(f"          soon: {plain(check.next_step)}")
        if (first := first_to_fix(checks)) is not None and first.state == "failed":
            console.print(f"  first to fix: {first.name}")
            if first.who:
                console.print(f"  who:  {first.who.replace('_', ' ')}")
            console.print(f"  next: {plain(first.next_step)}")
    raise typer.Exit(1 if failed else 0)
