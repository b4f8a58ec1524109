"""The frozen records around a hosted linking: who watches it from another window, and how its pages look."""

import enum
from dataclasses import dataclass
from datetime import datetime


class WatchState(enum.StrEnum):
    """How far a watched linking has come; the words are those of the wire contract."""

    PENDING = "pending"
    AUTHENTICATED = "authenticated"
    ERROR = "error"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class LinkWatch:
    """Somebody waits, in another window, for a linking of one connect session; once `cancelled` that linking can no longer end well.

    `error_code` and `error_text` are set in state `error`: the person may still try again.
    """

    id: str
    project_id: str
    session_id: int
    state: WatchState
    created_at: datetime
    expires_at: datetime
    account_id: str | None = None
    error_code: str | None = None
    error_text: str | None = None


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture and its media type; `digest` (SHA-256, hexadecimal) names it in addresses."""

    content: bytes
    media_type: str
    digest: str


@dataclass(frozen=True, slots=True)
class Brand:
    """How a project's link pages look: the product's name, an accent colour (`#rrggbb`), and the digest of its logo."""

    project_id: str
    name: str
    colour: str | None = None
    logo_digest: str | None = None
