"""What the REST API is asked about connector profiles."""

from datetime import datetime
from typing import Literal

from pydantic import Field, SecretStr

from linkspan.doors.rest.asks import Ask

Audience = Literal["one_tenant", "many_tenants"]


class ProfileAsk(Ask):
    """A new connector profile."""

    connector: str = Field(examples=["dynamics365bc"])
    name: str
    client_id: str = Field(description="The application (client) ID.")
    client_secret: SecretStr | None = Field(
        default=None, description="The secret's value. Stored encrypted and never answered."
    )
    client_secret_expires_at: datetime | None = Field(
        default=None,
        description="When the secret expires, as its page says: providers do not tell. Warned of 30, 7 and 1 days ahead.",
    )
    certificate: str | None = Field(
        default=None, description="For a method with a certificate: its public part, as PEM. Expiry is read from it."
    )
    certificate_key: SecretStr | None = Field(
        default=None,
        description="The certificate's private key, as PEM without a password. Stored encrypted and never answered.",
    )
    auth_method: str | None = Field(default=None, description="The connector's first when left out.")
    audience: Audience = Field(
        default="one_tenant",
        description="one_tenant: accounts of one tenant only. many_tenants: each customer links a tenant of their own.",
    )
    tenant: str | None = Field(
        default=None,
        description="With one_tenant: its ID or domain; null: the first linked account decides. Needed with client credentials.",
    )
    scopes: list[str] = Field(default=[], description="Empty: what the enabled actions need.")
    enabled_actions: list[str] | None = Field(default=None, description="Null: the connector's default selection.")
    provider_url: str | None = Field(
        default=None, description="One origin in place of the provider's hosts, such as the simulator."
    )
    enabled: bool = True
    is_default: bool | None = Field(default=None, description="Null: default if it is the first of its connector.")


class ProfileChangeAsk(Ask):
    """Changes of a profile; what is left out stays."""

    name: str = ""
    client_id: str = ""
    client_secret: SecretStr | None = Field(default=None, description="Null removes the secret.")
    client_secret_expires_at: datetime | None = None
    keep_old_secret: bool = Field(
        default=False, description="With a new client_secret: the one so far stays, and is tried after the new one."
    )
    old_client_secret: None = Field(default=None, description="Null drops the secret kept by keep_old_secret.")
    certificate: str | None = Field(default=None, description="Given together with certificate_key; null removes both.")
    certificate_key: SecretStr | None = None
    audience: Audience = "one_tenant"
    tenant: str | None = None
    scopes: list[str] = Field(default_factory=list)
    enabled_actions: list[str] | None = None
    provider_url: str | None = None
    enabled: bool = True
    is_default: bool = False
