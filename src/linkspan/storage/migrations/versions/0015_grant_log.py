"""What happened to grants: linked, refreshed, failed, refused and ended, for as long as runs are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grant_log",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("code", sa.String(64)),
        sa.Column("expires_at", sa.BigInteger),
    )
    op.create_index("ix_grant_log_account", "grant_log", ["project_id", "account_id", "at"])
    op.create_index("ix_grant_log_at", "grant_log", ["at"])
