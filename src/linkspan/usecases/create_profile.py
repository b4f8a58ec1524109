"""A new connector profile: a project's OAuth client for one connector."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from urllib.parse import urlsplit
from uuid import uuid4

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Caller, KeyScope, Profile, Secret
from linkspan.sealed import SealedCredentials
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.profile_credentials import (
    NewCertificate,
    audience_mistakes,
    certificate_mistakes,
    method_mistakes,
    seal_certificate,
    seal_secret,
    secret_mistakes,
)


@dataclass(frozen=True, slots=True)
class NewProfile:
    """What a new profile shall be. See model.Profile for what None and empty mean; `is_default` None: default if it is the first."""

    connector: str
    name: str
    client_id: str
    client_secret: Secret | None = None
    auth_method: str | None = None
    scopes: tuple[str, ...] = ()
    enabled_actions: frozenset[str] | None = None
    provider_url: str | None = None
    enabled: bool = True
    is_default: bool | None = None
    audience: str = "one_tenant"
    tenant: str | None = None
    secret_expires_at: datetime | None = None
    certificate: NewCertificate | None = None


async def create_profile(hall: Hall, caller: Caller, new: NewProfile) -> Profile:
    """Make a profile. Raises InvalidInputError with every mistake, AlreadyExistsError for a name in use."""
    require(caller, KeyScope.PLATFORM_WRITE)
    connector = find_connector(hall, new.connector)
    method = new.auth_method or next(iter(connector.auth_methods))
    mistakes = [
        *_mistakes(new, connector, method),
        *action_mistakes(connector, new.enabled_actions or ()),
        *_proof_mistakes(new, connector.auth_methods.get(method)),
    ]
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    now = hall.clock()
    first = not await hall.profiles.list(caller.project_id, connector.key)
    profile = Profile(
        id=str(uuid4()),
        project_id=caller.project_id,
        connector=connector.key,
        name=new.name.strip(),
        auth_method=method,
        client_id=new.client_id.strip(),
        has_secret=new.client_secret is not None,
        scopes=new.scopes,
        enabled_actions=new.enabled_actions,
        provider_url=clean_origin(new.provider_url),
        enabled=new.enabled,
        is_default=first if new.is_default is None else new.is_default,
        created_at=now,
        updated_at=now,
        audience=new.audience,
        tenant=clean_tenant(new.tenant),
        secret_expires_at=new.secret_expires_at if new.client_secret is not None else None,
        certificate=new.certificate.pem if new.certificate is not None else None,
    )
    sealed = SealedCredentials(
        secret=await seal_secret(hall, profile, new.client_secret),
        certificate_key=await seal_certificate(hall, profile, new.certificate),
    )
    given = [each.name for each in dataclasses.fields(new) if getattr(new, each.name) != each.default]
    await hall.profiles.add(profile, sealed, note_of(hall, caller, "profile.created", profile.id, given))
    hall.warm.drop()
    return profile


def find_connector(hall: Hall, key: str) -> Connector:
    """The connector of that key. Raises InvalidInputError with the nearest key."""
    connector = hall.catalog.connectors.get(key)
    if connector is None:
        nearest = get_close_matches(key, hall.catalog.connectors, n=1)
        raise InvalidInputError(
            mistakes=[Mistake("connector", f"there is no connector {key!r}", nearest[0] if nearest else None)]
        )
    return connector


def action_mistakes(connector: Connector, actions: Iterable[str]) -> list[Mistake]:
    """One mistake for each action id that the connector does not have, with the nearest one."""
    mistakes = []
    for action in sorted(actions):
        if action not in connector.actions:
            nearest = get_close_matches(action, connector.actions, n=1)
            mistakes.append(
                Mistake("enabled_actions", f"there is no action {action!r}", nearest[0] if nearest else None)
            )
    return mistakes


def clean_origin(url: str | None) -> str | None:
    """A provider_url as it is stored: without a closing slash; empty text means none."""
    return url.strip().rstrip("/") or None if url is not None else None


def origin_mistakes(url: str | None) -> list[Mistake]:
    """What is wrong with a provider_url: it must be an origin, `https://host[:port]`."""
    cleaned = clean_origin(url)
    if cleaned is None:
        return []
    parts = urlsplit(cleaned)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        return [Mistake("provider_url", "give an origin such as http://127.0.0.1:8800, without a path")]
    return []


def clean_tenant(tenant: str | None) -> str | None:
    """A tenant as it is stored: trimmed, in small letters; empty text means none."""
    return tenant.strip().lower() or None if tenant is not None else None


def _mistakes(new: NewProfile, connector: Connector, method: str) -> list[Mistake]:
    mistakes = []
    if not new.name.strip():
        mistakes.append(Mistake("name", "give the profile a name"))
    if not new.client_id.strip():
        mistakes.append(Mistake("client_id", "give the application (client) ID"))
    mistakes += secret_mistakes(new.client_secret, new.secret_expires_at, "leave it out if there is none")
    if method not in connector.auth_methods:
        known = ", ".join(connector.auth_methods)
        mistakes.append(Mistake("auth_method", f"{connector.name} has the authentication methods {known}"))
    return mistakes + origin_mistakes(new.provider_url)


def _proof_mistakes(new: NewProfile, method: AuthMethod | None) -> list[Mistake]:
    if method is None:
        return []
    given = {"has_secret": new.client_secret is not None, "has_certificate": new.certificate is not None}
    return [
        *certificate_mistakes(new.certificate),
        *method_mistakes(method, **given),
        *audience_mistakes(method, new.audience, clean_tenant(new.tenant)),
    ]
