"""Endpoints: webhooks, and what was delivered to them."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import Page
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.doors.rest.webhook_records import (
    DeliveryAnswer,
    EventAnswer,
    NewWebhookAnswer,
    ReplayAnswer,
    ReplayAsk,
    WebhookAnswer,
    WebhookAsk,
    WebhookChangeAsk,
)
from linkspan.errors import CursorInvalidError
from linkspan.event_records import DeliveryState
from linkspan.storage.delivery_store import DeliveryFilter
from linkspan.usecases.keep_webhooks import (
    NewWebhook,
    WebhookChange,
    WebhookView,
    change_webhook,
    create_webhook,
    delete_webhook,
    list_webhooks,
    read_webhook,
    rotate_webhook_secret,
    try_webhook,
)
from linkspan.usecases.read_deliveries import list_deliveries, replay_deliveries, replay_event

router = APIRouter(route_class=BoundedRoute, tags=["Webhooks"])


@router.get("/webhooks", summary="List webhooks")
async def list_all(hall: HallOf, caller: CallerOf) -> Page[WebhookAnswer]:
    """Every webhook with its health. Needs the key scope `platform:read`."""
    return Page(data=[WebhookAnswer.of(view) for view in await list_webhooks(hall, caller)])


@router.post("/webhooks", status_code=status.HTTP_201_CREATED, summary="Create a webhook")
async def create(ask: WebhookAsk, hall: HallOf, caller: CallerOf) -> NewWebhookAnswer:
    """Tell an address of yours what happens to accounts. The signing secret is answered this once. Needs `platform:write`."""
    new = NewWebhook(url=ask.url, events=frozenset(ask.events), description=ask.description, enabled=ask.enabled)
    webhook, secret = await create_webhook(hall, caller, new)
    return NewWebhookAnswer.made(WebhookView(webhook), secret.reveal())


@router.get("/webhooks/{webhook_id}", summary="Get a webhook")
async def get(webhook_id: str, hall: HallOf, caller: CallerOf) -> WebhookAnswer:
    """One webhook with its health. Needs `platform:read`."""
    return WebhookAnswer.of(await read_webhook(hall, caller, webhook_id))


@router.patch("/webhooks/{webhook_id}", summary="Change a webhook")
async def change(webhook_id: str, ask: WebhookChangeAsk, hall: HallOf, caller: CallerOf) -> WebhookAnswer:
    """Change address, events, description, or switch it off and on; what waits goes to the new address. Needs `platform:write`."""
    changes, given = WebhookChange(), ask.model_fields_set
    if "url" in given:
        changes["url"] = ask.url
    if "events" in given:
        changes["events"] = frozenset(ask.events)
    if "description" in given:
        changes["description"] = ask.description
    if "enabled" in given:
        changes["enabled"] = ask.enabled
    await change_webhook(hall, caller, webhook_id, changes)
    return WebhookAnswer.of(await read_webhook(hall, caller, webhook_id))


@router.delete("/webhooks/{webhook_id}", summary="Delete a webhook")
async def delete(webhook_id: str, hall: HallOf, caller: CallerOf) -> WebhookAnswer:
    """Remove the webhook and everything that waits for it; answers it as it was. Needs `platform:write`."""
    return WebhookAnswer.of(WebhookView(await delete_webhook(hall, caller, webhook_id)))


@router.post("/webhooks/{webhook_id}/rotate_secret", summary="Rotate a webhook's secret")
async def rotate(webhook_id: str, hall: HallOf, caller: CallerOf) -> NewWebhookAnswer:
    """A new signing secret, answered this once. For 24 hours `webhook-signature` carries a signature of the old one, too."""
    webhook, secret = await rotate_webhook_secret(hall, caller, webhook_id)
    return NewWebhookAnswer.made(WebhookView(webhook), secret.reveal())


@router.post("/webhooks/{webhook_id}/test", status_code=status.HTTP_202_ACCEPTED, summary="Try a webhook")
async def test(webhook_id: str, hall: HallOf, caller: CallerOf) -> EventAnswer:
    """Deliver an event of type `webhook.test`; see the deliveries for how it went. Needs `platform:write`."""
    return EventAnswer.of(await try_webhook(hall, caller, webhook_id))


@router.get("/webhooks/{webhook_id}/deliveries", summary="List deliveries")
async def deliveries(  # noqa: PLR0913 - each filter is one query parameter
    webhook_id: str,
    hall: HallOf,
    caller: CallerOf,
    state: Annotated[list[DeliveryState] | None, Query()] = None,
    account_id: str | None = None,
    cursor: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
    page_size: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page[DeliveryAnswer]:
    """What was delivered, what waits for its next try and what was given up (`dead`), newest first. Needs `platform:read`."""
    wanted = DeliveryFilter(webhook_id, tuple(state or ()), account_id, _position(cursor), page_size)
    found = await list_deliveries(hall, caller, wanted)
    more = str(found[-1].position) if len(found) == page_size else None
    return Page(data=[DeliveryAnswer.of(each) for each in found], next=more)


@router.post("/webhooks/{webhook_id}/deliveries/{event_id}/replay", summary="Replay one event")
async def replay_one(webhook_id: str, event_id: str, hall: HallOf, caller: CallerOf) -> ReplayAnswer:
    """Deliver one event once more, whatever became of it; its `webhook-id` stays the same. Needs `platform:write`."""
    await replay_event(hall, caller, webhook_id, event_id)
    return ReplayAnswer(replayed=1)


@router.post("/webhooks/{webhook_id}/replay", summary="Replay deliveries")
async def replay(webhook_id: str, ask: ReplayAsk, hall: HallOf, caller: CallerOf) -> ReplayAnswer:
    """Deliver what was given up or waits, or everything since a moment, now and in order. Needs `platform:write`."""
    return ReplayAnswer(replayed=await replay_deliveries(hall, caller, webhook_id, ask.since))


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:  # noqa: PLR2004  what fits into 64 bits
        raise CursorInvalidError
    return int(cursor)
