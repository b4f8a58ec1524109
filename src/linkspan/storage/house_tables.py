"""The tables of keeping house: the audit log, bodies of runs, and whose the log of accounts was that are gone."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from linkspan.storage.column_types import JsonText, Moment
from linkspan.storage.tables import metadata, project_column

# Append-only: triggers of migration 0007 refuse to change or delete a row.
audit_log = Table(
    "audit_log",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    project_column(),
    Column("at", Moment, nullable=False),
    Column("source", String(20), nullable=False),
    Column("key_id", String(40)),
    Column("event", String(40), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("fields", JsonText, nullable=False),
    Index("ix_audit_log_project", "project_id", "position"),
)

# Runs name their account only. `owner_id` NULL: the owner's data was erased, and what comes late is swept away.
gone_accounts = Table(
    "gone_accounts",
    metadata,
    Column("account_id", String(40), primary_key=True),
    project_column(),
    Column("owner_id", Text),
    Column("gone_at", Moment, nullable=False),
    Index("ix_gone_accounts_owner", "project_id", "owner_id"),
)

# No foreign key to the run: its row may be written later, in another group.
run_bodies = Table(
    "run_bodies",
    metadata,
    Column("run_id", String(40), primary_key=True),
    project_column(),
    Column("account_id", String(40)),
    Column("kept_at", Moment, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_run_bodies_kept", "kept_at"),
    Index("ix_run_bodies_account", "project_id", "account_id"),
)

# What happened to an account's access; written with the change itself, see grant_log.py.
grant_log = Table(
    "grant_log",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    project_column(),
    Column("account_id", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("code", String(64)),
    Column("expires_at", Moment),
    Index("ix_grant_log_account", "project_id", "account_id", "at"),
    Index("ix_grant_log_at", "at"),
)

tool_feedback = Table(
    "tool_feedback",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("account_id", String(40), nullable=False),
    Column("key_id", String(40)),
    Column("at", Moment, nullable=False),
    Column("tools", JsonText, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_tool_feedback_project", "project_id", "at"),
)
