"""The tables of signing in MCP clients: registered clients, permits, and what stands for a permit."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text

from linkspan.storage.column_types import JsonText, Moment
from linkspan.storage.tables import metadata, project_column

# A client registers before it is known for which project, and may be used by people of several.
mcp_clients = Table(
    "mcp_clients",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("redirect_uris", JsonText, nullable=False),
    Column("auth_method", String(30), nullable=False),
    Column("secret_digest", String(64)),
    Column("refreshes", Boolean, nullable=False),
    Column("used", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_mcp_clients_unused", "used", "created_at"),
)

permits = Table(
    "permits",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("client_id", Text, nullable=False),
    Column("client_name", Text, nullable=False),
    Column("redirect_host", Text, nullable=False),
    Column("scopes", JsonText, nullable=False),
    Column("accounts", JsonText, nullable=False),
    Column("actions", JsonText),
    Column("resource", Text, nullable=False),
    Column("refreshes", Boolean, nullable=False),
    Column("key_id", String(40)),
    Column("owner_id", Text),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Index("ix_permits_project", "project_id", "created_at"),
    Index("ix_permits_key", "project_id", "key_id"),
    Index("ix_permits_owner", "project_id", "owner_id"),
)

permit_codes = Table(
    "permit_codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    project_column(),
    Column("permit_id", String(40), ForeignKey("permits.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("client_id", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", String(64), nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

permit_tokens = Table(
    "permit_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    project_column(),
    Column("permit_id", String(40), ForeignKey("permits.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("used_at", Moment),
)
