"""Webhooks: the endpoints with their health, made, changed, tried, switched, given a new secret, deleted."""

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.undo import Done, switched
from linkspan.doors.console.visit import Form, Visit
from linkspan.errors import InvalidInputError, LinkspanError, Mistake
from linkspan.event_records import EventType
from linkspan.storage.delivery_store import DeliveryFilter
from linkspan.usecases.keep_webhooks import (
    NewWebhook,
    WebhookView,
    change_webhook,
    create_webhook,
    delete_webhook,
    list_webhooks,
    read_webhook,
    rotate_webhook_secret,
    try_webhook,
)
from linkspan.usecases.read_deliveries import list_deliveries, replay_deliveries

# What can be chosen, in words; an endpoint's test event reaches it whatever it has chosen.
EVENTS = {
    EventType.ACCOUNT_CREATED: "An account was linked",
    EventType.ACCOUNT_UPDATED: "An account changed: suspended, archived, working again …",
    EventType.ACCOUNT_DELETED: "An account was deleted",
    EventType.ACCOUNT_NEEDS_REAUTH: "An account must be linked again",
}
# An endpoint's health: its tone, and its words.
HEALTH = {
    "ok": ("good", "Delivering"),
    "failing": ("bad", "Failing"),
    "untried": ("soft", "Nothing sent yet"),
    "off": ("warn", "Off"),
}
_LAST = 10
_MOST_TEXT = 200


class Webhooks:
    """Endpoints of the webhook pages."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def list(self, visit: Visit) -> Response:
        """Every endpoint of the project."""
        return await self._list(visit)

    async def create(self, visit: Visit) -> Response:
        """Make an endpoint; its signing secret is on this page and nowhere again."""
        try:
            url, events, description = _asked(visit.form)
            new = NewWebhook(url, events, description)
            webhook, secret = await create_webhook(visit.hall, visit.caller, new)
        except InvalidInputError as error:
            return await self._list(visit, error)
        return self._secret(visit, WebhookView(webhook), secret.reveal())

    async def show(self, visit: Visit) -> Response:
        """One endpoint."""
        return await self._one(visit)

    async def change(self, visit: Visit) -> Response:
        """Change the address, the events or the description."""
        webhook = (await read_webhook(visit.hall, visit.caller, visit.path["webhook"])).webhook
        try:
            url, events, description = _asked(visit.form)
            await change_webhook(
                visit.hall, visit.caller, webhook.id, {"url": url, "events": events, "description": description}
            )
        except InvalidInputError as error:
            return await self._one(visit, error)
        return see_other(visit.to(f"webhooks/{webhook.id}?done=changed"))

    async def switch(self, visit: Visit) -> Response:
        """Switch an endpoint off or on: what waits goes out then, what happens meanwhile is not told."""
        enabled = visit.form.get("enabled") == "yes"
        webhook = await change_webhook(visit.hall, visit.caller, visit.path["webhook"], {"enabled": enabled})
        return see_other(visit.to(f"webhooks/{webhook.id}?done=switched"))

    async def try_out(self, visit: Visit) -> Response:
        """Send a test event, and show how it goes."""
        webhook_id = visit.path["webhook"]
        event = await try_webhook(visit.hall, visit.caller, webhook_id)
        return see_other(visit.to(f"webhooks/{webhook_id}/deliveries/{event.id}?done=tried"))

    async def rotate(self, visit: Visit) -> Response:
        """A new signing secret, shown on this page and nowhere again."""
        webhook, secret = await rotate_webhook_secret(visit.hall, visit.caller, visit.path["webhook"])
        return self._secret(visit, WebhookView(webhook), secret.reveal())

    async def replay(self, visit: Visit) -> Response:
        """Send again whatever was given up or waits."""
        webhook_id = visit.path["webhook"]
        await replay_deliveries(visit.hall, visit.caller, webhook_id)
        return see_other(visit.to(f"webhooks/{webhook_id}?done=replayed"))

    async def delete(self, visit: Visit) -> Response:
        """Delete an endpoint and what waits for it."""
        await delete_webhook(visit.hall, visit.caller, visit.path["webhook"])
        return see_other(visit.to("webhooks?done=deleted"))

    def _secret(self, visit: Visit, view: WebhookView, secret: str) -> Response:
        return self._pages.page(
            visit, "webhook_made.html", "The signing secret", "webhooks", webhook=view.webhook, text=secret
        )

    async def _list(self, visit: Visit, error: LinkspanError | None = None) -> Response:
        done = Done("The endpoint is deleted.") if visit.query.get("done") == "deleted" else None
        return self._pages.page(
            visit, "webhooks.html", "Webhooks", "webhooks", status=error.http_status if error else 200,
            views=await list_webhooks(visit.hall, visit.caller), health=HEALTH, events=EVENTS, error=error, done=done,
            given=_given(visit.form),
        )  # fmt: skip

    async def _one(self, visit: Visit, error: LinkspanError | None = None) -> Response:
        view = await read_webhook(visit.hall, visit.caller, visit.path["webhook"])
        last = await list_deliveries(visit.hall, visit.caller, DeliveryFilter(view.webhook.id, limit=_LAST))
        kept = {
            "url": view.webhook.url,
            "description": view.webhook.description or "",
            "events": set(view.webhook.events),
        }
        return self._pages.page(
            visit, "webhook.html", view.webhook.description or view.webhook.url, "webhooks",
            status=error.http_status if error else 200, view=view, webhook=view.webhook, health=HEALTH, events=EVENTS,
            deliveries=last, error=error, done=_done(visit, view), given=_given(visit.form) if error else kept,
        )  # fmt: skip


def _done(visit: Visit, view: WebhookView) -> Done | None:
    page = f"webhooks/{view.webhook.id}/switch"
    said = {
        "changed": Done("The endpoint is changed."),
        "switched": switched("The endpoint", page, enabled=view.webhook.enabled),
        "replayed": Done("What was not delivered is on its way again, in order."),
    }
    return said.get(visit.query.get("done", ""))


def _asked(form: Form) -> tuple[str, frozenset[EventType], str | None]:
    """The address, the events (empty: all of them, those that are yet to come too) and the description that a form asks for."""
    description = form.get("description")
    if len(description) > _MOST_TEXT or not description.isprintable():
        raise InvalidInputError(mistakes=[Mistake("description", f"is a line of at most {_MOST_TEXT} characters")])
    chosen = frozenset(event for event in EVENTS if event.value in form.all("events"))
    if form.get("which") == "some" and not chosen:
        raise InvalidInputError(mistakes=[Mistake("events", "choose at least one, or every event")])
    return form.get("url"), chosen if form.get("which") == "some" else frozenset(), description or None


def _given(form: Form) -> dict[str, object]:
    """The form as it was filled in, for showing it again."""
    chosen = {event for event in EVENTS if event.value in form.all("events")}
    some = form.get("which") == "some"
    return {"url": form.get("url"), "description": form.get("description"), "events": chosen if some else set()}
