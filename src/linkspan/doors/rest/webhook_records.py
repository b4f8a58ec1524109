"""What the webhook endpoints are asked and answer."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from linkspan.doors.rest.answers import Answer
from linkspan.doors.rest.asks import Ask
from linkspan.event_records import Delivery, DeliveryState, Event, EventType
from linkspan.usecases.keep_webhooks import WebhookView


class WebhookAsk(Ask):
    """A new webhook."""

    url: str = Field(description="Your receiver's public https address.", examples=["https://app.example.com/hooks"])
    events: list[EventType] = Field(default=[], description="Empty: every event.")
    description: str | None = Field(default=None, max_length=200)
    enabled: bool = True


class WebhookChangeAsk(Ask):
    """Changes of a webhook; what is left out stays."""

    url: str = ""
    events: list[EventType] = Field(default=[])
    description: str | None = Field(default=None, max_length=200)
    enabled: bool = True


class ReplayAsk(Ask):
    """Which deliveries to repeat."""

    since: AwareDatetime | None = Field(
        default=None, description="Everything that happened since, delivered or not. Null: what was not delivered."
    )


class HealthAnswer(Answer):
    """How the receiver answers."""

    state: str = Field(description="`ok`, `failing`, `untried` (nothing was delivered yet) or `off`.")
    failures: int = Field(description="Failed tries since the last success.")
    failing_since: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_error: str | None
    pending: int = Field(description="Deliveries that wait.")
    dead: int = Field(description="Deliveries that were given up; replay them.")


class WebhookAnswer(Answer):
    """An address that is told of events. The secret is never answered again."""

    id: str
    url: str
    events: list[EventType] = Field(description="Empty: every event.")
    description: str | None
    enabled: bool
    health: HealthAnswer
    previous_secret_until: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: WebhookView) -> "WebhookAnswer":
        """The webhook as it may be seen."""
        return cls(**_webhook(view))


class NewWebhookAnswer(WebhookAnswer):
    """A webhook with its signing secret."""

    secret: Annotated[str, Field(description="Shown once: `whsec_…`, as Standard Webhooks libraries take it.")]

    @classmethod
    def made(cls, view: WebhookView, secret: str) -> "NewWebhookAnswer":
        """The webhook with its secret."""
        return cls(**_webhook(view), secret=secret)


class EventAnswer(Answer):
    """An event."""

    id: str
    type: EventType
    at: datetime

    @classmethod
    def of(cls, event: Event) -> "EventAnswer":
        """The event."""
        return cls(id=event.id, type=event.type, at=event.at)


class DeliveryAnswer(Answer):
    """One event on its way to one webhook."""

    event: EventAnswer
    account_id: str | None
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None = Field(description="Null: none is planned.")
    last_attempt_at: datetime | None
    last_status: int | None = Field(description="HTTP status of the last try; null: no answer arrived.")
    last_error: str | None
    delivered_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryAnswer":
        """The delivery."""
        return cls(
            event=EventAnswer.of(delivery.event),
            account_id=delivery.event.account_id or None,
            state=delivery.state,
            attempts=delivery.attempts,
            next_attempt_at=delivery.next_at if delivery.state is DeliveryState.PENDING else None,
            last_attempt_at=delivery.last_attempt_at,
            last_status=delivery.last_status,
            last_error=delivery.last_error,
            delivered_at=delivery.delivered_at,
        )


class ReplayAnswer(Answer):
    """How many deliveries are due again."""

    replayed: int


def _webhook(view: WebhookView) -> dict[str, object]:
    webhook = view.webhook
    health = HealthAnswer(
        state=view.health,
        failures=webhook.failures,
        failing_since=webhook.failing_since,
        last_success_at=webhook.last_success_at,
        last_failure_at=webhook.last_failure_at,
        last_error=webhook.last_error if webhook.failures else None,
        pending=view.pending,
        dead=view.dead,
    )
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": sorted(webhook.events),
        "description": webhook.description,
        "enabled": webhook.enabled,
        "health": health,
        "previous_secret_until": webhook.previous_until,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
    }
