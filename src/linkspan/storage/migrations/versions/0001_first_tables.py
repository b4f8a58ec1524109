"""The first schema: everything that linking, running and logging need.

Moments are whole microseconds since 1970 in UTC; JSON is text; both mean the same on SQLite and PostgreSQL.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _projects_and_keys()
    _profiles()
    _accounts()
    _grants()
    _sessions()
    _attempts()
    _runs()
    _writes()
    _machinery()


def _projects_and_keys() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("organization_id", sa.BigInteger, nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("prefix", sa.String(60), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("last_used_at", sa.BigInteger),
    )
    op.create_index("ix_api_keys_project", "api_keys", ["project_id", "created_at"])


def _profiles() -> None:
    op.create_table(
        "profiles",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("connector", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("auth_method", sa.String(64), nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("enabled_actions", sa.Text),
        sa.Column("provider_url", sa.Text),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("project_id", "connector", "name", name="uq_profiles_name"),
    )
    op.create_index(
        "uq_profiles_default",
        "profiles",
        ["project_id", "connector"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("profile_id", sa.String(36), sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("connector", sa.String(64), nullable=False),
        sa.Column("owner_id", sa.Text, nullable=False),
        sa.Column("owner_name", sa.Text, nullable=False),
        sa.Column("owner_username", sa.Text),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("resume_state", sa.String(20)),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("last_success_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_accounts_profile_id", "accounts", ["profile_id"])
    op.create_index("ix_accounts_project", "accounts", ["project_id", "created_at"])
    op.create_index("ix_accounts_owner", "accounts", ["project_id", "connector", "owner_id"])


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("account_id", sa.String(40), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("access", sa.LargeBinary, nullable=False),
        sa.Column("refresh", sa.LargeBinary),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("obtained_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("failure_code", sa.String(64)),
        sa.Column("failure_text", sa.Text),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("refused", sa.Boolean, nullable=False),
    )


def _sessions() -> None:
    op.create_table(
        "connect_sessions",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("profile_id", sa.String(36), sa.ForeignKey("profiles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("connector", sa.String(64), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("owner_id", sa.Text, nullable=False),
        sa.Column("owner_name", sa.Text, nullable=False),
        sa.Column("owner_username", sa.Text),
        sa.Column("account_id", sa.String(40)),
        sa.Column("multiple", sa.Boolean, nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )


def _attempts() -> None:
    op.create_table(
        "link_attempts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger, sa.ForeignKey("connect_sessions.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("state_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("browser_digest", sa.String(64), nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("verifier", sa.LargeBinary, nullable=False),
        sa.Column("access", sa.LargeBinary),
        sa.Column("refresh", sa.LargeBinary),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("companies", sa.Text, nullable=False),
        sa.Column("obtained_at", sa.BigInteger),
        sa.Column("token_expires_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("done_at", sa.BigInteger),
    )
    op.create_index("ix_link_attempts_session_id", "link_attempts", ["session_id"])
    op.create_index("ix_link_attempts_browser_digest", "link_attempts", ["browser_digest"])


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("account_id", sa.String(40)),
        sa.Column("profile_id", sa.String(36)),
        sa.Column("connector", sa.String(64), nullable=False),
        sa.Column("action", sa.String(128), nullable=False),
        sa.Column("verb", sa.String(20), nullable=False),
        sa.Column("door", sa.String(20), nullable=False),
        sa.Column("key_id", sa.String(40)),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("duration_ms", sa.Float, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
        sa.Column("row_count", sa.BigInteger),
    )
    op.create_index("ix_runs_project", "runs", ["project_id", "id"])
    op.create_index("ix_runs_account", "runs", ["project_id", "account_id", "id"])
    op.create_index("ix_runs_started", "runs", ["started_at"])
    op.create_table(
        "run_steps",
        sa.Column("run_id", sa.String(40), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("duration_ms", sa.Float, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("request_id", sa.Text),
        sa.Column("error", sa.Text),
    )


def _writes() -> None:
    op.create_table(
        "writes",
        sa.Column("run_id", sa.String(40), primary_key=True),
        sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("action", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("record_id", sa.Text),
    )
    op.create_index("ix_writes_state", "writes", ["state", "started_at"])
    op.create_index("ix_writes_account", "writes", ["project_id", "account_id", "digest"])


def _machinery() -> None:
    op.create_table(
        "data_keys",
        sa.Column("scope", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("master_key_id", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(120), primary_key=True),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    changes = op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(changes, [{"id": 1, "generation": 1}])
