"""What a profile's application proves itself with: checked, sealed, rolled over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkspan.connectors.action import AuthMethod
from linkspan.errors import Mistake
from linkspan.model import Profile, Secret
from linkspan.providerauth.credentials import CertificateWrong, check_certificate
from linkspan.sealed import SealedCredentials
from linkspan.usecases.hall import Hall

AUDIENCES: Mapping[str, str] = {
    "one_tenant": "One tenant: accounts are linked in the profile's tenant only",
    "many_tenants": "Many tenants: each customer links a tenant of their own",
}
_LONGEST_TENANT = 253


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A certificate and its private key, both as PEM text."""

    pem: str
    key: Secret


async def seal_certificate(hall: Hall, profile: Profile, certificate: NewCertificate | None) -> bytes | None:
    """The private key as the store keeps it."""
    if certificate is None:
        return None
    return await _seal(hall, profile, "certificate_key", certificate.key)


async def seal_secret(hall: Hall, profile: Profile, secret: Secret | None) -> bytes | None:
    """The client secret as the store keeps it."""
    return None if secret is None else await _seal(hall, profile, "client_secret", secret)


async def roll_over(hall: Hall, profile: Profile, before: SealedCredentials) -> bytes | None:
    """The secret so far, sealed as the old one; None if there is none."""
    if before.secret is None:
        return None
    owner = f"profile:{profile.id}"
    secret = await hall.vault.open(profile.project_id, owner, "client_secret", before.secret)
    return await _seal(hall, profile, "old_client_secret", secret)


def secret_mistakes(secret: Secret | None, expires_at: datetime | None, remedy: str) -> list[Mistake]:
    """What is wrong with a client secret and the date its owner says it expires."""
    mistakes = []
    if secret is not None and not secret.reveal().strip():
        mistakes.append(Mistake("client_secret", f"is empty; {remedy}"))
    if expires_at is not None and expires_at.utcoffset() is None:
        mistakes.append(Mistake("client_secret_expires_at", "give a date with time zone, such as 2027-03-31T00:00:00Z"))
    return mistakes


def certificate_mistakes(certificate: NewCertificate | None) -> list[Mistake]:
    """What is wrong with a certificate or its key."""
    if certificate is None:
        return []
    try:
        check_certificate(certificate.pem, certificate.key)
    except CertificateWrong as wrong:
        return [Mistake("certificate", str(wrong))]
    return []


def method_mistakes(method: AuthMethod, *, has_secret: bool, has_certificate: bool) -> list[Mistake]:
    """A method is proved by a secret or by a certificate, never by the other."""
    if method.by_certificate and has_secret:
        return [Mistake("client_secret", f"{method.label} takes a certificate, not a secret")]
    if has_certificate and not method.by_certificate:
        return [Mistake("certificate", f"{method.label} takes a client secret, not a certificate")]
    return []


def audience_mistakes(method: AuthMethod, audience: str, tenant: str | None) -> list[Mistake]:
    """What is wrong with the choice of tenants. An application that asks for itself must say which tenant: nobody proves to be of it."""
    if audience not in AUDIENCES:
        return [Mistake("audience", f"is one of {', '.join(AUDIENCES)}")]
    if method.by_application and (audience != "one_tenant" or not tenant):
        what = "give the tenant, and one_tenant as audience: with client credentials nobody signs in, so nobody proves to belong to a tenant"
        return [Mistake("tenant", what)]
    if audience == "many_tenants" and tenant:
        return [Mistake("tenant", "leave it out: with many_tenants each account has its own")]
    if tenant and (len(tenant) > _LONGEST_TENANT or not tenant.replace("-", "").replace(".", "").isalnum()):
        return [Mistake("tenant", "give a tenant ID or a domain name")]
    return []


def days_left(until: datetime, now: datetime) -> int:
    """Whole days until a moment; negative when it has passed."""
    return (until - now) // timedelta(days=1)


async def _seal(hall: Hall, profile: Profile, field: str, secret: Secret) -> bytes:
    return await hall.vault.seal(profile.project_id, f"profile:{profile.id}", field, secret)
