"""`linkspan doctor`: is this installation sound, and if an account is named, what is the first thing to fix there."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, plain, print_json
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.cli.progress import progress
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
    as_json: AsJson = False,
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
        found = {}
        with progress("checking accounts", as_json=as_json and len(ids) > 1) as told:
            for number, each in enumerate(ids, start=1):
                found[each] = await check_account(hall, caller, each)
                told(number, len(ids))
        return found

    found = in_hall(story)
    if as_json:
        print_json({name: [_facts(check) for check in checks] for name, checks in found.items()})
        raise typer.Exit(1 if any(check.state == "failed" for checks in found.values() for check in checks) else 0)
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


def _facts(check: "Check") -> dict[str, object]:
    names = ("name", "state", "what", "next_step", "code", "who", "link")
    return {name: value for name in names if (value := getattr(check, name)) is not None}
