"""The tables as SQLAlchemy Core sees them; what makes them is in `migrations/`, and a test holds the two together."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from linkspan.storage.column_types import JsonText, Moment

metadata = MetaData()


def project_column() -> Column[str]:
    """The column that every table of a project's things has."""
    return Column("project_id", String(64), ForeignKey("projects.id"), nullable=False)


projects = Table(
    "projects",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("organization_id", BigInteger, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("name", Text, nullable=False),
    Column("prefix", String(60), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", JsonText, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),
    Column("per_minute", Integer),
    Index("ix_api_keys_project", "project_id", "created_at"),
)

profiles = Table(
    "profiles",
    metadata,
    Column("id", String(36), primary_key=True),
    project_column(),
    Column("connector", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("auth_method", String(64), nullable=False),
    Column("client_id", Text, nullable=False),
    Column("secret", LargeBinary),
    Column("scopes", JsonText, nullable=False),
    Column("enabled_actions", JsonText),
    Column("provider_url", Text),
    Column("enabled", Boolean, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("audience", String(20), nullable=False, server_default="one_tenant"),
    Column("tenant", Text),
    Column("secret_expires_at", Moment),
    Column("old_secret", LargeBinary),
    Column("old_secret_expires_at", Moment),
    Column("certificate", Text),
    Column("certificate_key", LargeBinary),
    UniqueConstraint("project_id", "connector", "name", name="uq_profiles_name"),
)
Index(
    "uq_profiles_default",
    profiles.c.project_id,
    profiles.c.connector,
    unique=True,
    sqlite_where=text("is_default"),
    postgresql_where=text("is_default"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("profile_id", String(36), ForeignKey("profiles.id"), nullable=False, index=True),
    Column("connector", String(64), nullable=False),
    Column("owner_id", Text, nullable=False),
    Column("owner_name", Text, nullable=False),
    Column("owner_username", Text),
    Column("state", String(20), nullable=False),
    Column("resume_state", String(20)),
    Column("reasons", JsonText, nullable=False),
    Column("fields", JsonText, nullable=False),
    Column("label", Text),
    Column("kind", String(20), nullable=False),
    Column("metadata", JsonText, nullable=False),
    Column("last_success_at", Moment),
    Column("read_only", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_accounts_project", "project_id", "created_at"),
    Index("ix_accounts_owner", "project_id", "connector", "owner_id"),
)

grants = Table(
    "grants",
    metadata,
    Column("account_id", String(40), ForeignKey("accounts.id"), primary_key=True),
    project_column(),
    Column("version", Integer, nullable=False),
    Column("access", LargeBinary, nullable=False),
    Column("refresh", LargeBinary),
    Column("scope", Text, nullable=False),
    Column("obtained_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("failure_code", String(64)),
    Column("failure_text", Text),
    Column("failed_at", Moment),
    Column("refused", Boolean, nullable=False),
)

connect_sessions = Table(
    "connect_sessions",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    project_column(),
    Column("profile_id", String(36), ForeignKey("profiles.id", ondelete="CASCADE"), nullable=False),
    Column("connector", String(64), nullable=False),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("owner_id", Text, nullable=False),
    Column("owner_name", Text, nullable=False),
    Column("owner_username", Text),
    Column("account_id", String(40)),
    Column("multiple", Boolean, nullable=False),
    Column("label", Text),
    Column("kind", String(20), nullable=False),
    Column("metadata", JsonText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("return_url", Text),
    Column("read_only", Boolean, nullable=False, server_default=false()),
)

link_attempts = Table(
    "link_attempts",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("session_id", BigInteger, ForeignKey("connect_sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", String(40), nullable=False),
    Column("state_digest", String(64), nullable=False, unique=True),
    Column("browser_digest", String(64), nullable=False, index=True),
    Column("fields", JsonText, nullable=False),
    Column("verifier", LargeBinary, nullable=False),
    Column("access", LargeBinary),
    Column("refresh", LargeBinary),
    Column("scope", Text, nullable=False),
    Column("companies", JsonText, nullable=False),
    Column("obtained_at", Moment),
    Column("token_expires_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("done_at", Moment),
    Column("cancelled_at", Moment),
)

# Runs and writes outlive the account and profile that they name: no foreign keys to those.
runs = Table(
    "runs",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("account_id", String(40)),
    Column("profile_id", String(36)),
    Column("connector", String(64), nullable=False),
    Column("action", String(128), nullable=False),
    Column("verb", String(20), nullable=False),
    Column("door", String(20), nullable=False),
    Column("key_id", String(40)),
    Column("started_at", Moment, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("status", Integer, nullable=False),
    Column("error_code", String(64)),
    Column("error_message", Text),
    Column("row_count", BigInteger),
    Index("ix_runs_project", "project_id", "id"),
    Index("ix_runs_account", "project_id", "account_id", "id"),
    Index("ix_runs_started", "started_at"),
)

run_steps = Table(
    "run_steps",
    metadata,
    Column("run_id", String(40), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    project_column(),
    Column("method", String(10), nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer),
    Column("duration_ms", Float, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("request_id", Text),
    Column("error", Text),
)

writes = Table(
    "writes",
    metadata,
    Column("run_id", String(40), primary_key=True),
    project_column(),
    Column("account_id", String(40), nullable=False),
    Column("action", String(128), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("record_id", Text),
    # The duplicate guard: `guard` is the digest for as long as an equal write of the same key (without one: "") is refused.
    Column("key_id", String(40), nullable=False, server_default=""),
    Column("guard", String(64)),
    Column("guarded_until", Moment),
    Index(
        "ix_writes_guard",
        "project_id",
        "account_id",
        "key_id",
        "guard",
        unique=True,
        sqlite_where=text("guard IS NOT NULL"),
        postgresql_where=text("guard IS NOT NULL"),
    ),
    # The caller's own key for one write, kept for 30 days with the answer that a repetition gets, sealed by the vault.
    Column("idempotency_key", String(255)),
    Column("sealed_answer", LargeBinary),
    # What is known of a write while its outcome is not: for reading back, also by another process after a crash (engine/readback.py).
    Column("sealed_intent", LargeBinary),
    Column("process", String(40)),
    Column("provider_time", Moment),
    Column("began_at", Moment),
    Column("accepted", Boolean, nullable=False, server_default=false()),
    Column("settles_from", Moment),
    Index("ix_writes_idempotency", "project_id", "account_id", "action", "idempotency_key", unique=True),
    Index("ix_writes_state", "state", "started_at"),
    Index("ix_writes_account", "project_id", "account_id", "digest"),
)

data_keys = Table(
    "data_keys",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("master_key_id", String(32), nullable=False),
    Column("created_at", Moment, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("owner", String(40), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
)
