"""Linkings watched from another window, where finished ones lead back to, and how the pages look."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connect_sessions", sa.Column("return_url", sa.Text))
    op.add_column("link_attempts", sa.Column("cancelled_at", sa.BigInteger))
    op.create_table(
        "link_watches",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger, sa.ForeignKey("connect_sessions.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("account_id", sa.String(40)),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_text", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_link_watches_session_id", "link_watches", ["session_id"])
    op.create_table(
        "brands",
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("colour", sa.String(7)),
        sa.Column("logo", sa.LargeBinary),
        sa.Column("logo_type", sa.String(40)),
        sa.Column("logo_digest", sa.String(64)),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_brands_logo_digest", "brands", ["logo_digest"])
