"""Who changed what, as frozen records: names of fields, never what is in them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditNote:
    """One change. `source`: api_key, cli, link_page, owner_page, mcp_sign_in or console.

    `key_id` names the API key, the permit of an MCP client, or the person at the console.

    `event`: the kind of thing and what was done to it, such as `profile.changed`; `subject_id` names the thing; `fields`: the names of
    what was given.
    """

    project_id: str
    at: datetime
    source: str
    event: str
    subject_id: str
    key_id: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A note at its place in the audit log; positions only grow."""

    position: int
    note: AuditNote
