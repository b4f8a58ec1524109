"""People who sign in at an OpenID provider are known there by issuer and subject."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("provider_subject", sa.Text))
    op.create_index("ix_people_provider_subject", "people", ["provider_subject"], unique=True)
