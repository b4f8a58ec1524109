"""Changing a connector profile."""

from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Caller, KeyScope, Profile, Secret
from linkspan.sealed import SealedCredentials
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.create_profile import (
    action_mistakes,
    clean_origin,
    clean_tenant,
    find_connector,
    origin_mistakes,
)
from linkspan.usecases.hall import Hall
from linkspan.usecases.profile_credentials import (
    NewCertificate,
    audience_mistakes,
    certificate_mistakes,
    method_mistakes,
    roll_over,
    seal_certificate,
    seal_secret,
    secret_mistakes,
)
from linkspan.usecases.read_profiles import find_profile


class ProfileChange(TypedDict, total=False):
    """What to change of a profile; an absent name stays as it is, and the connector and method cannot be changed.

    `keep_old_secret`: the secret so far stays beside the new one until it is dropped (`old_client_secret`: None).
    """

    name: str
    client_id: str
    client_secret: Secret | None
    secret_expires_at: datetime | None
    keep_old_secret: bool
    old_client_secret: None
    certificate: NewCertificate | None
    scopes: tuple[str, ...]
    enabled_actions: frozenset[str] | None
    provider_url: str | None
    enabled: bool
    is_default: bool
    audience: str
    tenant: str | None


_PROOFS = frozenset({"client_secret", "keep_old_secret", "old_client_secret", "certificate"})


async def change_profile(hall: Hall, caller: Caller, profile_id: str, change: ProfileChange) -> Profile:
    """Change a profile; accounts keep their grants. Raises NotFoundError, InvalidInputError, AlreadyExistsError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    before = await find_profile(hall, caller.project_id, profile_id)
    _check(hall, before, change)
    values = {name: value for name, value in change.items() if name not in _PROOFS}
    if "provider_url" in change:
        values["provider_url"] = clean_origin(change["provider_url"])
    if "tenant" in change:
        values["tenant"] = clean_tenant(change["tenant"])
    if change.get("audience", before.audience) == "many_tenants":
        values["tenant"] = None
    after = replace(before, **values, updated_at=hall.clock())  # type: ignore[arg-type]  # the keys are ProfileChange's
    note = note_of(hall, caller, "profile.changed", before.id, change)
    if _PROOFS & change.keys():
        after, sealed = await _proved_anew(hall, before, after, change)
        await hall.profiles.change(after, sealed, note)
    else:
        await hall.profiles.change(after, note=note)
    hall.warm.drop()
    return after


async def _proved_anew(
    hall: Hall, before: Profile, after: Profile, change: ProfileChange
) -> tuple[Profile, SealedCredentials]:
    """The profile and its credentials with the given ones in place."""
    sealed = await hall.profiles.credentials(before.project_id, before.id)
    if "client_secret" in change:
        keeps = change.get("keep_old_secret", False) and sealed.secret is not None
        old = await roll_over(hall, before, sealed) if keeps else None
        secret = await seal_secret(hall, after, change["client_secret"])
        sealed = replace(sealed, secret=secret, old_secret=old)
        after = replace(
            after,
            secret_expires_at=change.get("secret_expires_at"),
            old_secret_expires_at=before.secret_expires_at if keeps else None,
        )
    if "old_client_secret" in change:
        sealed, after = replace(sealed, old_secret=None), replace(after, old_secret_expires_at=None)
    if "certificate" in change:
        certificate = change["certificate"]
        sealed = replace(sealed, certificate_key=await seal_certificate(hall, after, certificate))
        after = replace(after, certificate=certificate.pem if certificate is not None else None)
    return replace(after, has_secret=sealed.secret is not None, has_old_secret=sealed.old_secret is not None), sealed


def _check(hall: Hall, before: Profile, change: ProfileChange) -> None:
    connector = find_connector(hall, before.connector)
    method = connector.auth_methods[before.auth_method]
    audience = change.get("audience", before.audience)
    kept = before.tenant if audience == before.audience else None
    secret, certificate = change.get("client_secret"), change.get("certificate")
    mistakes = [
        *action_mistakes(connector, change.get("enabled_actions") or ()),
        *origin_mistakes(change.get("provider_url")),
        *secret_mistakes(secret, change.get("secret_expires_at"), "send null to remove it"),
        *certificate_mistakes(certificate),
        *method_mistakes(method, has_secret=secret is not None, has_certificate=certificate is not None),
        *audience_mistakes(method, audience, clean_tenant(change.get("tenant", kept))),
    ]
    if not change.get("name", before.name).strip():
        mistakes.append(Mistake("name", "give the profile a name"))
    if not change.get("client_id", before.client_id).strip():
        mistakes.append(Mistake("client_id", "give the application (client) ID"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
