"""What the REST API answers: typed records, so that the OpenAPI document tells every field."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from linkspan.model import Account, AccountState, ConnectSession, Profile

ItemT = TypeVar("ItemT")


class Answer(BaseModel):
    """A record that is only read."""

    model_config = ConfigDict(frozen=True)


class Page(Answer, Generic[ItemT]):
    """A list: `next` is the value of the `cursor` parameter that gives the following page, or null at the end."""

    data: list[ItemT]
    next: str | None = None


class MistakeAnswer(Answer):
    """One thing wrong with a request."""

    where: str = Field(description="Place in the request, such as `body.displayName`.")
    what: str
    nearest: str | None = Field(default=None, description="The nearest known name, for a misspelt one.")


class ProviderWords(Answer):
    """What the provider itself said."""

    status: int
    code: str | None = None
    message: str | None = None
    request_id: str | None = None


class Failure(Answer):
    """What went wrong, and what to do next."""

    code: str = Field(description="Stable, snake_case; branch on this.")
    message: str
    next_step: str = Field(description="For a person.")
    advice: str = Field(description="For a program: fix, wait, ask (a person) or stop.")
    run_id: str | None = Field(default=None, description="Look it up under `/runs/{run_id}`.")
    first_run_id: str | None = Field(default=None, description="With `possible_duplicate`: the run of the equal write.")
    mistakes: list[MistakeAnswer] = []
    provider: ProviderWords | None = None


class ErrorAnswer(Answer):
    """Every refusal has this shape."""

    error: Failure


class ProfileAnswer(Answer):
    """A project's OAuth client for one connector. The secret is never answered; `has_secret` tells that there is one."""

    id: str
    connector: str
    name: str
    auth_method: str
    client_id: str
    has_secret: bool
    scopes: list[str] = Field(description="Empty: what the enabled actions need.")
    enabled_actions: list[str] | None = Field(description="Null: the connector's default selection.")
    provider_url: str | None = Field(description="Null: the provider's own hosts.")
    enabled: bool
    is_default: bool
    guide_url: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, profile: Profile, base_url: str) -> "ProfileAnswer":
        """The profile as it may be seen."""
        enabled = sorted(profile.enabled_actions) if profile.enabled_actions is not None else None
        guide = f"{base_url}/connectors/{profile.connector}/guides/connector-profile/{profile.auth_method}"
        return cls(
            id=profile.id,
            connector=profile.connector,
            name=profile.name,
            auth_method=profile.auth_method,
            client_id=profile.client_id,
            has_secret=profile.has_secret,
            scopes=list(profile.scopes),
            enabled_actions=enabled,
            provider_url=profile.provider_url,
            enabled=profile.enabled,
            is_default=profile.is_default,
            guide_url=f"{guide}?client={profile.client_id}&profile={profile.id}",
            created_at=profile.created_at,
            updated_at=profile.updated_at,
        )


class StateReasonAnswer(Answer):
    """Why an account is in its state."""

    code: str
    description: str
    at: datetime


class AccountAnswer(Answer):
    """One customer's link."""

    id: str
    connector: str
    profile_id: str
    state: AccountState
    state_reasons: list[StateReasonAnswer]
    origin_owner_id: str
    origin_owner_name: str
    origin_username: str | None
    fields: dict[str, str] = Field(description="Where it points: tenant, environment, company.")
    label: str | None
    type: str = Field(description="production or test")
    metadata: dict[str, object]
    last_success_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, account: Account) -> "AccountAnswer":
        """The account as it may be seen."""
        reasons = [
            StateReasonAnswer(code=item.code, description=item.description, at=item.at) for item in account.reasons
        ]
        return cls(
            id=account.id,
            connector=account.connector,
            profile_id=account.profile_id,
            state=account.state,
            state_reasons=reasons,
            origin_owner_id=account.owner.id,
            origin_owner_name=account.owner.name,
            origin_username=account.owner.username,
            fields=dict(account.fields),
            label=account.label,
            type=account.kind,
            metadata=dict(account.metadata),
            last_success_at=account.last_success_at,
            created_at=account.created_at,
            updated_at=account.updated_at,
        )


class SessionAnswer(Answer):
    """Short-lived permission to link or relink one account."""

    id: int
    connector: str
    profile_id: str
    account_id: str | None
    origin_owner_id: str
    origin_owner_name: str
    origin_username: str | None
    multiple: bool
    label: str | None
    type: str
    metadata: dict[str, object]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None

    @classmethod
    def of(cls, session: ConnectSession) -> "SessionAnswer":
        """The session without its token."""
        return cls(**_session(session))


class OpenedSessionAnswer(SessionAnswer):
    """A new session: the token and the address of the link page are shown this once."""

    token: Annotated[str, Field(description="Shown once.")]
    link_url: Annotated[str, Field(description="Send the customer here.")]

    @classmethod
    def opened(cls, session: ConnectSession, token: str, link_url: str) -> "OpenedSessionAnswer":
        """The session with its token."""
        return cls(**_session(session), token=token, link_url=link_url)


def _session(session: ConnectSession) -> dict[str, object]:
    return {
        "id": session.id,
        "connector": session.connector,
        "profile_id": session.profile_id,
        "account_id": session.account_id,
        "origin_owner_id": session.owner.id,
        "origin_owner_name": session.owner.name,
        "origin_username": session.owner.username,
        "multiple": session.multiple,
        "label": session.label,
        "type": session.kind,
        "metadata": dict(session.metadata),
        "created_at": session.created_at,
        "expires_at": session.expires_at,
        "used_at": session.used_at,
    }
