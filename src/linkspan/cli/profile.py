"""`linkspan profile`: connector profiles."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from linkspan.cli.opening import in_hall, stop
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_facts, print_json, print_table
from linkspan.errors import InvalidInputError
from linkspan.model import Profile, Secret
from linkspan.providerauth.credentials import certificate_facts
from linkspan.usecases.expiry import expiries
from linkspan.usecases.hall import Hall

if TYPE_CHECKING:
    from linkspan.usecases.profile_credentials import NewCertificate

app = typer.Typer(
    help="Connector profiles: which OAuth client, scopes and actions a project uses.", no_args_is_help=True
)
SecretExpires = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day on which the secret expires: warned of 30, 7 and 1 days ahead."),
]
CertificateFile = Annotated[Path | None, typer.Option(help="PEM file with a certificate, in place of a secret.")]
KeyFile = Annotated[Path | None, typer.Option(help="PEM file with the certificate's private key.")]
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
        "audience": profile.audience, "tenant": profile.tenant, "secret_expires_at": _moment(profile.secret_expires_at),
        "has_old_secret": profile.has_old_secret, "old_secret_expires_at": _moment(profile.old_secret_expires_at),
        "certificate": certificate_facts(profile.certificate).thumbprint if profile.certificate else None,
    }  # fmt: skip


def addresses(hall: Hall, profile: Profile) -> dict[str, object]:
    """What has to be entered or opened at the provider, and what expires soon."""
    told = hall.tokens.facts(profile, {})
    return {
        "redirect_uri": told["redirect_uri"],
        "admin_consent_url": told["admin_consent_url"],
        "guide_url": told["profile_guide_url"],
        "warnings": [f"{expiry.message} {expiry.next_step}" for expiry in expiries(profile, hall.clock())],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


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

    async def story(hall: Hall) -> tuple[Profile, dict[str, object]]:
        found = await read_profile(hall, await operator(hall, project), profile_id)
        return found, addresses(hall, found)

    profile, more = in_hall(story)
    tell(profile, as_json=as_json, more=more)


@app.command()
def create(
    client_id: Annotated[str, typer.Option(help="Application (client) ID.")],
    connector: Annotated[str, typer.Option(help="Connector key.")] = "dynamics365bc",
    name: Annotated[str, typer.Option(help="A name of your choice.")] = "default",
    auth_method: Annotated[
        str | None, typer.Option(help="Authentication method; the connector's first without it.")
    ] = None,
    secret_file: SecretFile = None,
    secret_expires: SecretExpires = None,
    certificate_file: CertificateFile = None,
    key_file: KeyFile = None,
    audience: Annotated[
        str, typer.Option(help="one_tenant, or many_tenants: each customer links a tenant of their own.")
    ] = "one_tenant",
    tenant: Annotated[
        str | None, typer.Option(help="With one_tenant: its ID or domain; the first linked account decides without it.")
    ] = None,
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

    certificate = certificate_of(certificate_file, key_file)
    secret = (
        None
        if certificate
        else secret_file.read_text().strip()
        if secret_file
        else typer.prompt("Client secret", hide_input=True)
    )
    new = NewProfile(
        connector=connector, name=name, client_id=client_id, client_secret=Secret(secret) if secret is not None else None,
        scopes=tuple(scope or ()), enabled_actions=frozenset(action) if action else None, provider_url=provider_url,
        auth_method=auth_method, audience=audience, tenant=tenant, secret_expires_at=day_of(secret_expires), certificate=certificate,
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
    secret_expires: SecretExpires = None,
    keep_old_secret: Annotated[
        bool, typer.Option("--keep-old-secret", help="Keep the secret so far; it is tried after the new one.")
    ] = False,
    drop_old_secret: Annotated[
        bool, typer.Option("--drop-old-secret", help="Drop the secret kept before: the new one has proved itself.")
    ] = False,
    certificate_file: CertificateFile = None,
    key_file: KeyFile = None,
    audience: Annotated[str | None, typer.Option(help="one_tenant or many_tenants.")] = None,
    tenant: Annotated[str | None, typer.Option(help="With one_tenant: its ID or domain.")] = None,
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

    given: dict[str, object] = {
        "name": name,
        "client_id": client_id,
        "client_secret": Secret(secret_file.read_text().strip()) if secret_file is not None else None,
        "keep_old_secret": keep_old_secret or None,
        "secret_expires_at": day_of(secret_expires),
        "certificate": certificate_of(certificate_file, key_file),
        "scopes": tuple(scope) if scope else None,
        "enabled_actions": frozenset(action) if action else None,
        "is_default": default or None,
        "enabled": enabled,
        "audience": audience,
        "tenant": tenant,
    }
    change = ProfileChange(**{name: value for name, value in given.items() if value is not None})  # type: ignore[typeddict-item]  # its names
    if all_actions:
        change["enabled_actions"] = None
    if drop_old_secret:
        change["old_client_secret"] = None

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


def certificate_of(certificate: Path | None, key: Path | None) -> "NewCertificate | None":
    """The certificate in two files; one without the other ends the command."""
    from linkspan.usecases.profile_credentials import NewCertificate

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        stop(
            InvalidInputError(
                "A certificate and its private key belong together: give --certificate-file and --key-file."
            )
        )
    return NewCertificate(certificate.read_text(), Secret(key.read_text()))


def day_of(given: datetime | None) -> datetime | None:
    """A day given on the command line, as its first moment in UTC."""
    return given.replace(tzinfo=UTC) if given is not None else None


def tell(profile: Profile, *, as_json: bool, more: Mapping[str, object] = MappingProxyType({})) -> None:
    """Print one profile, and what else is known of it."""
    if as_json:
        print_json(facts(profile) | dict(more))
        return
    shown = facts(profile) | dict(more)
    shown["enabled_actions"] = "all" if profile.enabled_actions is None else ", ".join(sorted(profile.enabled_actions))
    shown["scopes"] = " ".join(profile.scopes) or "what the enabled actions need"
    print_facts(shown)
