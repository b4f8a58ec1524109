"""What the REST API answers about connector profiles."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from linkspan.doors.rest.answers import Answer
from linkspan.model import Profile
from linkspan.providerauth.credentials import certificate_facts
from linkspan.usecases.expiry import expiries
from linkspan.usecases.hall import Hall


class CertificateAnswer(Answer):
    """What may be told of a profile's certificate; its private key is never answered."""

    thumbprint: str = Field(description="SHA-1 in hexadecimal, as Entra's page shows it.")
    subject: str
    expires_at: datetime


class ExpiryAnswer(Answer):
    """A credential that expires within 30 days or has expired."""

    code: Literal["client_secret", "old_client_secret", "certificate"]
    expires_at: datetime
    days_left: int = Field(description="Whole days; negative once it has expired.")
    message: str
    next_step: str

    @classmethod
    def all_of(cls, hall: Hall, profile: Profile) -> list["ExpiryAnswer"]:
        """The warnings that are due, soonest first."""
        return [
            cls(
                code=expiry.code,
                expires_at=expiry.at,
                days_left=expiry.days_left,
                message=expiry.message,
                next_step=expiry.next_step,
            )
            for expiry in expiries(profile, hall.clock())
        ]


class ProfileAnswer(Answer):
    """A project's OAuth client for one connector. The secret is never answered; `has_secret` tells that there is one."""

    id: str
    connector: str
    name: str
    auth_method: str
    client_id: str
    has_secret: bool
    client_secret_expires_at: datetime | None = Field(description="As its owner entered it: providers do not tell.")
    has_old_secret: bool = Field(
        description="While a secret is rolled over: the one before is tried after the new one."
    )
    old_client_secret_expires_at: datetime | None
    certificate: CertificateAnswer | None
    audience: Literal["one_tenant", "many_tenants"]
    tenant: str | None = Field(description="With `one_tenant`: the tenant; null until the first account is linked.")
    scopes: list[str] = Field(description="Empty: what the enabled actions need.")
    enabled_actions: list[str] | None = Field(description="Null: the connector's default selection.")
    provider_url: str | None = Field(description="Null: the provider's own hosts.")
    enabled: bool
    is_default: bool
    warnings: list[ExpiryAnswer] = Field(description="Given 30, 7 and 1 days ahead.")
    guide_url: str
    redirect_uri: str = Field(description="To register with the provider, exactly as it stands.")
    admin_consent_url: str = Field(description="For an administrator of the tenant, who agrees for everybody in it.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, hall: Hall, profile: Profile) -> "ProfileAnswer":
        """The profile as it may be seen."""
        enabled = sorted(profile.enabled_actions) if profile.enabled_actions is not None else None
        facts = hall.tokens.facts(profile, {})
        return cls(
            id=profile.id,
            connector=profile.connector,
            name=profile.name,
            auth_method=profile.auth_method,
            client_id=profile.client_id,
            has_secret=profile.has_secret,
            client_secret_expires_at=profile.secret_expires_at,
            has_old_secret=profile.has_old_secret,
            old_client_secret_expires_at=profile.old_secret_expires_at,
            certificate=_certificate(profile),
            audience=profile.audience,
            tenant=profile.tenant,
            scopes=list(profile.scopes),
            enabled_actions=enabled,
            provider_url=profile.provider_url,
            enabled=profile.enabled,
            is_default=profile.is_default,
            warnings=ExpiryAnswer.all_of(hall, profile),
            guide_url=facts["profile_guide_url"],
            redirect_uri=facts["redirect_uri"],
            admin_consent_url=facts["admin_consent_url"],
            created_at=profile.created_at,
            updated_at=profile.updated_at,
        )


def _certificate(profile: Profile) -> CertificateAnswer | None:
    if profile.certificate is None:
        return None
    facts = certificate_facts(profile.certificate)
    return CertificateAnswer(thumbprint=facts.thumbprint, subject=facts.subject, expires_at=facts.expires_at)
