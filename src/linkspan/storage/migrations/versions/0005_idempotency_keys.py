"""The journal of writes keeps the caller's idempotency key, and the sealed answer that a repetition gets."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("writes", sa.Column("idempotency_key", sa.String(255)))
    op.add_column("writes", sa.Column("sealed_answer", sa.LargeBinary))
    op.create_index(
        "ix_writes_idempotency", "writes", ["project_id", "account_id", "action", "idempotency_key"], unique=True
    )
