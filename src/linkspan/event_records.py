"""The frozen records of what is told to the outside: events, the webhooks that want them, and each delivery."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


class EventType(enum.StrEnum):
    """What can be told to a project's webhooks."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_DELETED = "account.deleted"
    ACCOUNT_NEEDS_REAUTH = "account.needs_reauth"
    WEBHOOK_TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an account, stored in the transaction that made it happen. `account`: as it was just then.

    None of an account (a webhook's test event): `account_id` is empty and so is `account`.
    """

    id: str
    project_id: str
    account_id: str
    type: EventType
    at: datetime
    account: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of the integrator that is told of events, and how it has answered. `events` empty: all of them.

    `failures` counts those since the last success; `previous_until`: how long the secret before the last rotation still signs.
    """

    id: str
    project_id: str
    url: str
    events: frozenset[EventType]
    enabled: bool
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    failures: int = 0
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_error: str | None = None
    previous_until: datetime | None = None


class DeliveryState(enum.StrEnum):
    """Where the delivery of one event to one webhook stands; `dead`: given up, until it is replayed."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one try of a delivery went. `error` None: a success. `next_at` None for a failure: it was given up, or is of the past.

    `excerpt`: how the answer to a failed try began, as the receiver wrote it.
    """

    at: datetime
    status: int | None
    error: str | None
    next_at: datetime | None = None
    excerpt: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook. `position` orders deliveries; those of one account arrive in that order."""

    position: int
    webhook_id: str
    event: Event
    state: DeliveryState
    attempts: int
    next_at: datetime
    last_attempt_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None
    delivered_at: datetime | None = None
