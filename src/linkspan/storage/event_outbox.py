"""The outbox: what happened to an account, and to whom it must be told, stored in the very transaction that made it happen."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from linkspan.event_records import DeliveryState, Event, EventType
from linkspan.model import Account, StateReason
from linkspan.storage.event_tables import deliveries, events, webhooks


async def note_event(connection: AsyncConnection, account: Account, kind: EventType, at: datetime) -> None:
    """Store the event, and one delivery for each webhook that wants it, within the caller's transaction.

    Call it after the account's row was written: the lock on that row is what puts the events of one account in order.
    """
    event = Event(new_event_id(), account.project_id, account.id, kind, at, snapshot(account))
    await put_event(connection, event, await _listeners(connection, account.project_id, kind))


async def put_event(connection: AsyncConnection, event: Event, webhook_ids: Iterable[str]) -> None:
    """Store an event and its deliveries to the named webhooks."""
    await connection.execute(
        insert(events).values(
            id=event.id,
            project_id=event.project_id,
            account_id=event.account_id,
            type=event.type.value,
            at=event.at,
            account=dict(event.account),
        )
    )
    rows = [
        {
            "project_id": event.project_id,
            "event_id": event.id,
            "webhook_id": webhook_id,
            "account_id": event.account_id,
            "state": DeliveryState.PENDING.value,
            "attempts": 0,
            "next_at": event.at,
        }
        for webhook_id in webhook_ids
    ]
    if rows:
        await connection.execute(insert(deliveries), rows)


async def _listeners(connection: AsyncConnection, project_id: str, kind: EventType) -> list[str]:
    """The project's webhooks that want events of this kind. A disabled one is told nothing, not even later."""
    query = select(webhooks.c.id, webhooks.c.events).where(
        webhooks.c.project_id == project_id, webhooks.c.enabled.is_(True)
    )
    # Held until the deliveries stand: a webhook that is deleted meanwhile must not fail the change of the account.
    query = query.with_for_update(read=True, key_share=True)
    found = (await connection.execute(query)).all()
    return sorted(row.id for row in found if not row.events or kind.value in row.events)


def new_event_id() -> str:
    """The id of an event: the same however often it is delivered, so that receivers can tell a repetition."""
    return f"evt_{secrets.token_hex(12)}"


def snapshot(account: Account) -> dict[str, object]:
    """What an event tells of an account; no secret is among it."""
    return {
        "connector": account.connector,
        "profile_id": account.profile_id,
        "state": account.state.value,
        "state_reasons": [_reason(reason) for reason in account.reasons],
        "origin_owner_id": account.owner.id,
        "origin_owner_name": account.owner.name,
        "origin_username": account.owner.username,
        "fields": dict(account.fields),
        "label": account.label,
        "type": account.kind,
        "metadata": dict(account.metadata),
    }


def _reason(reason: StateReason) -> Mapping[str, str]:
    return {"code": reason.code, "description": reason.description, "at": reason.at.isoformat()}
