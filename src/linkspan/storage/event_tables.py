"""The tables of events, webhooks and deliveries; see tables.py for all the others."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from linkspan.storage.column_types import JsonText, Moment
from linkspan.storage.tables import metadata, project_column

events = Table(
    "events",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("account_id", String(40), nullable=False),
    Column("type", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("account", JsonText, nullable=False),
    Index("ix_events_project", "project_id", "at"),
    Index("ix_events_at", "at"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(40), primary_key=True),
    project_column(),
    Column("url", Text, nullable=False),
    Column("description", Text),
    Column("events", JsonText, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("previous_secret", LargeBinary),
    Column("previous_until", Moment),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("last_success_at", Moment),
    Column("last_failure_at", Moment),
    Column("last_error", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_webhooks_project", "project_id", "created_at"),
)

# `position` is given out while the account's row is locked, so that within one account it is the order of what happened.
deliveries = Table(
    "deliveries",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    project_column(),
    Column("event_id", String(40), ForeignKey("events.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("webhook_id", String(40), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("account_id", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("lease_owner", String(40)),
    Column("lease_until", Moment),
    Column("last_attempt_at", Moment),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("delivered_at", Moment),
    UniqueConstraint("event_id", "webhook_id", name="uq_deliveries_event"),
    Index("ix_deliveries_due", "state", "next_at"),
    Index("ix_deliveries_line", "webhook_id", "state", "account_id", "position"),
)

delivery_tries = Table(
    "delivery_tries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    project_column(),
    Column("position", BigInteger, ForeignKey("deliveries.position", ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("excerpt", Text),
    Index("ix_delivery_tries_position", "position", "id"),
)
