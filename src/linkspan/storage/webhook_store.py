"""Webhooks: where a project wants its events told, the sealed secrets that sign, and how the receiver has answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, Update, delete, func, insert, select, update

from linkspan.audit_records import AuditNote
from linkspan.event_records import DeliveryState, Event, EventType, Webhook
from linkspan.storage.audit_store import note_audit
from linkspan.storage.database import Database
from linkspan.storage.event_outbox import put_event
from linkspan.storage.event_tables import deliveries, events, webhooks


@dataclass(frozen=True, slots=True)
class SealedSecrets:
    """What signs: the secret, and the one before it while that still counts."""

    current: bytes
    previous: bytes | None = None


class WebhookStore:
    """Reads and writes webhooks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, webhook: Webhook, secret: bytes, note: AuditNote | None = None) -> None:
        """Store a new webhook with its sealed secret."""
        cells = _cells(webhook) | {"id": webhook.id, "project_id": webhook.project_id, "created_at": webhook.created_at}
        async with self._database.begin() as connection:
            await connection.execute(insert(webhooks).values(cells | {"secret": secret, "failures": 0}))
            await note_audit(connection, note)

    async def read(self, project_id: str, webhook_id: str) -> Webhook | None:
        """One webhook of a project."""
        query = select(webhooks).where(webhooks.c.project_id == project_id, webhooks.c.id == webhook_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _webhook(row) if row else None

    async def list(self, project_id: str) -> list[Webhook]:
        """A project's webhooks, oldest first."""
        query = select(webhooks).where(webhooks.c.project_id == project_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(webhooks.c.created_at, webhooks.c.id))
            return [_webhook(row) for row in rows.mappings()]

    async def counts(self, project_id: str) -> dict[tuple[str, DeliveryState], int]:
        """How many deliveries of each webhook wait or were given up."""
        query: Select[*tuple[Any, ...]] = (
            select(deliveries.c.webhook_id, deliveries.c.state, func.count())
            .where(deliveries.c.project_id == project_id, deliveries.c.state != DeliveryState.DELIVERED)
            .group_by(deliveries.c.webhook_id, deliveries.c.state)
        )
        async with self._database.read() as connection:
            return {(row[0], DeliveryState(row[1])): row[2] for row in await connection.execute(query)}

    async def change(self, webhook: Webhook, note: AuditNote | None = None) -> bool:
        """Store address, description, events and whether it is on; False: there is no such webhook in the project."""
        async with self._database.begin() as connection:
            changed = (await connection.execute(_here(webhook).values(_cells(webhook)))).rowcount == 1
            await note_audit(connection, note if changed else None)
            return changed

    async def rotate(
        self, webhook: Webhook, secret: bytes, *, previous_until: datetime, note: AuditNote | None = None
    ) -> bool:
        """Sign with a new secret from now on, and with the old one too until a moment."""
        cells = {
            "secret": secret,
            "previous_secret": webhooks.c.secret,
            "previous_until": previous_until,
            "updated_at": webhook.updated_at,
        }
        async with self._database.begin() as connection:
            changed = (await connection.execute(_here(webhook).values(cells))).rowcount == 1
            await note_audit(connection, note if changed else None)
            return changed

    async def secrets(self, project_id: str, webhook_id: str, now: datetime) -> SealedSecrets | None:
        """The sealed secrets that sign at a moment."""
        query = select(webhooks.c.secret, webhooks.c.previous_secret, webhooks.c.previous_until).where(
            webhooks.c.project_id == project_id, webhooks.c.id == webhook_id
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        previous = row.previous_secret if row.previous_until is not None and row.previous_until > now else None
        return SealedSecrets(bytes(row.secret), None if previous is None else bytes(previous))

    async def remove(self, project_id: str, webhook_id: str, note: AuditNote | None = None) -> bool:
        """Delete a webhook with all its deliveries."""
        here = delete(webhooks).where(webhooks.c.project_id == project_id, webhooks.c.id == webhook_id)
        async with self._database.begin() as connection:
            removed = (await connection.execute(here)).rowcount == 1
            await note_audit(connection, note if removed else None)
            return removed

    async def send_event(self, event: Event, webhook_id: str) -> None:
        """Store an event for one webhook alone."""
        async with self._database.begin() as connection:
            await put_event(connection, event, [webhook_id])

    async def prune(self, before: datetime) -> int:
        """Delete events from before a moment that nobody waits for any more: how many."""
        waited_for = select(deliveries.c.event_id).where(deliveries.c.state == DeliveryState.PENDING)
        old = delete(events).where(events.c.at < before, events.c.id.not_in(waited_for))
        async with self._database.begin() as connection:
            return (await connection.execute(old)).rowcount


def _here(webhook: Webhook) -> Update:
    return update(webhooks).where(webhooks.c.project_id == webhook.project_id, webhooks.c.id == webhook.id)


def _cells(webhook: Webhook) -> dict[str, object]:
    return {
        "url": webhook.url,
        "description": webhook.description,
        "events": sorted(kind.value for kind in webhook.events),
        "enabled": webhook.enabled,
        "updated_at": webhook.updated_at,
    }


def _webhook(row: RowMapping) -> Webhook:
    return Webhook(
        id=row["id"],
        project_id=row["project_id"],
        url=row["url"],
        events=frozenset(EventType(kind) for kind in row["events"]),
        enabled=row["enabled"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        description=row["description"],
        failures=row["failures"],
        failing_since=row["failing_since"],
        last_success_at=row["last_success_at"],
        last_failure_at=row["last_failure_at"],
        last_error=row["last_error"],
        previous_until=row["previous_until"],
    )
