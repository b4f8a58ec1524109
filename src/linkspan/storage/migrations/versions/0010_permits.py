"""Signing in MCP clients: registered clients, permits, and the codes and tokens that stand for them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mcp_clients",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("redirect_uris", sa.Text, nullable=False),
        sa.Column("auth_method", sa.String(30), nullable=False),
        sa.Column("secret_digest", sa.String(64)),
        sa.Column("refreshes", sa.Boolean, nullable=False),
        sa.Column("used", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_mcp_clients_unused", "mcp_clients", ["used", "created_at"])
    op.create_table(
        "permits",
        sa.Column("id", sa.String(40), primary_key=True),
        _project(),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("client_name", sa.Text, nullable=False),
        sa.Column("redirect_host", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("accounts", sa.Text, nullable=False),
        sa.Column("actions", sa.Text),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("refreshes", sa.Boolean, nullable=False),
        sa.Column("key_id", sa.String(40)),
        sa.Column("owner_id", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
    )
    op.create_index("ix_permits_project", "permits", ["project_id", "created_at"])
    op.create_index("ix_permits_key", "permits", ["project_id", "key_id"])
    op.create_index("ix_permits_owner", "permits", ["project_id", "owner_id"])
    op.create_table(
        "permit_codes",
        sa.Column("digest", sa.String(64), primary_key=True),
        _project(),
        _permit(),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("challenge", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_index("ix_permit_codes_permit_id", "permit_codes", ["permit_id"])
    op.create_table(
        "permit_tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        _project(),
        _permit(),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_index("ix_permit_tokens_permit_id", "permit_tokens", ["permit_id"])
    op.create_index("ix_permit_tokens_expires_at", "permit_tokens", ["expires_at"])


def _project() -> sa.Column[str]:
    return sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False)


def _permit() -> sa.Column[str]:
    return sa.Column("permit_id", sa.String(40), sa.ForeignKey("permits.id", ondelete="CASCADE"), nullable=False)
