"""People who sign in at the console, the projects they are members of, and their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("invitation", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("closed_until", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_sign_in", sa.BigInteger),
    )
    person = sa.ForeignKey("people.id", ondelete="CASCADE")
    project = sa.ForeignKey("projects.id", ondelete="CASCADE")
    op.create_table(
        "members",
        sa.Column("person_id", sa.String(40), person, primary_key=True, nullable=False),
        sa.Column("project_id", sa.String(64), project, primary_key=True, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
    )
    op.create_index("ix_members_project", "members", ["project_id"])
    op.create_table(
        "console_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(40), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_console_sessions_person", "console_sessions", ["person_id"])
    op.create_index("ix_console_sessions_expires", "console_sessions", ["expires_at"])
