"""What the REST API is asked: bodies of the management endpoints, every unknown name refused."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from linkspan.model import KeyScope
from linkspan.usecases.access import USUAL_SCOPES
from linkspan.usecases.create_connect_session import DEFAULT_SECONDS, LONGEST_SECONDS
from linkspan.usecases.owner_page import DEFAULT_SECONDS as OWNER_PAGE_SECONDS
from linkspan.usecases.owner_page import LONGEST_SECONDS as OWNER_PAGE_LONGEST

Kind = Literal["production", "test"]


class Ask(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    read_only: bool = Field(default=False, description="The account shall only read: every write on it is refused.")
    return_url: str | None = Field(
        default=None,
        description="Your page that the finished (`linkspan_status=linked`, `linkspan_account_id`) or cancelled link page leads to.",
    )


class AccountChangeAsk(Ask):
    """Changes of an account; what is left out stays."""

    label: str | None = None
    type: Kind = "production"
    metadata: dict[str, object] = {}
    read_only: bool = Field(default=False, description="Whether every write on the account is refused.")
    origin_owner_id: str = ""
    origin_owner_name: str = ""
    origin_username: str | None = None


class OwnerPageAsk(Ask):
    """A link to the page on which an owner sees, relinks and revokes what they have linked."""

    expires_in: int = Field(default=OWNER_PAGE_SECONDS, description=f"Seconds, 60 to {OWNER_PAGE_LONGEST}.")
    agents: Literal["read", "write"] | None = Field(
        default=None,
        description="Lets the owner sign MCP clients in by this link, to that much at most; null: the page only. A key can give only what it has.",
    )


class KeyAsk(Ask):
    """A new API key."""

    name: str
    scopes: list[KeyScope] = Field(
        default=sorted(USUAL_SCOPES), description="A key can give only scopes that it has itself."
    )
    expires_at: datetime | None = Field(default=None, description="Null: never.")
    per_minute: int | None = Field(
        default=None, ge=1, description="Most requests in a minute; null: no limit of its own."
    )


class KeyChangeAsk(Ask):
    """Changes of a key; what is left out stays."""

    name: str = ""
    enabled: bool = True
    scopes: list[KeyScope] = []
    expires_at: datetime | None = None
    per_minute: int | None = None
