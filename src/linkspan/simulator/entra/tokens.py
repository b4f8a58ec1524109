"""Making access tokens (version 1 format) and ID tokens (version 2 format)."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from linkspan.simulator.entra.authority import V1_ISSUER, V2_ISSUER, Authority
from linkspan.simulator.entra.directory import AppRegistration, User
from linkspan.simulator.entra.grants import IssuedAccess
from linkspan.simulator.entra.keys import base64url
from linkspan.simulator.entra.resources import Resource

# appidacr: how the application proved itself (0 not at all, 1 secret, 2 certificate).
ClientStrength = Literal["0", "1", "2"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an access token speaks for: an application in a tenant, with a user or on its own."""

    app: AppRegistration
    strength: ClientStrength
    tenant_id: UUID
    user: User | None = None
    multifactor: bool = False


def pairwise_subject(user_id: UUID, client_id: UUID) -> str:
    """Return the `sub` of a user for one application: stable, and different for each application."""
    return base64url(hashlib.sha256(user_id.bytes + client_id.bytes).digest())


def mint_access_token(
    authority: Authority, subject: Subject, resource: Resource, permissions: frozenset[str]
) -> tuple[str, int]:
    """Return (access token, seconds it lives) for `resource`; `permissions` are full scope or role names."""
    lifetime = authority.access_lifetime()
    now = authority.clock.timestamp()
    uti = secrets.token_urlsafe(16)
    names = sorted(name.rpartition("/")[2] for name in permissions)
    claims: dict[str, object] = {
        "aud": resource.uri,
        "iss": V1_ISSUER.format(tenant=subject.tenant_id),
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "aio": secrets.token_urlsafe(40),
        "appid": str(subject.app.client_id),
        "appidacr": subject.strength,
        "idp": V1_ISSUER.format(tenant=subject.tenant_id),
        "rh": f"1.{secrets.token_urlsafe(32)}.",
        "tid": str(subject.tenant_id),
        "uti": uti,
        "ver": "1.0",
    }
    claims |= _user_claims(subject.user, subject, names) if subject.user else _application_claims(subject, names)
    user_id = subject.user.id if subject.user else None
    authority.grants.note_access(uti, IssuedAccess(user_id, subject.app.client_id))
    return authority.keys.sign(claims), lifetime


def _user_claims(user: User, subject: Subject, names: list[str]) -> dict[str, object]:
    given, _, family = user.name.partition(" ")
    return {
        "acr": "1",
        "amr": ["pwd", "mfa"] if subject.multifactor else ["pwd"],
        "family_name": family,
        "given_name": given,
        "ipaddr": "127.0.0.1",
        "name": user.name,
        "oid": str(user.id),
        "scp": " ".join(names),
        "sub": pairwise_subject(user.id, subject.app.client_id),
        "unique_name": user.upn,
        "upn": user.upn,
    }


def _application_claims(subject: Subject, names: list[str]) -> dict[str, object]:
    principal = str(service_principal_id(subject.app.client_id, subject.tenant_id))
    claims: dict[str, object] = {"idtyp": "app", "oid": principal, "sub": principal}
    if names:
        claims["roles"] = names
    return claims


def service_principal_id(client_id: UUID, tenant_id: UUID) -> UUID:
    """Return the object id of an application's service principal in a tenant."""
    return UUID(bytes=hashlib.sha256(client_id.bytes + tenant_id.bytes).digest()[:16], version=4)


def mint_id_token(
    authority: Authority, subject: Subject, user: User, *, openid: frozenset[str], nonce: str | None
) -> str:
    """Return an ID token for the application; `profile` and `email` of `openid` add their claims."""
    now = authority.clock.timestamp()
    claims: dict[str, object] = {
        "aud": str(subject.app.client_id),
        "iss": V2_ISSUER.format(tenant=subject.tenant_id),
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        "oid": str(user.id),
        "sub": pairwise_subject(user.id, subject.app.client_id),
        "tid": str(subject.tenant_id),
        "uti": secrets.token_urlsafe(16),
        "ver": "2.0",
    }
    if nonce is not None:
        claims["nonce"] = nonce
    if "profile" in openid:
        claims |= {"name": user.name, "preferred_username": user.upn}
    if "email" in openid:
        claims["email"] = user.upn
    return authority.keys.sign(claims)
