"""A profile learns its audience and tenant, when its secret expires, the secret before it, and a certificate."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profiles", sa.Column("audience", sa.String(20), nullable=False, server_default="one_tenant"))
    op.add_column("profiles", sa.Column("tenant", sa.Text))
    op.add_column("profiles", sa.Column("secret_expires_at", sa.BigInteger))
    op.add_column("profiles", sa.Column("old_secret", sa.LargeBinary))
    op.add_column("profiles", sa.Column("old_secret_expires_at", sa.BigInteger))
    op.add_column("profiles", sa.Column("certificate", sa.Text))
    op.add_column("profiles", sa.Column("certificate_key", sa.LargeBinary))
    # Whatever has been linked so far may be of several tenants, and must still be linked again.
    op.execute("UPDATE profiles SET audience = 'many_tenants' WHERE id IN (SELECT profile_id FROM accounts)")
