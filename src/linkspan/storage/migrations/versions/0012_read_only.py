"""Accounts that only read, and connect sessions that make them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("accounts", "connect_sessions"):
        op.add_column(table, sa.Column("read_only", sa.Boolean, nullable=False, server_default=sa.false()))
