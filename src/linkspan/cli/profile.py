"""`linkspan profile`: connector profiles."""

from pathlib import Path
from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_facts, print_json, print_table
from linkspan.model import Profile, Secret
from linkspan.usecases.hall import Hall

app = typer.Typer(
    help="Connector profiles: which OAuth client, scopes and actions a project uses.", no_args_is_help=True
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SecretFile = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="File with the client secret; its value, not its ID.")
]
ProfileId = Annotated[str, typer.Argument(help="Profile id, as `linkspan profile list` shows it.")]
ProjectOption = Annotated[str | None, typer.Option("--project", help="Project id; needed only if there are several.")]


def facts(profile: Profile) -> dict[str, object]:
    """What may be shown of a profile; the secret is only said to be there."""
    return {
        "id": profile.id, "name": profile.name, "connector": profile.connector, "auth_method": profile.auth_method,
        "client_id": profile.client_id, "has_secret": profile.has_secret, "scopes": list(profile.scopes),
        "enabled_actions": sorted(profile.enabled_actions) if profile.enabled_actions is not None else None,
        "provider_url": profile.provider_url, "enabled": profile.enabled, "is_default": profile.is_default,
    }  # fmt: skip


@app.command("list")
def list_(as_json: AsJson = False, project: ProjectOption = None) -> None:
    """List the connector profiles."""
    from linkspan.usecases.read_profiles import list_profiles

    async def story(hall: Hall) -> list[Profile]:
        return await list_profiles(hall, await operator(hall, project))

    found = in_hall(story)
    if as_json:
        print_json([facts(profile) for profile in found])
        return
    rows = [
        (
            p.id,
            p.name,
            p.connector,
            "all" if p.enabled_actions is None else len(p.enabled_actions),
            "on" if p.enabled else "off",
        )
        for p in found
    ]
    print_table(
        ("id", "name", "connector", "actions", "state"), rows, empty="No profile yet: linkspan profile create --help"
    )


@app.command()
def show(profile_id: ProfileId, as_json: AsJson = False, project: ProjectOption = None) -> None:
    """Show one connector profile."""
    from linkspan.usecases.read_profiles import read_profile

    async def story(hall: Hall) -> Profile:
        return await read_profile(hall, await operator(hall, project), profile_id)

    tell(in_hall(story), as_json=as_json)


@app.command()
def create(
    client_id: Annotated[str, typer.Option(help="Application (client) ID.")],
    connector: Annotated[str, typer.Option(help="Connector key.")] = "dynamics365bc",
    name: Annotated[str, typer.Option(help="A name of your choice.")] = "default",
    secret_file: SecretFile = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="OAuth scope; may be repeated. Default: what the actions need.")
    ] = None,
    action: Annotated[list[str] | None, typer.Option(help="Enabled action; may be repeated. Default: all.")] = None,
    provider_url: Annotated[
        str | None, typer.Option(help="One origin in place of the provider's own: the simulator.")
    ] = None,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """Create a connector profile. The client secret is read from a file or asked for.

    It is never taken from the command line, where other programs and the shell's history could read it.
    """
    from linkspan.usecases.create_profile import NewProfile, create_profile

    secret = secret_file.read_text().strip() if secret_file else typer.prompt("Client secret", hide_input=True)
    new = NewProfile(
        connector=connector, name=name, client_id=client_id, client_secret=Secret(secret), scopes=tuple(scope or ()),
        enabled_actions=frozenset(action) if action else None, provider_url=provider_url,
    )  # fmt: skip

    async def story(hall: Hall) -> Profile:
        return await create_profile(hall, await operator(hall, project), new)

    tell(in_hall(story), as_json=as_json)


@app.command()
def update(
    profile_id: ProfileId,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    client_id: Annotated[str | None, typer.Option(help="New application (client) ID.")] = None,
    secret_file: SecretFile = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="OAuth scopes, instead of those before; may be repeated.")
    ] = None,
    action: Annotated[
        list[str] | None, typer.Option(help="Enabled actions, instead of those before; may be repeated.")
    ] = None,
    all_actions: Annotated[bool, typer.Option("--all-actions", help="Enable every action.")] = False,
    default: Annotated[
        bool, typer.Option("--default", help="Make it the profile that is used when none is named.")
    ] = False,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Switch the profile on or off.")] = None,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """Change a connector profile; what is not given stays."""
    from linkspan.usecases.change_profile import ProfileChange, change_profile

    change = ProfileChange()
    if name is not None:
        change["name"] = name
    if client_id is not None:
        change["client_id"] = client_id
    if secret_file is not None:
        change["client_secret"] = Secret(secret_file.read_text().strip())
    if scope:
        change["scopes"] = tuple(scope)
    if action or all_actions:
        change["enabled_actions"] = None if all_actions else frozenset(action or ())
    if default:
        change["is_default"] = True
    if enabled is not None:
        change["enabled"] = enabled

    async def story(hall: Hall) -> Profile:
        return await change_profile(hall, await operator(hall, project), profile_id, change)

    tell(in_hall(story), as_json=as_json)


@app.command()
def delete(profile_id: ProfileId, project: ProjectOption = None) -> None:
    """Delete a connector profile that no account uses."""
    from linkspan.usecases.delete_profile import delete_profile

    async def story(hall: Hall) -> None:
        await delete_profile(hall, await operator(hall, project), profile_id)

    in_hall(story)
    console.print(f"Deleted profile {profile_id}.")


def tell(profile: Profile, *, as_json: bool) -> None:
    """Print one profile."""
    if as_json:
        print_json(facts(profile))
        return
    shown = facts(profile)
    shown["enabled_actions"] = "all" if profile.enabled_actions is None else ", ".join(sorted(profile.enabled_actions))
    shown["scopes"] = " ".join(profile.scopes) or "what the enabled actions need"
    print_facts(shown)
