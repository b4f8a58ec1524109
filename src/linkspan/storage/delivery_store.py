"""Deliveries: which event waits for which webhook, whose turn it is, and how the tries went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.event_records import Attempt, Delivery, DeliveryState, Event, EventType
from linkspan.storage.column_types import Moment
from linkspan.storage.database import Database
from linkspan.storage.event_tables import deliveries, delivery_tries, events, webhooks

# So many failures in a row are an outage of the receiver, not one event that it cannot digest.
_OUTAGE = 5
_MOST_TRIES = 200


@dataclass(frozen=True, slots=True)
class Due:
    """A webhook that something is due for: at most one try at a time while it fails (`failures`)."""

    project_id: str
    webhook_id: str
    url: str
    failures: int


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries a list shall hold, newest first; of every webhook where none is named. `before`: a position to go on behind."""

    webhook_id: str | None = None
    states: tuple[DeliveryState, ...] = ()
    account_id: str | None = None
    before: int | None = None
    limit: int = 100
    event_id: str | None = None


class DeliveryStore:
    """Reads and writes deliveries. Several processes may claim at once: each delivery is one's at a time, for a lease."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime) -> list[Due]:
        """The webhooks, of all projects, for which something is due."""
        query = (
            select(webhooks.c.project_id, webhooks.c.id, webhooks.c.url, webhooks.c.failures)
            .where(
                webhooks.c.enabled.is_(True),
                exists().where(
                    deliveries.c.webhook_id == webhooks.c.id,
                    deliveries.c.state == DeliveryState.PENDING,
                    deliveries.c.next_at <= now,
                    _free(now),
                ),
            )
            .order_by(webhooks.c.id)
        )
        async with self._database.read() as connection:
            return [Due(row.project_id, row.id, row.url, row.failures) for row in await connection.execute(query)]

    async def claim(self, due: Due, owner: str, *, now: datetime, until: datetime, limit: int) -> list[Delivery]:
        """Take up to `limit` deliveries of a webhook that are first in their account's line, for a lease."""
        ahead = deliveries.alias("ahead")
        first = ~exists().where(
            ahead.c.webhook_id == deliveries.c.webhook_id,
            ahead.c.account_id == deliveries.c.account_id,
            ahead.c.state == DeliveryState.PENDING,
            ahead.c.position < deliveries.c.position,
        )
        mine = and_(deliveries.c.project_id == due.project_id, deliveries.c.webhook_id == due.webhook_id)
        query = (
            select(deliveries.c.position)
            .where(mine, deliveries.c.state == DeliveryState.PENDING, deliveries.c.next_at <= now, _free(now), first)
            .order_by(deliveries.c.next_at, deliveries.c.position)
            .limit(limit)
            .with_for_update(skip_locked=True, of=deliveries)
        )
        async with self._database.begin() as connection:
            positions = list((await connection.execute(query)).scalars())
            if not positions:
                return []
            taken = update(deliveries).where(mine, deliveries.c.position.in_(positions))
            await connection.execute(taken.values(lease_owner=owner, lease_until=until))
            rows = await connection.execute(_whole().where(mine, deliveries.c.position.in_(positions)))
            return [_delivery(row) for row in rows.mappings()]

    async def finish(self, delivery: Delivery, owner: str, attempt: Attempt) -> bool:
        """Note how a try went, for the delivery and its webhook; False: the lease was lost, and nothing is noted."""
        cells: dict[str, object] = {
            "attempts": deliveries.c.attempts + 1,
            "last_attempt_at": attempt.at,
            "last_status": attempt.status,
            "last_error": attempt.error,
            "lease_owner": None,
            "lease_until": None,
        }
        if attempt.error is None:
            cells |= {"state": DeliveryState.DELIVERED.value, "delivered_at": attempt.at}
        elif attempt.next_at is None:
            cells |= {"state": DeliveryState.DEAD.value}
        else:
            cells |= {"next_at": attempt.next_at}
        here = update(deliveries).where(
            deliveries.c.project_id == delivery.event.project_id,
            deliveries.c.position == delivery.position,
            deliveries.c.lease_owner == owner,
        )
        async with self._database.begin() as connection:
            # The webhook first, as its deletion locks it first, too.
            failures = await connection.scalar(
                select(webhooks.c.failures).where(_webhook_of(delivery)).with_for_update(key_share=True)
            )
            if (await connection.execute(here.values(cells))).rowcount != 1:
                return False
            await _note_try(connection, delivery, attempt)
            await _note_health(connection, delivery, attempt)
            if attempt.error is None and (failures or 0) >= _OUTAGE:
                await _bring_forward(connection, delivery, attempt.at)
        return True

    async def list(self, project_id: str, wanted: DeliveryFilter) -> list[Delivery]:
        """Deliveries of a project, newest first."""
        query = _whole().where(deliveries.c.project_id == project_id)
        if wanted.webhook_id is not None:
            query = query.where(deliveries.c.webhook_id == wanted.webhook_id)
        if wanted.event_id is not None:
            query = query.where(deliveries.c.event_id == wanted.event_id)
        if wanted.states:
            query = query.where(deliveries.c.state.in_(wanted.states))
        if wanted.account_id is not None:
            query = query.where(deliveries.c.account_id == wanted.account_id)
        if wanted.before is not None:
            query = query.where(deliveries.c.position < wanted.before)
        query = query.order_by(deliveries.c.position.desc()).limit(wanted.limit)
        async with self._database.read() as connection:
            return [_delivery(row) for row in (await connection.execute(query)).mappings()]

    async def attempts(self, project_id: str, position: int) -> Sequence[Attempt]:
        """The tries of one delivery, newest first."""
        query = select(delivery_tries).where(
            delivery_tries.c.project_id == project_id, delivery_tries.c.position == position
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(delivery_tries.c.id.desc()).limit(_MOST_TRIES))
            return [Attempt(row.at, row.status, row.error, excerpt=row.excerpt) for row in rows]

    async def replay(
        self, project_id: str, webhook_id: str, *, now: datetime, event_id: str | None = None, since: datetime | None = None
    ) -> int:  # fmt: skip
        """Make deliveries due again: one event's whatever its state, or all that were given up (and wait), or all since a moment."""
        here = update(deliveries).where(deliveries.c.project_id == project_id, deliveries.c.webhook_id == webhook_id)
        if event_id is not None:
            here = here.where(deliveries.c.event_id == event_id)
        elif since is not None:
            happened = select(events.c.id).where(events.c.project_id == project_id, events.c.at >= since)
            here = here.where(deliveries.c.event_id.in_(happened))
        else:
            here = here.where(deliveries.c.state != DeliveryState.DELIVERED)
        cells = {"state": DeliveryState.PENDING.value, "attempts": 0, "next_at": now, "delivered_at": None}
        async with self._database.begin() as connection:
            return (await connection.execute(here.values(cells))).rowcount


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now)


def _webhook_of(delivery: Delivery) -> ColumnElement[bool]:
    return and_(webhooks.c.project_id == delivery.event.project_id, webhooks.c.id == delivery.webhook_id)


async def _note_try(connection: AsyncConnection, delivery: Delivery, attempt: Attempt) -> None:
    cells = {"at": attempt.at, "status": attempt.status, "error": attempt.error, "excerpt": attempt.excerpt}
    here = {"project_id": delivery.event.project_id, "position": delivery.position}
    await connection.execute(insert(delivery_tries).values(here | cells))


async def _note_health(connection: AsyncConnection, delivery: Delivery, attempt: Attempt) -> None:
    here = update(webhooks).where(_webhook_of(delivery))
    if attempt.error is None:
        values = here.values(failures=0, failing_since=None, last_success_at=attempt.at)
    else:
        values = here.values(
            failures=webhooks.c.failures + 1,
            failing_since=func.coalesce(webhooks.c.failing_since, literal(attempt.at, Moment())),
            last_failure_at=attempt.at,
            last_error=attempt.error,
        )
    await connection.execute(values)


async def _bring_forward(connection: AsyncConnection, delivery: Delivery, now: datetime) -> None:
    """A receiver that was away is back: what waits for its next try need not wait longer."""
    waiting = update(deliveries).where(
        deliveries.c.project_id == delivery.event.project_id,
        deliveries.c.webhook_id == delivery.webhook_id,
        deliveries.c.state == DeliveryState.PENDING,
        deliveries.c.next_at > now,
    )
    await connection.execute(waiting.values(next_at=now))


def _whole() -> Select[*tuple[Any, ...]]:
    return select(
        deliveries,
        events.c.type.label("event_type"),
        events.c.at.label("event_at"),
        events.c.account.label("event_account"),
    ).join(events, events.c.id == deliveries.c.event_id)


def _delivery(row: RowMapping) -> Delivery:
    event = Event(
        id=row["event_id"],
        project_id=row["project_id"],
        account_id=row["account_id"],
        type=EventType(row["event_type"]),
        at=row["event_at"],
        account=row["event_account"],
    )
    return Delivery(
        position=row["position"],
        webhook_id=row["webhook_id"],
        event=event,
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        next_at=row["next_at"],
        last_attempt_at=row["last_attempt_at"],
        last_status=row["last_status"],
        last_error=row["last_error"],
        delivered_at=row["delivered_at"],
    )
