"""What the REST API answers: typed records, so that the OpenAPI document tells every field."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from linkspan.model import ConnectSession

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
    who: str | None = Field(
        default=None,
        description="Who can put it right, if known: person (whoever links), tenant_admin, integrator, operator or nobody (wait).",
    )
    link: str | None = Field(default=None, description="The page to open for it.")
    run_id: str | None = Field(default=None, description="Look it up under `/runs/{run_id}`.")
    first_run_id: str | None = Field(default=None, description="With `possible_duplicate`: the run of the equal write.")
    candidate_ids: list[str] = Field(
        default=[], description="With `write_outcome_unknown`: records at the provider that may be what was written."
    )
    mistakes: list[MistakeAnswer] = []
    provider: ProviderWords | None = None


class ErrorAnswer(Answer):
    """Every refusal has this shape."""

    error: Failure


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
    return_url: str | None
    read_only: bool

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
        "return_url": session.return_url,
        "read_only": session.read_only,
    }
