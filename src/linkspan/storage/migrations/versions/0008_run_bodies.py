"""Bodies of runs, sealed, for installations that keep them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_bodies",
        sa.Column("run_id", sa.String(40), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("account_id", sa.String(40)),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_run_bodies_kept", "run_bodies", ["kept_at"])
    op.create_index("ix_run_bodies_account", "run_bodies", ["project_id", "account_id"])
