"""Webhooks of a project: made, changed, rotated, tried out and removed."""

import base64
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypedDict
from urllib.parse import urlsplit

from linkspan.errors import InvalidInputError, Mistake, NotFoundError
from linkspan.event_records import DeliveryState, Event, EventType, Webhook
from linkspan.model import Caller, KeyScope, Secret
from linkspan.storage.event_outbox import new_event_id
from linkspan.transport.egress import addresses_of, is_private
from linkspan.transport.pinned_client import host_of
from linkspan.transport.protocol import TransportError
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_webhook_id
from linkspan.usecases.sign_event import SECRET_PREFIX

OVERLAP = timedelta(hours=24)
"""How long the secret before a rotation goes on signing."""

MOST_WEBHOOKS = 20
_LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """What a new webhook shall be. `events` empty: all of them."""

    url: str
    events: frozenset[EventType] = frozenset()
    description: str | None = None
    enabled: bool = True


class WebhookChange(TypedDict, total=False):
    """What to change of a webhook; an absent name stays as it is."""

    url: str
    events: frozenset[EventType]
    description: str | None
    enabled: bool


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A webhook and how many deliveries to it wait or were given up."""

    webhook: Webhook
    pending: int = 0
    dead: int = 0

    @property
    def health(self) -> str:
        """In a word: `off`, `failing`, `ok` or `untried`."""
        if not self.webhook.enabled:
            return "off"
        if self.webhook.failures:
            return "failing"
        return "ok" if self.webhook.last_success_at else "untried"


async def create_webhook(hall: Hall, caller: Caller, new: NewWebhook) -> tuple[Webhook, Secret]:
    """A webhook and its signing secret, shown this once. Raises InvalidInputError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    await _check_url(hall, new.url)
    if len(await hall.webhooks.list(caller.project_id)) >= MOST_WEBHOOKS:
        raise InvalidInputError(f"A project has at most {MOST_WEBHOOKS} webhooks.", next_step="Delete one first.")
    now = hall.clock()
    webhook = Webhook(
        id=new_webhook_id(),
        project_id=caller.project_id,
        url=new.url,
        events=new.events,
        enabled=new.enabled,
        created_at=now,
        updated_at=now,
        description=new.description,
    )
    secret = _new_secret()
    note = note_of(hall, caller, "webhook.created", webhook.id, ("url", "events", "enabled", "secret"))
    await hall.webhooks.add(webhook, await _sealed(hall, webhook, secret), note)
    return webhook, secret


async def list_webhooks(hall: Hall, caller: Caller) -> list[WebhookView]:
    """The webhooks of the caller's project, oldest first, with their health."""
    require(caller, KeyScope.PLATFORM_READ)
    counts = await hall.webhooks.counts(caller.project_id)
    return [
        WebhookView(
            webhook, counts.get((webhook.id, DeliveryState.PENDING), 0), counts.get((webhook.id, DeliveryState.DEAD), 0)
        )
        for webhook in await hall.webhooks.list(caller.project_id)
    ]


async def read_webhook(hall: Hall, caller: Caller, webhook_id: str) -> WebhookView:
    """One webhook with its health. Raises NotFoundError."""
    found = [view for view in await list_webhooks(hall, caller) if view.webhook.id == webhook_id]
    if not found:
        raise _missing()
    return found[0]


async def change_webhook(hall: Hall, caller: Caller, webhook_id: str, change: WebhookChange) -> Webhook:
    """Change a webhook; what waits for it goes to the new address. Raises NotFoundError, InvalidInputError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    before = await _find(hall, caller, webhook_id)
    if "url" in change:
        await _check_url(hall, change["url"])
    after = replace(before, **change, updated_at=hall.clock())
    if not await hall.webhooks.change(after, note_of(hall, caller, "webhook.changed", after.id, change)):
        raise _missing()
    return after


async def rotate_webhook_secret(hall: Hall, caller: Caller, webhook_id: str) -> tuple[Webhook, Secret]:
    """A new signing secret, shown this once; for OVERLAP the old one signs too. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    now = hall.clock()
    webhook = replace(await _find(hall, caller, webhook_id), updated_at=now, previous_until=now + OVERLAP)
    secret = _new_secret()
    sealed = await _sealed(hall, webhook, secret)
    note = note_of(hall, caller, "webhook.changed", webhook.id, ("secret",))
    if not await hall.webhooks.rotate(webhook, sealed, previous_until=now + OVERLAP, note=note):
        raise _missing()
    return webhook, secret


async def delete_webhook(hall: Hall, caller: Caller, webhook_id: str) -> Webhook:
    """Remove a webhook and everything that waits for it. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    webhook = await _find(hall, caller, webhook_id)
    note = note_of(hall, caller, "webhook.deleted", webhook_id)
    if not await hall.webhooks.remove(caller.project_id, webhook_id, note):
        raise _missing()
    return webhook


async def try_webhook(hall: Hall, caller: Caller, webhook_id: str) -> Event:
    """Send the webhook an event of type `webhook.test`, delivered like any other. Raises NotFoundError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    webhook = await _find(hall, caller, webhook_id)
    event = Event(new_event_id(), caller.project_id, "", EventType.WEBHOOK_TEST, hall.clock())
    await hall.webhooks.send_event(event, webhook.id)
    return event


async def _find(hall: Hall, caller: Caller, webhook_id: str) -> Webhook:
    webhook = await hall.webhooks.read(caller.project_id, webhook_id)
    if webhook is None:
        raise _missing()
    return webhook


def _missing() -> NotFoundError:
    return NotFoundError("There is no such webhook in this project.")


def _new_secret() -> Secret:
    return Secret(SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode())


async def _sealed(hall: Hall, webhook: Webhook, secret: Secret) -> bytes:
    return await hall.vault.seal(webhook.project_id, f"webhook:{webhook.id}", "secret", secret)


async def _check_url(hall: Hall, url: str) -> None:
    """Refuse at once what could never be delivered to; at each delivery the address is judged again. Raises InvalidInputError."""
    private_allowed, host = hall.settings.allow_private_addresses, host_of(url)
    wrong = None
    if host is None or len(url) > _LONGEST_URL or urlsplit(url).fragment:
        wrong = "must be an https address with a plain host name, without user name, password and fragment"
    elif not private_allowed and urlsplit(url).scheme != "https":
        wrong = "must begin with https: events tell about your customers"
    elif not private_allowed and await _leads_inside(host):
        wrong = "leads to a private address, which is not reached (LINKSPAN_ALLOW_PRIVATE_ADDRESSES)"
    if wrong is not None:
        raise InvalidInputError(mistakes=[Mistake("url", wrong)], next_step="Give the public address of your receiver.")


async def _leads_inside(host: str) -> bool:
    try:
        return any(is_private(address) for address in await addresses_of(host, 443))
    except TransportError:
        # A receiver whose name is not in the DNS yet may be on its way there.
        return False
