"""What the REST API answers about keeping house."""

from datetime import datetime

from pydantic import Field

from linkspan.audit_records import AuditEntry
from linkspan.doors.rest.answers import Answer
from linkspan.model import ToolFeedback
from linkspan.storage.owner_store import Erased
from linkspan.usecases.owner_page import OwnerLink


class AuditAnswer(Answer):
    """One change: who, when, of what, and the names of the fields given."""

    position: int = Field(description="Its place in the log; it only grows.")
    at: datetime
    source: str = Field(description="api_key, cli, link_page, owner_page or mcp_sign_in")
    key_id: str | None = Field(description="The API key, if it was one.")
    event: str = Field(examples=["profile.changed"])
    subject_id: str = Field(description="The id of what was changed; of an owner, a digest of it.")
    fields: list[str] = Field(description="Names only, never what is in them.")

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditAnswer":
        """The entry."""
        note = entry.note
        return cls(
            position=entry.position,
            at=note.at,
            source=note.source,
            key_id=note.key_id,
            event=note.event,
            subject_id=note.subject_id,
            fields=list(note.fields),
        )


class FeedbackAnswer(Answer):
    """What an agent said of the tools that it used."""

    id: str
    at: datetime
    account_id: str
    key_id: str | None
    tools: list[str]
    text: str

    @classmethod
    def of(cls, feedback: ToolFeedback) -> "FeedbackAnswer":
        """The feedback."""
        names = ("id", "at", "account_id", "key_id", "text")
        return cls(tools=list(feedback.tools), **{name: getattr(feedback, name) for name in names})


class OwnerPageAnswer(Answer):
    """A link to an owner's page."""

    url: str = Field(description="Send the customer's browser here; it is not stored and cannot be taken back.")
    expires_at: datetime

    @classmethod
    def of(cls, link: OwnerLink) -> "OwnerPageAnswer":
        """The link."""
        return cls(url=link.url, expires_at=link.expires_at)


class ErasedAnswer(Answer):
    """How many records were erased."""

    accounts: int
    runs: int
    writes: int
    connect_sessions: int
    events: int

    @classmethod
    def of(cls, erased: Erased) -> "ErasedAnswer":
        """The counts."""
        return cls(
            accounts=erased.accounts,
            runs=erased.runs,
            writes=erased.writes,
            connect_sessions=erased.connect_sessions,
            events=erased.events,
        )
