"""What the journal keeps to read a write back whose answer was lost: the sealed intent, who sent it, and the provider's time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("writes", sa.Column("sealed_intent", sa.LargeBinary))
    op.add_column("writes", sa.Column("process", sa.String(40)))
    op.add_column("writes", sa.Column("provider_time", sa.BigInteger))
    op.add_column("writes", sa.Column("began_at", sa.BigInteger))
    op.add_column("writes", sa.Column("accepted", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("writes", sa.Column("settles_from", sa.BigInteger))
