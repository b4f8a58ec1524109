"""What the REST API is asked: bodies of the management endpoints, every unknown name refused."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from linkspan.model import KeyScope
from linkspan.usecases.create_connect_session import DEFAULT_SECONDS, LONGEST_SECONDS

Kind = Literal["production", "test"]


class Ask(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ProfileAsk(Ask):
    """A new connector profile."""

    connector: str = Field(examples=["dynamics365bc"])
    name: str
    client_id: str = Field(description="The application (client) ID.")
    client_secret: SecretStr | None = Field(
        default=None, description="The secret's value. Stored encrypted and never answered."
    )
    auth_method: str | None = Field(default=None, description="The connector's first when left out.")
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
    scopes: list[str] = []
    enabled_actions: list[str] | None = None
    provider_url: str | None = None
    enabled: bool = True
    is_default: bool = False


class SessionAsk(Ask):
    """A new connect session: name a connector, a profile, or an account to relink."""

    origin_owner_id: str = Field(description="The customer's id in your system.")
    origin_owner_name: str
    origin_username: str | None = None
    connector: str | None = Field(default=None, examples=["dynamics365bc"])
    profile_id: str | None = None
    account_id: str | None = Field(default=None, description="Relink this account and nothing else.")
    expires_in: int = Field(default=DEFAULT_SECONDS, description=f"Seconds, 60 to {LONGEST_SECONDS}.")
    multiple: bool = Field(
        default=False, description="Make a second account for the same owner in place of updating the first."
    )
    label: str | None = None
    type: Kind = "production"
    metadata: dict[str, object] = {}


class AccountChangeAsk(Ask):
    """Changes of an account; what is left out stays."""

    label: str | None = None
    type: Kind = "production"
    metadata: dict[str, object] = {}
    origin_owner_id: str = ""
    origin_owner_name: str = ""
    origin_username: str | None = None


class KeyAsk(Ask):
    """A new API key."""

    name: str
    scopes: list[KeyScope] = Field(
        default=sorted(KeyScope), description="A key can give only scopes that it has itself."
    )
    expires_at: datetime | None = Field(default=None, description="Null: never.")


class KeyChangeAsk(Ask):
    """Changes of a key; what is left out stays."""

    name: str = ""
    enabled: bool = True
    scopes: list[KeyScope] = []
    expires_at: datetime | None = None
