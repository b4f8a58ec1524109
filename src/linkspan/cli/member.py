"""`linkspan member`: who may sign in at the console, and as what."""

from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_facts, print_json, print_table
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.people_records import Member, Role
from linkspan.usecases.hall import Hall
from linkspan.usecases.members import Invited

app = typer.Typer(help="Members: who signs in at the console, and as what.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


@app.command()
def code() -> None:
    """Print the code with which the first owner is made on the console's page."""
    from linkspan.cli.serve import owner_code

    found = in_hall(owner_code)
    console.print(found or "Somebody can sign in already: owners add others on the Members page.", highlight=False)


@app.command("list")
def list_(as_json: AsJson = False, project: ProjectOption = None) -> None:
    """List the members of a project."""
    from linkspan.usecases.members import list_members

    async def story(hall: Hall) -> list[Member]:
        return await list_members(hall, await operator(hall, project))

    found = in_hall(story)
    if as_json:
        print_json([_facts(member) for member in found])
        return
    rows = [(one.person.email, one.person.name, one.role.value, _since(one)) for one in found]
    print_table(("e-mail", "name", "role", "last sign-in"), rows, empty="No member yet: linkspan member code")


@app.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.VIEWER,
    project: ProjectOption = None,
) -> None:
    """Add somebody to a project and print the link with which they choose a password."""
    from linkspan.usecases.members import add_member

    async def story(hall: Hall) -> Invited:
        return await add_member(hall, await operator(hall, project), email=email, name=name, role=role)

    _tell(in_hall(story))


@app.command()
def invite(email: Email, project: ProjectOption = None) -> None:
    """Void a member's password and sessions, and print a new link."""
    from linkspan.usecases.members import find_member, invite_again

    async def story(hall: Hall) -> Invited:
        caller = await operator(hall, project)
        return await invite_again(hall, caller, (await find_member(hall, caller, email)).person.id)

    _tell(in_hall(story))


@app.command()
def remove(email: Email, project: ProjectOption = None) -> None:
    """Take somebody out of a project, at once."""
    from linkspan.usecases.members import find_member, remove_member

    async def story(hall: Hall) -> None:
        caller = await operator(hall, project)
        await remove_member(hall, caller, (await find_member(hall, caller, email)).person.id)

    in_hall(story)
    console.print(f"{email} is no member any more.", highlight=False)


def _tell(invited: Invited) -> None:
    facts: dict[str, object] = {"member": invited.member.person.email, "role": invited.member.role.value}
    if invited.link is not None and invited.expires_at is not None:
        facts |= {"link": invited.link, "until": f"{invited.expires_at:%Y-%m-%d %H:%M} UTC"}
    print_facts(facts)


def _facts(member: Member) -> dict[str, object]:
    person = member.person
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "role": member.role.value,
        "invited": not person.may_enter,
        "last_sign_in": person.last_sign_in.isoformat() if person.last_sign_in else None,
    }


def _since(member: Member) -> str:
    if member.person.last_sign_in is None:
        return "never" if member.person.may_enter else "invited"
    return f"{member.person.last_sign_in:%Y-%m-%d %H:%M}"
