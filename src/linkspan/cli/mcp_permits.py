"""`linkspan mcp permits`: which MCP clients people have signed in, and taking that back."""

from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_json, print_table
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.permit_records import Permit
from linkspan.usecases.hall import Hall

app = typer.Typer(help="MCP clients that people have signed in: what each may do.", no_args_is_help=True)


@app.command("list")
def list_(as_json: AsJson = False, project: ProjectOption = None) -> None:
    """List the permits that are not over: which client, on which accounts, given by whom."""
    from linkspan.usecases.keep_permits import list_permits

    async def story(hall: Hall) -> list[Permit]:
        return await list_permits(hall, await operator(hall, project))

    found = in_hall(story)
    if as_json:
        print_json([facts(permit) for permit in found])
        return
    rows = [
        (
            permit.id,
            permit.client_name or permit.client_id,
            permit.redirect_host,
            " ".join(f"{account}:{level}" for account, level in _levels(permit).items()),
            permit.key_id or f"owner {permit.owner_id}",
            permit.last_used_at,
            permit.expires_at,
        )
        for permit in found
    ]
    columns = ("id", "client", "answers to", "accounts", "given with", "last used", "ends")
    print_table(columns, rows, empty="No MCP client is signed in.")


@app.command()
def revoke(
    permit_id: Annotated[str, typer.Argument(help="Permit id, as `linkspan mcp permits list` shows it.")],
    project: ProjectOption = None,
) -> None:
    """End a permit, at once and for every server of this installation."""
    from linkspan.usecases.keep_permits import revoke_permit

    async def story(hall: Hall) -> None:
        await revoke_permit(hall, await operator(hall, project), permit_id)

    in_hall(story)
    console.print(f"Permit {permit_id} is revoked.")


def facts(permit: Permit) -> dict[str, object]:
    """What may be shown of a permit."""
    return {
        "id": permit.id,
        "client_id": permit.client_id,
        "client_name": permit.client_name,
        "redirect_host": permit.redirect_host,
        "scopes": list(permit.scopes),
        "accounts": _levels(permit),
        "actions": None if permit.actions is None else sorted(permit.actions),
        "key_id": permit.key_id,
        "origin_owner_id": permit.owner_id,
        "created_at": permit.created_at.isoformat(),
        "expires_at": permit.expires_at.isoformat(),
        "last_used_at": permit.last_used_at.isoformat() if permit.last_used_at else None,
    }


def _levels(permit: Permit) -> dict[str, str]:
    return {account: "write" if writes else "read" for account, writes in permit.accounts.items()}
