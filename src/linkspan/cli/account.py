"""`linkspan account`: linked accounts, and links for new ones."""

from datetime import datetime
from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_facts, print_json, print_table
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.model import Account, Owner
from linkspan.usecases.create_connect_session import OpenedSession
from linkspan.usecases.expiry import expiries
from linkspan.usecases.hall import Hall

app = typer.Typer(help="Linked accounts: one customer's grant, and where it points.", no_args_is_help=True)

AccountId = Annotated[str, typer.Argument(help="Account id, as `linkspan account list` shows it.")]


def facts(account: Account) -> dict[str, object]:
    """What may be shown of an account."""
    return {
        "id": account.id, "state": account.state.value, "connector": account.connector, "profile_id": account.profile_id,
        "owner_id": account.owner.id, "owner_name": account.owner.name, "label": account.label, "read_only": account.read_only,
        **dict(account.fields),
        "reasons": [f"{reason.code}: {reason.description}" for reason in account.reasons],
        "created_at": account.created_at.isoformat(),
        "last_success_at": account.last_success_at.isoformat() if account.last_success_at else None,
    }  # fmt: skip


def _minute(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d %H:%M}" if at else None


@app.command("list")
def list_(as_json: AsJson = False, project: ProjectOption = None) -> None:
    """List the linked accounts."""
    from linkspan.usecases.read_accounts import list_accounts

    async def story(hall: Hall) -> list[Account]:
        return await list_accounts(hall, await operator(hall, project))

    found = in_hall(story)
    if as_json:
        print_json([facts(account) for account in found])
        return
    rows = [
        (a.id, a.state.value, a.owner.name, a.connector, a.fields.get("company_name"), _minute(a.last_success_at))
        for a in found
    ]
    print_table(
        ("id", "state", "owner", "connector", "company", "last good call"),
        rows,
        empty="No account yet: linkspan account link --help",
    )


@app.command()
def show(account_id: AccountId, as_json: AsJson = False, project: ProjectOption = None) -> None:
    """Show one account with its state and the reasons for it."""
    from linkspan.usecases.read_accounts import read_account

    async def story(hall: Hall) -> dict[str, object]:
        account = await read_account(hall, await operator(hall, project), account_id)
        profile = await hall.warm.profile(account.project_id, account.profile_id)
        ending = [f"{expiry.message} {expiry.next_step}" for expiry in expiries(profile, hall.clock())]
        return facts(account) | {"warnings": ending}

    found = in_hall(story)
    print_json(found) if as_json else print_facts(found)


@app.command()
def link(
    owner_id: Annotated[str, typer.Option(help="Your own id of the customer.")],
    owner_name: Annotated[str, typer.Option(help="The customer's name, as the link page shows it.")],
    connector: Annotated[str, typer.Option(help="Connector key.")] = "dynamics365bc",
    profile_id: Annotated[str | None, typer.Option(help="Connector profile; the default one without it.")] = None,
    account_id: Annotated[str | None, typer.Option(help="Link this account again.")] = None,
    expires_in: Annotated[int, typer.Option(help="Seconds that the link stays open.")] = 1800,
    read_only: Annotated[bool, typer.Option("--read-only", help="Let the account only read.")] = False,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """Open a connect session and print the address of its link page."""
    from linkspan.usecases.create_connect_session import NewSession, create_connect_session

    new = NewSession(
        owner=Owner(owner_id, owner_name),
        connector=connector,
        profile_id=profile_id,
        account_id=account_id,
        expires_in=expires_in,
        read_only=read_only,
    )

    async def story(hall: Hall) -> OpenedSession:
        return await create_connect_session(hall, await operator(hall, project), new)

    opened = in_hall(story)
    told = {"id": opened.session.id, "link_url": opened.link_url, "expires_at": opened.session.expires_at.isoformat()}
    print_json(told) if as_json else print_facts(told)


@app.command()
def change(
    account_id: AccountId,
    read_only: Annotated[
        bool | None,
        typer.Option("--read-only/--read-write", help="Refuse every write on the account, or let it write again."),
    ] = None,
    label: Annotated[str | None, typer.Option(help="Your own name for the account.")] = None,
    project: ProjectOption = None,
) -> None:
    """Change an account: whether it only reads, and its label."""
    from linkspan.usecases.change_account import AccountChange, change_account

    changes = AccountChange()
    if read_only is not None:
        changes["read_only"] = read_only
    if label is not None:
        changes["label"] = label

    async def story(hall: Hall) -> Account:
        return await change_account(hall, await operator(hall, project), account_id, changes)

    print_facts(facts(in_hall(story)))


@app.command()
def suspend(account_id: AccountId, project: ProjectOption = None) -> None:
    """Stop an account from being used; its grant is kept."""
    from linkspan.usecases.change_account import suspend_account

    async def story(hall: Hall) -> Account:
        return await suspend_account(hall, await operator(hall, project), account_id)

    console.print(f"Account {account_id} is {in_hall(story).state.value}.")


@app.command()
def resume(account_id: AccountId, project: ProjectOption = None) -> None:
    """Let a suspended account be used again."""
    from linkspan.usecases.change_account import resume_account

    async def story(hall: Hall) -> Account:
        return await resume_account(hall, await operator(hall, project), account_id)

    console.print(f"Account {account_id} is {in_hall(story).state.value}.")


@app.command()
def archive(account_id: AccountId, project: ProjectOption = None) -> None:
    """Erase an account's tokens and close it; the account and its log stay, and linking it again opens it."""
    from linkspan.usecases.change_account import archive_account

    async def story(hall: Hall) -> Account:
        return await archive_account(hall, await operator(hall, project), account_id)

    console.print(f"Account {account_id} is {in_hall(story).state.value}; its tokens are erased.")


@app.command()
def delete(account_id: AccountId, project: ProjectOption = None) -> None:
    """Unlink an account: its tokens are erased, its log stays."""
    from linkspan.usecases.delete_account import delete_account

    async def story(hall: Hall) -> Account:
        return await delete_account(hall, await operator(hall, project), account_id)

    in_hall(story)
    console.print(f"Unlinked account {account_id}; its tokens are erased.")
