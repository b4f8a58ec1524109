"""Deliveries to webhooks: which there are, one with all its tries, and sending it again."""

import json

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.undo import Done
from linkspan.doors.console.visit import Visit
from linkspan.event_records import Delivery, DeliveryState
from linkspan.storage.delivery_store import DeliveryFilter
from linkspan.usecases.keep_webhooks import list_webhooks, read_webhook
from linkspan.usecases.read_deliveries import list_deliveries, read_delivery, replay_event
from linkspan.usecases.sign_event import event_body

_PAGE = 50
_MOST_DIGITS = 18
_SAID = {
    "replayed": "It is sent again now. Its event keeps its id, so that a receiver knows it again.",
    "tried": "A test event is on its way. Load this page again in a moment to see the answer.",
}


class Deliveries:
    """Endpoints of the delivery pages."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def list(self, visit: Visit) -> Response:
        """What was sent to the project's endpoints, and what waits, newest first."""
        webhook, state, before = (visit.query.get(name, "") for name in ("webhook", "state", "before"))
        states = tuple(one for one in DeliveryState if one.value == state)
        position = int(before) if before.isascii() and before.isdigit() and len(before) <= _MOST_DIGITS else None
        wanted = DeliveryFilter(webhook or None, states, before=position, limit=_PAGE)
        found = await list_deliveries(visit.hall, visit.caller, wanted)
        views = await list_webhooks(visit.hall, visit.caller)
        return self._pages.page(
            visit, "deliveries.html", "Deliveries", "webhooks", deliveries=found, views=views,
            urls={view.webhook.id: view.webhook.url for view in views},
            wanted={"webhook": webhook, "state": state, "any": bool(webhook or state or before)},
            older=found[-1].position if len(found) == _PAGE else None,
        )  # fmt: skip

    async def show(self, visit: Visit) -> Response:
        """One delivery with its tries."""
        path = visit.path
        webhook = (await read_webhook(visit.hall, visit.caller, path["webhook"])).webhook
        delivery, attempts = await read_delivery(visit.hall, visit.caller, webhook.id, path["event"])
        said = _SAID.get(visit.query.get("done", ""))
        return self._pages.page(
            visit, "delivery.html", delivery.event.type.value, "webhooks", webhook=webhook, delivery=delivery,
            attempts=attempts, body=_body(delivery), done=Done(said) if said else None,
        )  # fmt: skip

    async def replay(self, visit: Visit) -> Response:
        """Send one event again, whatever became of it."""
        webhook_id, event_id = visit.path["webhook"], visit.path["event"]
        await replay_event(visit.hall, visit.caller, webhook_id, event_id)
        return see_other(visit.to(f"webhooks/{webhook_id}/deliveries/{event_id}?done=replayed"))


def _body(delivery: Delivery) -> str:
    """What the receiver is sent, less the moment of sending, which each try sets anew."""
    sent = event_body(delivery.event, delivery.last_attempt_at or delivery.event.at)
    return json.dumps(json.loads(sent), indent=2, ensure_ascii=False)
