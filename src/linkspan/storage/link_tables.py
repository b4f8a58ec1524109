"""The tables around hosted linkings: who watches them, and how their pages look."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table, Text

from linkspan.storage.column_types import Moment
from linkspan.storage.tables import metadata, project_column

link_watches = Table(
    "link_watches",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("session_id", BigInteger, ForeignKey("connect_sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("account_id", String(40)),
    Column("error_code", String(64)),
    Column("error_text", Text),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

brands = Table(
    "brands",
    metadata,
    Column("project_id", String(64), ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text),
    Column("colour", String(7)),
    Column("logo", LargeBinary),
    Column("logo_type", String(40)),
    Column("logo_digest", String(64), index=True),
    Column("updated_at", Moment, nullable=False),
)
