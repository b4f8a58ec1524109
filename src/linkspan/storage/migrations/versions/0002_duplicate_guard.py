"""The journal of writes learns whose key wrote, and refuses an equal write while the first is running or unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("writes", sa.Column("key_id", sa.String(40), nullable=False, server_default=""))
    op.add_column("writes", sa.Column("guard", sa.String(64)))
    op.add_column("writes", sa.Column("guarded_until", sa.BigInteger))
    guarded = sa.text("guard IS NOT NULL")
    op.create_index(
        "ix_writes_guard", "writes", ["project_id", "account_id", "key_id", "guard"], unique=True,
        sqlite_where=guarded, postgresql_where=guarded,
    )  # fmt: skip
